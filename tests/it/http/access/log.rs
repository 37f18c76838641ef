//! What the service says of tokens: nothing.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::mint;
use crate::process::{Folder, Server};

const AUTH: &str = "[default.sharding.auth]\nhs256_secret = \"${JWT_SECRET}\"\n";

fn folder(secret: &str) -> Folder {
    let folder = Folder::fresh().env("JWT_SECRET", secret).env("RUST_LOG", "trace");
    folder.edit("[default.sharding.pool]", &format!("{AUTH}\n[default.sharding.pool]"));
    folder
}

/// Sends a request with a token and gives the answer.
fn ask(server: &Server, path: &str, header: &str) -> String {
    send(server, &format!("GET {path}"), header, "")
}

fn send(server: &Server, call: &str, header: &str, body: &str) -> String {
    let mut socket = TcpStream::connect(server.address()).expect("it listens");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("not zero");
    let request =
        format!("{call} HTTP/1.1\r\nHost: x\r\n{header}\r\nConnection: close\r\n\r\n{body}");
    socket.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("it answers and closes");
    answer
}

#[test]
fn no_token_and_no_secret_is_logged() {
    let folder = folder(mint::SECRET);
    let mut server = folder.serve();
    let good = mint::token(Some("acme"), "orders:read admin");
    let bad = mint::Signer::secret("x").token(&mint::claims(Some("acme"), "orders:read admin"));
    let served = ask(&server, "/orders/acme", &format!("Authorization: Bearer {good}"));
    assert!(served.starts_with("HTTP/1.1 200"), "{served}\n{}", server.log());
    let cookie = ask(&server, "/dashboard", &format!("Cookie: shardwright-token={good}"));
    assert!(cookie.starts_with("HTTP/1.1 200"), "{cookie}");
    let form = format!("token={good}");
    let kind = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length";
    let kind = format!("{kind}: {}", form.len());
    let welcome = send(&server, "POST /dashboard/login", &kind, &form);
    assert!(welcome.starts_with("HTTP/1.1 303"), "{welcome}");
    for path in ["/orders/acme", "/orders/acme/7", "/stats", "/dashboard", "/nowhere"] {
        ask(&server, path, &format!("Authorization: Bearer {bad}"));
        ask(&server, path, &format!("Authorization: Bearer {bad} {good}"));
    }
    server.stop();
    let log = server.log();
    assert!(log.contains("serving"), "{log}");
    assert!(!log.contains("try to guess it"), "the secret is long enough: {log}");
    for token in [&good, &bad] {
        for part in token.split('.').skip(1) {
            assert!(!log.contains(part), "{part} in {log}");
        }
    }
    assert!(!log.contains(mint::SECRET), "{log}");
}

#[test]
fn a_short_secret_is_warned_of_and_not_told() {
    let folder = folder("short-and-secret");
    let mut server = folder.serve();
    server.stop();
    let log = server.log();
    assert!(log.contains("shorter than 32 bytes"), "{log}");
    assert!(!log.contains("short-and-secret"), "{log}");
}
