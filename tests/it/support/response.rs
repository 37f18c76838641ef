//! An answer of the service, and what every answer owes its reader.

use rocket::local::asynchronous::LocalResponse;
use serde_json::Value;

use super::spec::Operation;

/// Words of the statements the service sends to its shards.
const SQL: [&str; 5] = ["SELECT ", "INSERT INTO", "UPDATE \"", "DELETE FROM", "RETURNING"];

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Response {
    /// The call it answers, for messages.
    call: String,
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) text: String,
    /// `Null` if the body is not JSON.
    pub(crate) json: Value,
}

impl Response {
    pub(super) async fn read(call: String, response: LocalResponse<'_>) -> Response {
        let status = response.status().code;
        let headers = response.headers().iter();
        let headers = headers.map(|h| (h.name.to_string(), h.value.to_string())).collect();
        let text = response.into_string().await.unwrap_or_default();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Response { call, status, headers, text, json }
    }

    /// What DESIGN promises of every answer: an id, a problem document if it is an error, and
    /// nothing of the inside. No answer may be a 500. And each is what `/openapi.json` says it is.
    pub(super) fn check(self, secrets: &[String]) -> Response {
        let id = self.header("X-Request-Id").unwrap_or_else(|| panic!("no id: {self}"));
        assert!(!id.is_empty(), "{self}");
        assert!(self.status < 500 || self.status == 503, "a bug: {self}");
        if self.status >= 400 && !self.is_page() {
            assert_eq!(self.header("Content-Type"), Some("application/problem+json"), "{self}");
            for member in ["type", "title", "detail"] {
                let text = self.json[member].as_str();
                assert!(text.is_some_and(|text| !text.is_empty()), "{member} of {self}");
            }
            assert_eq!(self.json["status"], self.status, "{self}");
            assert_eq!(self.json["request_id"], id, "{self}");
        }
        if self.status == 503 || self.status == 429 {
            let seconds = self.header("Retry-After").and_then(|s| s.parse::<u32>().ok());
            assert!(seconds.is_some(), "no seconds in Retry-After: {self}");
        }
        self.check_description();
        let inside =
            secrets.iter().map(String::as_str).chain(SQL).chain(["postgres://", "sqlite://"]);
        for word in inside {
            assert!(!self.text.contains(word), "{word} in {self}");
            assert!(
                !self.headers.iter().any(|(_, value)| value.contains(word)),
                "{word} in {self}"
            );
        }
        self
    }

    fn check_description(&self) {
        let (method, uri) = self.call.split_once(' ').expect("a method and an address");
        let path = uri.split('?').next().unwrap_or_default();
        let method = if method == "HEAD" { "get" } else { &method.to_lowercase() };
        let there = Operation::at(path);
        match there.iter().find(|operation| operation.method == method) {
            Some(operation) => {
                let faults = operation.faults(self.status, &self.headers, &self.json);
                assert!(faults.is_empty(), "not as described: {}\n{self}", faults.join("\n"));
            }
            None if there.is_empty() => {}
            None => assert!([404, 405].contains(&self.status), "{self}"),
        }
    }

    /// The same answer, if it has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Response {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// The same answer, if it finds fault with exactly this field.
    #[track_caller]
    pub(crate) fn expect_fault(self, field: &str) -> Response {
        assert_eq!(self.status, 422, "{self}");
        let errors = self.json["errors"].as_array().unwrap_or_else(|| panic!("no errors: {self}"));
        let fields: Vec<_> = errors.iter().map(|error| error["field"].as_str()).collect();
        assert_eq!(fields, [Some(field)], "{self}");
        assert!(errors[0]["message"].as_str().is_some_and(|text| !text.is_empty()), "{self}");
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// Whether it is for people's eyes: the dashboard alone answers so.
    pub(crate) fn is_page(&self) -> bool {
        let html = self.header("Content-Type").is_some_and(|kind| kind.starts_with("text/html"));
        let path = self.call.split(' ').nth(1).unwrap_or_default();
        html && path.starts_with("/dashboard")
    }

    /// Which shard answered.
    #[track_caller]
    pub(crate) fn shard(&self) -> &str {
        self.header("X-Shard").unwrap_or_else(|| panic!("no X-Shard: {self}"))
    }

    /// The target of `Link: <...>; rel="next"`.
    pub(crate) fn next(&self) -> Option<String> {
        let link = self.header("Link")?;
        let target = link.strip_prefix('<').and_then(|link| link.strip_suffix("; rel=\"next\""));
        let target = target.and_then(|link| link.strip_suffix('>'));
        Some(target.unwrap_or_else(|| panic!("an unusual link: {self}")).to_owned())
    }

    /// The elements of a JSON array.
    #[track_caller]
    pub(crate) fn items(&self) -> &[Value] {
        self.json.as_array().unwrap_or_else(|| panic!("no array: {self}"))
    }

    /// A member of a JSON object that is text.
    #[track_caller]
    pub(crate) fn str(&self, member: &str) -> &str {
        self.json[member].as_str().unwrap_or_else(|| panic!("no text in {member}: {self}"))
    }
}

impl std::fmt::Display for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let call: String = self.call.chars().take(200).collect();
        let text: String = self.text.chars().take(2000).collect();
        write!(f, "{call} -> {} {:?}\n{text}", self.status, self.headers)
    }
}
