use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands unescaped in the password of a URL (RFC 3986, *unreserved*).
const IN_PASSWORD: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Puts the environment's values where a URL says `${NAME}`.
///
/// A variable in the place of the password or of a parameter's value is taken
/// literally, as the database server was given it: it is percent-encoded here,
/// so that `p@ss/word` needs no care. Anywhere else (a host, a whole URL) the
/// value goes in as it is.
///
/// # Errors
/// A message that names the variable that is missing, or the `${` left open.
pub(super) fn expand(
    template: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    substitute(template, lookup, &|url, position, value| {
        if is_literal(template, position) {
            url.extend(utf8_percent_encode(value, IN_PASSWORD));
        } else {
            url.push_str(value);
        }
    })
}

/// The same for text that is no URL: every value goes in as it is.
///
/// # Errors
/// As [`expand`].
pub(super) fn expand_plain(
    template: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    substitute(template, lookup, &|text, _, value| text.push_str(value))
}

fn substitute(
    template: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
    put: &dyn Fn(&mut String, usize, &str),
) -> Result<String, String> {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find("${") {
        let position = template.len() - rest.len() + at;
        text.push_str(&rest[..at]);
        let (name, after) = rest[at + 2..]
            .split_once('}')
            .ok_or("a `${` has no `}`; write ${NAME} for an environment variable")?;
        if name.is_empty() {
            return Err("`${}` names no environment variable; write ${NAME}".to_owned());
        }
        let value = lookup(name).ok_or_else(|| {
            format!("the environment variable {name} is not set; set it, or write the value here")
        })?;
        put(&mut text, position, &value);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// Whether what stands there is a password or a parameter's value. The URL is
/// split as libpq splits it.
fn is_literal(template: &str, position: usize) -> bool {
    let Some(scheme) = template.find("://") else { return false };
    let start = scheme + 3;
    let stop = template[start..].find(['@', '/']).map(|at| start + at);
    let userinfo = stop.filter(|at| template[*at..].starts_with('@')).unwrap_or(start);
    let password = template[start..userinfo].find(':').map(|colon| start + colon);
    let query = template[userinfo..].find('?').map(|at| userinfo + at);
    password.is_some_and(|from| (from..userinfo).contains(&position))
        || query.is_some_and(|from| position > from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(template: &str) -> Result<String, String> {
        expand(template, &|name| match name {
            "PASSWORD" => Some("p@ss/w%rd:é".to_owned()),
            "URL" => Some("postgres://me:a%20b@db/x".to_owned()),
            "HOST" => Some("10.0.0.1:5433".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn a_password_is_taken_literally_and_the_rest_as_it_is() {
        assert_eq!(
            with("postgres://me:${PASSWORD}@${HOST}/db").as_deref(),
            Ok("postgres://me:p%40ss%2Fw%25rd%3A%C3%A9@10.0.0.1:5433/db")
        );
        assert_eq!(
            with("postgres://me@db/x?password=${PASSWORD}").as_deref(),
            Ok("postgres://me@db/x?password=p%40ss%2Fw%25rd%3A%C3%A9")
        );
        assert_eq!(with("${URL}").as_deref(), Ok("postgres://me:a%20b@db/x"));
        let plain = expand_plain("x://${PASSWORD}@", &|_| Some("p@ss%".to_owned()));
        assert_eq!(plain.as_deref(), Ok("x://p@ss%@"));
        assert_eq!(with("sqlite://data/$x.db").as_deref(), Ok("sqlite://data/$x.db"));
    }

    #[test]
    fn a_missing_variable_is_named() {
        let message = with("postgres://me:${NOPE}@db/x").expect_err("NOPE is not set");
        assert!(message.contains("NOPE"), "{message}");
        assert!(with("postgres://me:${NOPE@db/x").is_err());
    }
}
