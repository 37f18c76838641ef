//! The part of JSON Schema that the description uses. A keyword that is not known here is an
//! error, so that none is taken for kept that nobody looked at.

use chrono::DateTime;
use serde_json::Value;

use super::resolved;

/// Keywords that say nothing about values, or whose values are looked at with others.
const WORDS: [&str; 8] = [
    "description",
    "example",
    "examples",
    "default",
    "title",
    "propertyNames",
    "pattern",
    "contentMediaType",
];

/// What about a value is not as the schema says, each with where.
pub(crate) fn faults(schema: &'static Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(target) = schema.get("$ref") {
        assert!(target.is_string());
        return faults(resolved(schema), value, at);
    }
    let keywords = schema.as_object().unwrap_or_else(|| panic!("no schema at {at}: {schema}"));
    let mut found = Vec::new();
    for (keyword, rule) in keywords {
        let fault = |fine: bool| {
            if fine { Vec::new() } else { vec![format!("{at}: {value} against {keyword} {rule}")] }
        };
        found.extend(match keyword.as_str() {
            word if WORDS.contains(&word) => Vec::new(),
            "type" => fault(is_of(rule, value)),
            "enum" => fault(rule.as_array().is_some_and(|of| of.contains(value))),
            "format" => fault(is_formatted(rule, value)),
            "minimum" => fault(number(value).is_none_or(|v| Some(v) >= number(rule))),
            "maximum" => fault(number(value).is_none_or(|v| Some(v) <= number(rule))),
            "minLength" => fault(length(value).is_none_or(|l| Some(l) >= rule.as_u64())),
            "maxLength" => fault(length(value).is_none_or(|l| Some(l) <= rule.as_u64())),
            "minItems" => {
                fault(value.as_array().is_none_or(|of| Some(of.len() as u64) >= rule.as_u64()))
            }
            "required" => {
                let names = rule.as_array().expect("names").iter().filter_map(Value::as_str);
                let missing = names.filter(|name| value.is_object() && value.get(name).is_none());
                missing.map(|name| format!("{at}: {name} is missing in {value}")).collect()
            }
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                items.flat_map(|(i, item)| faults(rule, item, &format!("{at}[{i}]"))).collect()
            }
            "properties" => {
                let properties = rule.as_object().expect("schemas by name").iter();
                let there =
                    properties.filter_map(|(name, rule)| Some((name, rule, value.get(name)?)));
                there.flat_map(|(name, rule, v)| faults(rule, v, &format!("{at}.{name}"))).collect()
            }
            "additionalProperties" if rule.is_boolean() => Vec::new(),
            "additionalProperties" => {
                let members = value.as_object().into_iter().flatten();
                members.flat_map(|(name, v)| faults(rule, v, &format!("{at}.{name}"))).collect()
            }
            "allOf" => {
                let each = rule.as_array().expect("schemas").iter();
                each.flat_map(|rule| faults(rule, value, at)).collect()
            }
            "oneOf" => {
                let each = rule.as_array().expect("schemas").iter();
                fault(each.filter(|rule| faults(rule, value, at).is_empty()).count() == 1)
            }
            unknown => panic!("what is {unknown} at {at}?"),
        });
    }
    found
}

/// Members of objects that the schema does not name: allowed by it, and still not described.
pub(crate) fn undeclared(schema: &'static Value, value: &Value, at: &str) -> Vec<String> {
    let schemas = parts(schema);
    if let Some(items) = value.as_array() {
        let of = schemas.iter().find_map(|s| s.get("items"));
        return items
            .iter()
            .flat_map(|item| of.map_or(Vec::new(), |s| undeclared(s, item, at)))
            .collect();
    }
    let Some(members) = value.as_object() else { return Vec::new() };
    // Anything at all, or names that are data.
    let open =
        |s: &&Value| s.get("properties").is_none() && s.get("additionalProperties").is_none();
    if schemas.iter().all(open) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (name, value) in members {
        let at = format!("{at}.{name}");
        let known = schemas.iter().find_map(|s| {
            s.get("properties").and_then(|p| p.get(name)).or_else(|| s.get("additionalProperties"))
        });
        match known {
            Some(schema) => found.extend(undeclared(schema, value, &at)),
            None => found.push(format!("{at} is not described")),
        }
    }
    found
}

/// The schema, and those it is put together of.
fn parts(schema: &'static Value) -> Vec<&'static Value> {
    let schema = resolved(schema);
    match schema.get("allOf").and_then(Value::as_array) {
        Some(all) => all.iter().flat_map(parts).collect(),
        None => vec![schema],
    }
}

fn is_of(rule: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        // Beyond 64 bits it is read as what it is nearest to.
        "integer" => value.as_f64().is_some_and(|n| n.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("a type {other}"),
    };
    match rule {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        other => panic!("a type {other}"),
    }
}

fn is_formatted(rule: &Value, value: &Value) -> bool {
    match (rule.as_str().expect("a name"), value.as_str()) {
        ("date-time", Some(text)) => DateTime::parse_from_rfc3339(text).is_ok(),
        ("uuid", Some(text)) => text.len() == 36 && uuid::Uuid::parse_str(text).is_ok(),
        ("int64", None) => value.is_i64() || value.is_null(),
        ("int32", None) => value.as_i64().is_none_or(|n| i32::try_from(n).is_ok()),
        ("double", None) => value.is_number() || value.is_null(),
        (other, _) => panic!("a format {other} of {value}"),
    }
}

fn number(value: &Value) -> Option<i128> {
    let whole = value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from));
    #[expect(clippy::cast_possible_truncation, reason = "bounds are whole numbers")]
    whole.or_else(|| value.as_f64().map(|n| n.floor() as i128))
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}
