//! Chromium without a window, and the driver that it is steered by.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use fantoccini::{Client, ClientBuilder, elements::Element, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::LIMIT;
use crate::support::both::eventually;

/// What a browser shall be like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) width: u32,
    pub(super) dark: bool,
    pub(super) script: bool,
}

pub(super) const DESK: Kind = Kind { width: 1280, dark: false, script: true };
pub(super) const PHONE: Kind = Kind { width: 360, dark: false, script: true };

/// A browser with a profile of its own; ended when dropped.
#[derive(Debug)]
pub(super) struct Browser {
    client: Client,
    driver: Driver,
    session: String,
    _profile: TempDir,
}

#[derive(Debug)]
struct Driver {
    process: Child,
    url: String,
}

impl Driver {
    fn start() -> Driver {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is there: tests/setup chromium");
        let mut told = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut line = String::new();
        let port = loop {
            line.clear();
            assert!(told.read_line(&mut line).expect("text") > 0, "chromedriver ended");
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim().trim_end_matches('.').to_owned();
            }
        };
        // Read on, lest it blocks on a full pipe.
        std::thread::spawn(move || std::io::copy(&mut told, &mut std::io::sink()));
        Driver { process, url: format!("http://127.0.0.1:{port}") }
    }
}

impl Browser {
    pub(super) async fn open(kind: Kind) -> Browser {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let driver = Driver::start();
        let caps = capabilities(kind, &profile);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(caps)
            .connect(&driver.url)
            .await
            .expect("Chromium starts");
        let session = client.session_id().await.expect("it answers").expect("a session");
        let browser = Browser { client, driver, session, _profile: profile };
        // No window is as narrow as a phone.
        browser.resize(kind.width.into(), 900);
        browser
    }

    pub(super) fn resize(&self, width: u64, height: u64) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", &metrics);
    }

    pub(super) async fn goto(&self, url: &str) {
        self.client.goto(url).await.expect("the page loads");
    }

    pub(super) async fn find(&self, css: &str) -> Element {
        let found = self.client.find(fantoccini::Locator::Css(css)).await;
        found.unwrap_or_else(|why| panic!("no {css}: {why}"))
    }

    pub(super) async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.expect("it has text")
    }

    pub(super) async fn click(&self, css: &str) {
        self.find(css).await.click().await.expect("it can be clicked");
    }

    pub(super) async fn type_into(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.expect("a field");
        field.send_keys(text).await.expect("it takes keys");
    }

    /// What a script, the body of a function, gives back.
    pub(super) async fn ask(&self, script: &str) -> Value {
        let answer = self.client.execute(script, Vec::new()).await;
        answer.unwrap_or_else(|why| panic!("{script}: {why}"))
    }

    /// Waits until an expression is true on the page.
    pub(super) async fn until(&self, expression: &str) {
        let script = format!("return Boolean({expression})");
        let come =
            async || self.client.execute(&script, Vec::new()).await.ok() == Some(json!(true));
        if !eventually(LIMIT, come).await {
            let page = self.client.source().await.unwrap_or_default();
            panic!("never {expression} on\n{page}");
        }
    }

    /// The page from top to bottom, or as far as `most` pixels, as an image.
    pub(super) async fn shoot(&self, most: u64) -> Vec<u8> {
        let size = self.ask("return [innerWidth, document.documentElement.scrollHeight]").await;
        let side = |i: usize| size[i].as_u64().expect("a number of pixels");
        self.resize(side(0), side(1).min(most));
        self.client.screenshot().await.expect("an image")
    }

    /// A command of Chromium's own protocol.
    fn command(&self, name: &str, parameters: &Value) {
        self.post("goog/cdp/execute", &json!({ "cmd": name, "params": parameters }));
    }

    /// Whatever the page did, it has complained of nothing and asked nobody but `service`.
    pub(super) fn check(&self, service: &str) {
        self.check_but(service, "never said");
    }

    /// The same, but for complaints that hold these words.
    pub(super) fn check_but(&self, service: &str, expected: &str) {
        let said = self.log("browser");
        let complaints: Vec<_> = said.iter().filter(|c| !c.contains(expected)).collect();
        assert!(complaints.is_empty(), "{complaints:#?}");
        let asked = self.log("performance").into_iter().filter_map(|entry| {
            let entry: Value = serde_json::from_str(&entry).expect("JSON");
            let is_request = entry["message"]["method"] == "Network.requestWillBeSent";
            let parameters = &entry["message"]["params"];
            let url = parameters["request"]["url"].as_str()?.to_owned();
            let page = parameters["documentURL"].as_str().unwrap_or_default();
            // What a new window shows before it is sent anywhere comes from the browser itself.
            (is_request && !page.starts_with("chrome")).then_some(url)
        });
        let asked: Vec<_> = asked.collect();
        assert!(!asked.is_empty(), "no request was logged");
        let elsewhere: Vec<_> = asked.iter().filter(|url| !url.starts_with(service)).collect();
        assert!(elsewhere.is_empty(), "{elsewhere:?}");
    }

    /// The messages in one of the driver's logs since it was last read.
    fn log(&self, kind: &str) -> Vec<String> {
        let answer = self.post("se/log", &json!({ "type": kind }));
        let entries = answer["value"].as_array().cloned().unwrap_or_default();
        entries.iter().filter_map(|entry| entry["message"].as_str().map(str::to_owned)).collect()
    }

    fn post(&self, what: &str, body: &Value) -> Value {
        let url = format!("{}/session/{}/{what}", self.driver.url, self.session);
        let mut answer = ureq::post(url).send_json(body).expect("the driver answers");
        answer.body_mut().read_json().expect("JSON")
    }
}

fn capabilities(kind: Kind, profile: &TempDir) -> Capabilities {
    let mut args = [
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "hide-scrollbars",
    ]
    .map(|flag| format!("--{flag}"))
    .to_vec();
    args.push(format!("--user-data-dir={}", profile.path().display()));
    args.push(format!("--window-size={},900", kind.width));
    args.push(format!("--blink-settings=preferredColorScheme={}", u8::from(!kind.dark)));
    let mut options = json!({ "args": args });
    if !kind.script {
        options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
    }
    let caps = json!({
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    });
    caps.as_object().cloned().expect("an object")
}

impl Drop for Browser {
    /// The driver, killed, would leave its browser running.
    fn drop(&mut self) {
        let url = format!("{}/session/{}", self.driver.url, self.session);
        let _ = ureq::delete(url).call();
        let _ = self.driver.process.kill();
        let _ = self.driver.process.wait();
    }
}
