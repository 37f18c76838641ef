//! Prometheus's text format, as far as the service writes it.

use std::collections::BTreeMap;

use crate::support::app::TestApp;

/// What one scrape showed.
#[derive(Debug)]
pub(super) struct Scrape {
    text: String,
    /// The kind of each family, by its name.
    pub(super) families: BTreeMap<String, String>,
    series: BTreeMap<String, f64>,
}

impl Scrape {
    pub(super) async fn of(app: &TestApp) -> Scrape {
        let answer = app.get("/metrics").await.expect(200);
        let kind = answer.header("Content-Type").expect("it has one");
        assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
        Scrape::read(&answer.text)
    }

    pub(super) fn read(text: &str) -> Scrape {
        let (mut families, mut series) = (BTreeMap::new(), BTreeMap::new());
        for line in text.lines() {
            if let Some(family) = line.strip_prefix("# TYPE ") {
                let (name, kind) = family.split_once(' ').expect("a name and a kind");
                families.insert(name.to_owned(), kind.to_owned());
            } else if !line.starts_with('#') {
                let (name, value) = line.rsplit_once(' ').expect("a series and its value");
                let value = value.parse().unwrap_or_else(|why| panic!("{line}: {why}"));
                assert_eq!(series.insert(name.to_owned(), value), None, "{name} twice");
            }
        }
        Scrape { text: text.to_owned(), families, series }
    }

    /// The value of a series, written as Prometheus writes it; `None` if there is none.
    pub(super) fn get(&self, series: &str) -> Option<f64> {
        self.series.get(series).copied()
    }

    /// A count, which must be there.
    #[track_caller]
    pub(super) fn count(&self, series: &str) -> u64 {
        let value = self.get(series).unwrap_or_else(|| panic!("no {series} in:\n{}", self.text));
        assert!(value >= 0.0 && value.fract() == 0.0, "{series} is {value}");
        value as u64
    }

    /// Every series whose name begins so.
    pub(super) fn like<'a>(&'a self, start: &'a str) -> impl Iterator<Item = (&'a str, f64)> {
        let series = self.series.iter().map(|(name, value)| (name.as_str(), *value));
        series.filter(move |(name, _)| name.starts_with(start))
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}
