use rocket::http::HeaderMap;

/// What a request's `Authorization` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given<'r> {
    /// Nothing that is meant as a token.
    Nothing,
    Token(&'r str),
    /// Something that was meant as one, and can't be one.
    Garbled,
}

/// Reads `Authorization: Bearer <token>` (RFC 6750 §2.1). The scheme's name is
/// the same in any case (RFC 9110 §11.1).
pub(super) fn given<'r>(headers: &'r HeaderMap<'_>) -> Given<'r> {
    let mut all = headers.get("Authorization");
    let Some(header) = all.next() else { return Given::Nothing };
    // Another server on the way may have looked at the other one.
    if all.next().is_some() {
        return Given::Garbled;
    }
    let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
    let token = rest.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("Bearer") || token.is_empty() {
        return Given::Nothing;
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if token.bytes().all(fits) { Given::Token(token) } else { Given::Garbled }
}

#[cfg(test)]
mod tests {
    use rocket::http::Header;

    use super::*;

    fn read(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        values.iter().for_each(|value| headers.add(Header::new("authorization", *value)));
        match given(&headers) {
            Given::Token(token) => Some(token.to_owned()),
            Given::Nothing => None,
            Given::Garbled => Some("garbled".to_owned()),
        }
    }

    #[test]
    fn a_token_stands_behind_its_scheme() {
        for header in ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c", "Bearer a.b.c  "] {
            assert_eq!(read(&[header]).as_deref(), Some("a.b.c"), "{header}");
        }
        for header in ["", "Bearer", "Bearer ", "Basic YTpi", "a.b.c", "Bearer\ta.b.c", "Token x"] {
            assert_eq!(read(&[header]), None, "{header}");
        }
        assert_eq!(read(&[]), None);
        for header in ["Bearer a b", "Bearer a,b", "Bearer \"a\"", "Bearer a\tb", "Bearer ä"] {
            assert_eq!(read(&[header]).as_deref(), Some("garbled"), "{header}");
        }
        assert_eq!(read(&["Bearer a", "Bearer a"]).as_deref(), Some("garbled"));
        assert_eq!(read(&["Bearer a", "Basic b"]).as_deref(), Some("garbled"));
    }
}
