//! `/problems`: each `type` leads to a page.

use std::collections::BTreeSet;

use rocket::http::ContentType;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;
use crate::support::spec::{faults, operations, spec};

both_backends!(problems_lead_to_their_pages, every_kind_has_a_page_and_every_page_a_kind);

/// The kinds that the description knows.
fn kinds() -> BTreeSet<String> {
    let kind = &spec()["paths"]["/problems/{kind}"]["get"]["parameters"][0]["schema"]["enum"];
    let names = kind.as_array().expect("names").iter().filter_map(|name| name.as_str());
    names.map(str::to_owned).collect()
}

async fn problems_lead_to_their_pages(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let refused = [
        app.get("/nowhere").await.expect(404),
        app.delete("/users/7").await.expect(405),
        app.post("/users", &json!({})).await.expect(422),
        app.post_text("/orders", "x".repeat(2 << 20)).await.expect(413),
    ];
    let mut seen = BTreeSet::new();
    for problem in refused {
        let kind = problem.str("type");
        assert!(seen.insert(kind.to_owned()), "one kind a reason: {kind}");
        let page = app.get(kind).await.expect(200);
        assert!(page.text.contains(&format!("Status {}.", problem.status)), "{page}");
    }
    app.get("/problems/unheard-of").await.expect(404);
    app.get("/problems/Busy").await.expect(404);
}

async fn every_kind_has_a_page_and_every_page_a_kind(cluster: &TestCluster) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/src/reference/problems");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the manual has them")
        .map(|file| file.expect("a file").path())
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .filter(|name| name != "README")
        .collect();
    assert_eq!(files, kinds());
    let app = TestApp::on(cluster).start().await;
    let index = app.get("/problems").await.expect(200);
    for kind in kinds() {
        let address = format!("/problems/{kind}");
        assert!(index.text.contains(&format!("href=\"{address}\"")), "{kind} is listed");
        let page = app.get(&address).await.expect(200);
        assert_eq!(page.header("Content-Type"), Some(&*ContentType::HTML.to_string()));
        assert!(page.text.contains(&address), "it shows a document of its kind");
        for link in page.text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            app.get(link).await.expect(200);
        }
        for word in ["<script", "http:", "https:", ".md"] {
            assert!(!page.text.contains(word), "{word} in {kind}");
        }
    }
}

/// Every kind is some operation's, but those that come before any route is found; and the
/// example that a page shows is what the description says.
#[test]
fn every_kind_is_an_operations_and_its_example_is_as_described() {
    let mut seen = BTreeSet::new();
    for o in operations() {
        for (status, response) in o.value["responses"].as_object().expect("by status") {
            let content = &response["content"]["application/problem+json"];
            let Some(examples) = content["examples"].as_object() else { continue };
            for (kind, example) in examples {
                let example = &example["value"];
                assert_eq!(example["status"].to_string(), *status, "{kind}");
                assert_eq!(faults(&content["schema"], example, kind), Vec::<String>::new());
                seen.insert(kind.clone());
            }
        }
    }
    seen.extend(["method-not-allowed", "http"].map(str::to_owned));
    assert_eq!(seen, kinds());
}
