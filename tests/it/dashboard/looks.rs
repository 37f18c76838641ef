//! How it looks: widths, colours, and what is left without the script.

use serde_json::json;

use super::{
    Browser, PINNED,
    browser::{DESK, Kind, PHONE},
};
use crate::support::both::run;
use crate::support::cluster::TestCluster;
use crate::support::served::Served;

/// Text that does not stand out from what is behind it as WCAG's AA asks (4.5 to 1).
pub(super) const FAINT: &str = r#"
    const light = (colour) => {
        const [r, g, b] = colour.match(/[\d.]+/g).map((part) => {
            const value = part / 255;
            return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (node) => {
        for (; node; node = node.parentElement) {
            const colour = getComputedStyle(node).backgroundColor;
            if (colour !== "rgba(0, 0, 0, 0)") return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const own = (node) => [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    return [...document.querySelectorAll("body *")].filter(own).flatMap((node) => {
        const style = getComputedStyle(node);
        const colour = node instanceof SVGElement ? style.fill : style.color;
        const [a, b] = [light(colour), light(behind(node))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        return ratio < 4.5 ? [`${node.tagName} ${node.textContent} ${ratio}`] : [];
    });
"#;

/// Every table has headers for its columns and rows, every field a label, every part a name.
const NAMELESS: &str = r#"
    const bad = [];
    for (const th of document.querySelectorAll("th")) if (!th.scope) bad.push(th.outerHTML);
    for (const row of document.querySelectorAll("tbody tr")) if (!row.querySelector("th")) bad.push(row.outerHTML);
    for (const field of document.querySelectorAll("input, select")) if (!field.labels.length) bad.push(field.outerHTML);
    for (const part of document.querySelectorAll("section")) {
        if (!document.getElementById(part.getAttribute("aria-labelledby"))) bad.push(part.outerHTML);
    }
    for (const mark of ["header", "main", "footer", "h1", "html[lang]", "title"]) {
        if (document.querySelectorAll(mark).length < 1) bad.push(mark);
    }
    return bad;
"#;

#[test]
fn it_can_be_read_by_day_and_by_night_at_both_widths() {
    run(&TestCluster::sqlite(3), async |cluster: &TestCluster| {
        let service = Served::with(cluster, PINNED);
        let mut papers = Vec::new();
        for (kind, dark) in [(DESK, false), (DESK, true), (PHONE, false), (PHONE, true)] {
            let browser = Browser::open(Kind { dark, ..kind }).await;
            let query = "?keyspace=users&key=77777";
            browser.goto(&format!("{}/dashboard{query}", service.url())).await;
            browser.until("document.querySelector('.matrix')").await;
            assert_eq!(browser.ask(FAINT).await, json!([]));
            assert_eq!(browser.ask(NAMELESS).await, json!([]));
            let width = browser.ask("return document.documentElement.scrollWidth").await;
            assert_eq!(width, kind.width, "it has to be scrolled sideways");
            let paper = "return getComputedStyle(document.body).backgroundColor";
            papers.push((dark, browser.ask(paper).await.to_string()));
            browser.check(&service.url());
        }
        for (dark, paper) in &papers {
            let same = papers.iter().filter(|(other, _)| other == dark);
            assert!(same.clone().count() == 2 && same.clone().all(|(_, own)| own == paper));
        }
        assert_ne!(papers[0].1, papers[1].1, "night is as bright as day");
    });
}

#[test]
fn without_the_script_it_says_how_old_it_is_and_still_finds_keys() {
    run(&TestCluster::sqlite(3), async |cluster: &TestCluster| {
        let service = Served::with(cluster, PINNED);
        let browser = Browser::open(Kind { script: false, ..DESK }).await;
        browser.goto(&format!("{}/dashboard", service.url())).await;
        let link = browser.text("#link").await;
        assert!(link.starts_with("as of ") && link.contains("load the page again"), "{link}");
        assert!(browser.text(".shards").await.contains("shard-2"));
        browser.type_into("[name=key]", "acme").await;
        browser.click("form.locate button").await;
        assert!(browser.text(".answer").await.starts_with("shard-2 by directory"));
        browser.check(&service.url());
    });
}
