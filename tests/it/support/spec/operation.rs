//! An operation, and whether an answer is one of those it may give.

use serde_json::Value;

use super::{faults, resolved, spec, undeclared};

/// Headers that stand for themselves and need no description.
const PLAIN: [&str; 13] = [
    "allow",
    "cache-control",
    "content-disposition",
    "content-length",
    "content-security-policy",
    "content-type",
    "date",
    "permissions-policy",
    "referrer-policy",
    "server",
    "set-cookie",
    "x-content-type-options",
    "x-frame-options",
];

/// A method on a path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) value: &'static Value,
}

/// All that are described.
pub(crate) fn operations() -> Vec<Operation> {
    let paths = spec()["paths"].as_object().expect("paths by template");
    let of_path = |(path, item): (&'static String, &'static Value)| {
        let members = item.as_object().expect("methods by name").iter();
        let methods = members.filter(|(name, _)| *name != "parameters");
        methods.map(|(method, value)| Operation { method, path, value })
    };
    paths.iter().flat_map(of_path).collect()
}

impl Operation {
    /// Those on a path, the most literal template's.
    pub(crate) fn at(path: &str) -> Vec<Operation> {
        let parameters = |o: &Operation| o.path.matches('{').count();
        let mut fitting: Vec<_> = operations().into_iter().filter(|o| fits(o.path, path)).collect();
        let fewest = fitting.iter().map(parameters).min();
        fitting.retain(|o| Some(parameters(o)) == fewest);
        fitting
    }

    /// What about an answer is not as described.
    pub(crate) fn faults(
        &self,
        status: u16,
        headers: &[(String, String)],
        body: &Value,
    ) -> Vec<String> {
        let response = resolved(&self.value["responses"][status.to_string()]);
        if response.is_null() {
            return vec![format!("status {status} is not described")];
        }
        let mut found = Vec::new();
        for (name, _) in headers {
            let described = response["headers"].as_object().is_some_and(|headers| {
                headers.keys().any(|header| header.eq_ignore_ascii_case(name))
            });
            if !described && !PLAIN.contains(&name.to_ascii_lowercase().as_str()) {
                found.push(format!("header {name} of {status} is not described"));
            }
        }
        let kind = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let kind = kind.map(|(_, value)| value.split(';').next().unwrap_or_default());
        let content = response["content"].as_object();
        match (kind, content) {
            (Some(kind), Some(content)) => match content.get(kind) {
                Some(media) if kind.ends_with("json") => {
                    let schema = &media["schema"];
                    found.extend(faults(schema, body, "body"));
                    found.extend(undeclared(schema, body, "body"));
                }
                Some(_) => {}
                None => found.push(format!("{kind} of {status} is not described")),
            },
            (None, None) => {}
            (kind, _) => found.push(format!("the body of {status}: {kind:?}")),
        }
        found
    }
}

/// Whether a path is one of a template's.
fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.trim_end_matches('/').split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(t, p)| t == p || t.starts_with('{') && !p.is_empty())
}
