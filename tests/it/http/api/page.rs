//! `/docs`: the page and all it loads come from the service itself.

use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(the_page_loads_nothing_from_elsewhere);

/// The values of an attribute.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let mark = format!(" {attribute}=\"");
    html.split(mark.as_str()).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect()
}

async fn the_page_loads_nothing_from_elsewhere(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for address in ["/docs", "/docs/"] {
        let page = app.get(address).await.expect(200);
        assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"));
        let loaded = [values(&page.text, "src"), values(&page.text, "href")].concat();
        assert_eq!(loaded.len(), 4, "{loaded:?}");
        for file in loaded {
            assert!(file.starts_with("/docs/"), "{file}");
            let loaded = app.client().get(file).dispatch().await;
            assert_eq!(loaded.status().code, 200, "{file}");
            let kept = loaded.headers().get_one("Cache-Control");
            assert_eq!(kept, Some("private, max-age=31536000, immutable"), "{file}");
            let kind = loaded.content_type().expect("a kind").to_string();
            let bytes = loaded.into_bytes().await.expect("a file");
            assert!(!bytes.is_empty());
            // What a style sheet loads besides.
            if kind.starts_with("text/css") {
                let sheet = String::from_utf8(bytes).expect("text");
                assert!(!sheet.contains("@import"));
                let urls = sheet.split("url(").skip(1);
                assert!(
                    urls.into_iter()
                        .all(|u| u.trim_start_matches(['"', '\'']).starts_with("data:"))
                );
            }
        }
        assert_eq!(
            page.header("Cache-Control"),
            Some("no-cache"),
            "it names the new files at once"
        );
        assert!(!page.text.contains("<script>"), "no script stands in the page");
        // Whatever a script might try, the browser asks nobody else.
        let policy = page.header("Content-Security-Policy").expect("there is one");
        for rule in policy.split("; ") {
            let (_, sources) = rule.split_once(' ').expect("a name and sources");
            let own = ["'none'", "'self'", "'unsafe-inline'", "data:"];
            assert!(sources.split(' ').all(|source| own.contains(&source)), "{rule}");
        }
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    }
    let start = app.get("/docs/start.js").await.expect(200);
    assert_eq!(start.header("Cache-Control"), Some("no-cache"), "no version was named");
    assert!(start.text.contains("validatorUrl: null"), "nobody else is shown the document");
    assert!(start.text.contains("url: \"/openapi.json\""));
    // Dark by the class that the style sheet has for it.
    let sheet = app.client().get("/docs/swagger-ui.css").dispatch().await.into_string().await;
    assert!(sheet.is_some_and(|sheet| sheet.contains("html.dark-mode{")));
    assert!(start.text.contains("toggle(\"dark-mode\", night)"));
    for absent in ["/docs/index.html", "/docs/..%2fCargo.toml", "/docs/x.js", "/docs/a/b"] {
        app.get(absent).await.expect(404);
    }
}
