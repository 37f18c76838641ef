//! Whoever tries a call from the description finds something to start from: each parameter and
//! each body has an example, and each example is as described.

use serde_json::Value;

use crate::support::spec::{faults, operations, resolved, spec, undeclared};

/// The examples of a parameter or of a body, or of its schema.
fn examples(of: &'static Value) -> Vec<&'static Value> {
    let schema = resolved(&of["schema"]);
    let mut found: Vec<_> = [of, schema].iter().filter_map(|place| place.get("example")).collect();
    found
        .extend(of["examples"].as_object().into_iter().flatten().map(|(_, named)| &named["value"]));
    found.extend(schema["examples"].as_array().into_iter().flatten());
    found
}

#[test]
fn every_parameter_has_an_example() {
    let of_paths = spec()["paths"].as_object().expect("by template").values();
    let parameters = operations()
        .into_iter()
        .map(|o| (format!("{} {}", o.method, o.path), &o.value["parameters"]))
        .chain(of_paths.map(|path| ("every call".to_owned(), &path["parameters"])));
    for (at, parameters) in parameters {
        for parameter in parameters.as_array().into_iter().flatten() {
            let at = format!("{at}: {}", parameter["name"]);
            let examples = examples(parameter);
            assert!(!examples.is_empty(), "{at} has none");
            for example in examples {
                assert_eq!(faults(&parameter["schema"], example, &at), Vec::<String>::new());
            }
        }
    }
}

#[test]
fn every_header_of_an_answer_has_an_example_and_says_what_it_is() {
    let mut seen = 0;
    for o in operations() {
        for (status, answer) in o.value["responses"].as_object().expect("by status") {
            for (name, header) in resolved(answer)["headers"].as_object().into_iter().flatten() {
                let at = format!("{} {}: {status}: {name}", o.method, o.path);
                let examples = examples(header);
                assert!(!examples.is_empty(), "{at} has none");
                for example in examples {
                    assert_eq!(faults(&header["schema"], example, &at), Vec::<String>::new());
                }
                assert!(header["description"].is_string(), "{at} says nothing");
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn every_json_body_has_an_example() {
    for o in operations() {
        let answers = o.value["responses"].as_object().expect("by status").iter();
        let bodies = answers
            .map(|(status, answer)| (status.as_str(), resolved(answer)))
            .chain([("request", &o.value["requestBody"])]);
        for (which, body) in bodies {
            for (kind, media) in body["content"].as_object().into_iter().flatten() {
                let at = format!("{} {}: {which}", o.method, o.path);
                if !kind.ends_with("json") {
                    continue;
                }
                // A list's is that of what is listed.
                let schema = resolved(&media["schema"]);
                let items = schema.get("items").map(resolved).and_then(|one| one.get("example"));
                let examples = examples(media);
                assert!(!examples.is_empty() || items.is_some(), "{at} has none");
                for example in examples {
                    assert_eq!(faults(&media["schema"], example, &at), Vec::<String>::new());
                    assert_eq!(undeclared(&media["schema"], example, &at), Vec::<String>::new());
                }
            }
        }
    }
}

/// Also those that stand within others are as their schemas say, and whole.
#[test]
fn examples_of_schemas_are_as_described() {
    let mut seen = 0;
    for (name, schema) in spec()["components"]["schemas"].as_object().expect("by name") {
        let Some(example) = schema.get("example") else { continue };
        assert_eq!(faults(schema, example, name), Vec::<String>::new());
        assert_eq!(undeclared(schema, example, name), Vec::<String>::new());
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}
