//! What is mounted is described, and what is described is mounted.

use std::collections::BTreeSet;

use crate::support::app::{BY_HASH, TestApp};
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;
use crate::support::spec::{operations, spec};

both_backends!(every_route_is_described_and_every_description_has_a_route);

/// Routes without a description, each with the reason.
const UNDESCRIBED: [(&str, &str); 0] = [];

/// A method and a path whose parameters have lost their names: in the description they are
/// called what a caller calls them.
fn nameless(method: &str, path: &str) -> String {
    let piece = |piece: &str| if piece.starts_with(['<', '{']) { "{}" } else { piece }.to_owned();
    let path: Vec<_> = path.split('/').map(piece).collect();
    format!("{} {}", method.to_lowercase(), path.join("/"))
}

async fn every_route_is_described_and_every_description_has_a_route(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let mounted: BTreeSet<String> = app
        .client()
        .rocket()
        .routes()
        .map(|route| nameless(route.method.as_str(), route.uri.path()))
        .filter(|route| UNDESCRIBED.iter().all(|(name, _)| name != route))
        .collect();
    let described: BTreeSet<String> =
        operations().iter().map(|o| nameless(o.method, o.path)).collect();
    let missing: Vec<_> = mounted.difference(&described).collect();
    assert!(missing.is_empty(), "mounted and not described: {missing:?}");
    let surplus: Vec<_> = described.difference(&mounted).collect();
    assert!(surplus.is_empty(), "described and not mounted: {surplus:?}");
}

#[test]
fn the_description_is_whole() {
    assert_eq!(spec()["openapi"], "3.1.0");
    let public = ["/health/", "/docs", "/problems", "/openapi.json", "/dashboard/log"];
    let mut ids = BTreeSet::new();
    for o in operations() {
        let at = format!("{} {}", o.method, o.path);
        assert!(ids.insert(o.value["operationId"].to_string()), "{at} has another's id");
        for member in ["summary", "operationId"] {
            assert!(
                o.value[member].as_str().is_some_and(|text| !text.is_empty()),
                "{at}: {member}"
            );
        }
        let is_public = public.iter().any(|start| o.path.starts_with(start));
        assert_eq!(o.value["security"].is_null(), is_public, "who may call {at}?");
        for status in ["401", "403", "429"] {
            // Who signs in by a form may have no token that does.
            if !o.path.starts_with("/dashboard/log") {
                assert_eq!(o.value["responses"][status].is_null(), is_public, "{at}: {status}");
            }
        }
        for (status, response) in o.value["responses"].as_object().expect("by status") {
            let header = |name: &str| !response["headers"][name].is_null();
            assert!(header("X-Request-Id"), "{at}: {status}");
            assert_eq!(
                header("Retry-After"),
                ["429", "503"].contains(&&**status),
                "{at}: {status}"
            );
            let refusal = status.starts_with(['4', '5']);
            let content = &response["content"]["application/problem+json"];
            assert_eq!(content.is_null(), !refusal, "{at}: {status}");
            assert!(!refusal || content["examples"].is_object(), "{at}: {status}");
        }
    }
}

#[tokio::test]
async fn the_document_is_served_as_the_service_is_configured() {
    let cluster = TestCluster::sqlite(3);
    let app = TestApp::on(&cluster).start().await;
    let mut served = app.get("/openapi.json").await.expect(200).json;
    assert_eq!(served["components"]["securitySchemes"], serde_json::Value::Null);
    // Anyone may call a service on loopback; the rest is the same.
    for path in served["paths"].as_object_mut().expect("by template").values_mut() {
        for (name, operation) in path.as_object_mut().expect("by method") {
            assert!(name == "parameters" || operation["security"].is_null());
        }
    }
    assert_eq!(served["components"]["schemas"], spec()["components"]["schemas"]);
}

#[tokio::test]
async fn what_is_opened_by_configuration_is_described_so() {
    let cluster = TestCluster::sqlite(1);
    let secret =
        "[default.sharding.auth]\nhs256_secret = 'a secret of more than 32 bytes, to be sure'";
    for (public, wants) in [(false, true), (true, false)] {
        let settings = format!("{secret}\npublic_metrics = {public}");
        let app = TestApp::on(&cluster).keyspaces(BY_HASH).config(&settings).start().await;
        let served = app.get("/openapi.json").await.expect(200).json;
        assert_eq!(served["paths"]["/metrics"]["get"]["security"].is_array(), wants);
        assert_eq!(served["paths"]["/topology"]["get"]["security"][0]["bearer"][0], "admin");
        assert_eq!(served["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    }
}

/// What a row of the manual's table says each of its calls wants.
fn scopes_in(row: &'static str) -> Vec<(&'static str, &'static str, Option<&'static str>)> {
    let cells: Vec<_> = row.split('|').map(str::trim).collect();
    let (calls, scope) = (cells[1], cells[3]);
    let quoted = |cell: &'static str| cell.split('`').skip(1).step_by(2);
    let scope = quoted(scope).next();
    let mut method = "";
    let call = |call: &'static str| {
        let path = match call.split_once(' ') {
            Some((own, path)) => {
                method = own;
                path
            }
            None => call,
        };
        (method, path.trim_end_matches('/'), scope)
    };
    quoted(calls).map(call).collect()
}

#[test]
fn the_manual_says_what_scope_each_call_wants() {
    let page = include_str!("../../../../docs/src/reference/http.md");
    let (_, table) = page.split_once("| call | answer | scope |\n").expect("the table");
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let said: Vec<_> = rows.flat_map(scopes_in).collect();
    for o in operations() {
        let path = o.path.trim_end_matches("/{file}").trim_end_matches("/{kind}");
        let is_it = |(method, of, _): &&(&str, &str, _)| {
            method.eq_ignore_ascii_case(o.method) && *of == path
        };
        let found: Vec<_> = said.iter().filter(is_it).map(|(_, _, scope)| *scope).collect();
        let described = o.value["security"][0]["bearer"][0].as_str();
        assert_eq!(found, [described], "{} {}", o.method, o.path);
    }
}

/// The page for people names every call and every kind of problem, and no more calls than there are.
#[test]
fn the_manual_names_every_call() {
    let page = include_str!("../../../../docs/src/reference/http.md");
    for o in operations() {
        let path = o.path.trim_end_matches("{file}").trim_end_matches("/{kind}");
        assert!(
            page.contains(&format!("{path}`")) || page.contains(&format!("{path}/`")),
            "{path}"
        );
    }
    let calls = page.split('`').filter(|piece| {
        ["GET ", "POST ", "PATCH ", "DELETE "].iter().any(|m| piece.starts_with(m))
    });
    for call in calls {
        let (method, path) = call.split_once(' ').expect("a method and a path");
        let path = path.split('?').next().expect("a path");
        let known =
            operations().iter().any(|o| o.method == method.to_lowercase() && o.path == path);
        assert!(known, "there is no {call}");
    }
    for kind in spec()["paths"]["/problems/{kind}"]["get"]["parameters"][0]["schema"]["enum"]
        .as_array()
        .expect("names")
    {
        let kind = kind.as_str().expect("a name");
        assert!(page.contains(&format!("[{kind}](problems/{kind}.md)")), "{kind}");
    }
}
