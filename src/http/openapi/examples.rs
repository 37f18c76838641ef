//! Examples: a problem's is the one its page in the manual shows.

use serde_json::Value;

use crate::web::ProblemKind;

const FENCE: &str = "```json\n";

/// The document that the kind's page shows.
pub(super) fn of(kind: ProblemKind) -> Value {
    let (_, rest) = kind.text().split_once(FENCE).expect("each page has an example");
    let (json, _) = rest.split_once("```").expect("what is opened is closed");
    serde_json::from_str(json).expect("the example is JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_shows_a_problem_of_its_kind() {
        for kind in ProblemKind::ALL {
            let example = of(kind);
            assert_eq!(example["type"], kind.to_string());
            let status = format!("Status {}.", example["status"]);
            assert!(kind.text().contains(&status), "{status} in {kind}");
            let title = example["title"].as_str().expect("a title");
            assert!(kind.text().starts_with(&format!("# {title}: `")), "{title} heads {kind}");
        }
    }
}
