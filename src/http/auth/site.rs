use rocket::{Request, http::HeaderMap};

/// Whether it is a page of our own that has a browser send this, or none at all: a page of
/// another site could have one send anything to this machine, with the cookies it has for it.
/// Who is no browser says nothing.
pub(super) fn is_own(request: &Request<'_>) -> bool {
    // HTTP/2 has no header for it, and Rocket knows it all the same.
    let of_request = || request.host().map(ToString::to_string).unwrap_or_default();
    let host = request.headers().get_one("Host").map_or_else(of_request, ToOwned::to_owned);
    of_headers(request.headers(), &host)
}

fn of_headers(headers: &HeaderMap<'_>, host: &str) -> bool {
    if headers.contains("Sec-Fetch-Site") {
        let own = |site| matches!(site, "same-origin" | "none");
        return headers.get("Sec-Fetch-Site").all(own);
    }
    // Old browsers don't say it, and none does to a service without TLS on another machine.
    headers.get("Origin").all(|origin| is_of(origin, host))
}

/// Whether an origin (RFC 6454) is that of the host that was asked. The scheme may be another:
/// what a proxy takes as HTTPS comes here as HTTP.
fn is_of(origin: &str, host: &str) -> bool {
    // `null` is anybody's who does not want to say it.
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let usual = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let [authority, host] = [authority, host].map(|of| of.strip_suffix(usual).unwrap_or(of));
    !authority.is_empty() && authority.eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    use rocket::http::Header;

    use super::*;

    fn own(given: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        given.iter().for_each(|(name, value)| headers.add(Header::new(*name, *value)));
        let host = headers.get_one("Host").unwrap_or_default().to_owned();
        of_headers(&headers, &host)
    }

    #[test]
    fn what_a_browser_says_of_the_site_counts_alone() {
        let host = ("Host", "shop.example");
        for (site, is_own) in [
            ("same-origin", true),
            ("none", true),
            ("same-site", false),
            ("cross-site", false),
            ("", false),
            ("Same-Origin", false),
        ] {
            for origin in ["http://shop.example", "http://other.example", "null", ""] {
                let said = ("Sec-Fetch-Site", site);
                assert_eq!(own(&[host, said]), is_own, "{site}");
                assert_eq!(own(&[host, said, ("Origin", origin)]), is_own, "{site} of {origin}");
            }
        }
        let twice = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")];
        assert!(!own(&twice));
    }

    #[test]
    fn without_that_the_origin_is_held_against_the_host() {
        for (origin, host, is_own) in [
            ("http://shop.example", "shop.example", true),
            ("https://shop.example", "shop.example", true),
            ("http://shop.example", "Shop.Example", true),
            ("http://shop.example:8000", "shop.example:8000", true),
            ("http://127.0.0.1:8000", "127.0.0.1:8000", true),
            ("http://[::1]:8000", "[::1]:8000", true),
            // The usual port may be left out on either side.
            ("https://shop.example", "shop.example:443", true),
            ("https://shop.example:443", "shop.example", true),
            ("http://shop.example", "shop.example:80", true),
            ("https://shop.example", "shop.example:80", false),
            ("http://shop.example", "shop.example:8000", false),
            ("http://shop.example:8000", "shop.example:8001", false),
            ("http://shop.example:8000", "shop.example", false),
            ("http://other.example", "shop.example", false),
            ("http://shop.example.other.example", "shop.example", false),
            ("http://other.shop.example", "shop.example", false),
            ("http://localhost:8000", "127.0.0.1:8000", false),
            ("null", "shop.example", false),
            ("null", "null", false),
            ("", "", false),
            ("http://", "", false),
            ("http://shop.example", "", false),
            ("shop.example", "shop.example", false),
            ("file://shop.example", "shop.example", false),
            ("http://shop.example/", "shop.example", false),
        ] {
            let given = [("Host", host), ("Origin", origin)];
            assert_eq!(own(&given), is_own, "{origin} at {host}");
        }
        assert!(own(&[]) && own(&[("Host", "shop.example")]), "nobody's page");
        assert!(!own(&[("Origin", "http://shop.example")]), "at no host");
        let two = [("Origin", "http://shop.example"), ("Origin", "http://other.example")];
        assert!(!own(&[("Host", "shop.example"), two[0], two[1]]));
    }
}
