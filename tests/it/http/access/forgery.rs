//! A generator of tokens that are no good. Each has a name, for messages.

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::mint::{Signer, base64url, in_seconds};

pub(super) type Forged = (String, String);

/// What the service wants of claims besides a signature.
pub(super) const ISSUER: &str = "https://issuer.example.org";
pub(super) const AUDIENCE: &str = "shardwright";

/// Claims that are all right.
pub(super) fn good() -> Value {
    json!({
        "exp": in_seconds(600), "nbf": in_seconds(-60), "iss": ISSUER, "aud": AUDIENCE,
        "tenant": "acme", "scope": super::SCOPES.join(" "),
    })
}

/// Signed by the right key, with a claim that won't do.
pub(super) fn by_claims(signer: &Signer) -> Vec<Forged> {
    let huge = "9".repeat(30);
    let long = "x".repeat(256);
    let wrong: &[(&str, Vec<Value>)] = &[
        (
            "exp",
            vec![
                json!(0),
                json!(1),
                json!(-1),
                json!(in_seconds(-3600)),
                json!(in_seconds(-20)),
                json!(in_seconds(600).to_string()),
                json!(""),
                json!("never"),
                json!(null),
                json!(true),
                json!([in_seconds(600)]),
                json!({ "at": in_seconds(600) }),
                json!(4e9 + 0.5),
                json!(1e300),
            ],
        ),
        (
            "nbf",
            vec![
                json!(in_seconds(20)),
                json!(in_seconds(3600)),
                json!("0"),
                json!(-1),
                json!(0.5),
                json!([0]),
                json!(u64::MAX),
            ],
        ),
        (
            "iss",
            vec![
                json!("https://other.example.org"),
                json!(""),
                json!(7),
                json!(null),
                json!([ISSUER]),
                json!({ "is": ISSUER }),
                json!(format!("{ISSUER}/")),
                json!(&ISSUER[..ISSUER.len() - 1]),
                json!(ISSUER.to_uppercase()),
                json!(format!(" {ISSUER}")),
            ],
        ),
        (
            "aud",
            vec![
                json!("other"),
                json!(""),
                json!(7),
                json!(null),
                json!([]),
                json!(["other", "another"]),
                json!({ "is": AUDIENCE }),
                json!([AUDIENCE, 7]),
                json!("Shardwright"),
                json!("shardwright "),
                json!([["shardwright"]]),
                json!(true),
            ],
        ),
        (
            "tenant",
            vec![
                json!(7),
                json!(["acme"]),
                json!({ "id": "acme" }),
                json!(true),
                json!(""),
                json!(long),
                json!("ac\u{0}me"),
                json!("ac\nme"),
                json!("\u{fffd}"),
            ],
        ),
        ("scope", vec![json!(["admin"]), json!(7), json!({ "admin": true }), json!(true)]),
    ];
    let mut forged = Vec::new();
    for (claim, values) in wrong {
        for value in values {
            let mut claims = good();
            claims[*claim] = value.clone();
            forged.push((format!("{claim} is {value:.40}"), signer.token(&claims)));
        }
    }
    for claim in ["exp", "iss", "aud"] {
        let mut claims = good();
        claims.as_object_mut().expect("an object").remove(claim);
        forged.push((format!("without {claim}"), signer.token(&claims)));
    }
    let text = good().to_string();
    let inside = &text[1..text.len() - 1];
    let header = header_of(signer);
    let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
    let payloads: Vec<(&str, Vec<u8>)> = vec![
        ("an expiry beyond all numbers", format!("{{{inside},\"exp\":{huge}}}").into()),
        ("two expiries", format!("{{\"exp\":1,{inside}}}").into()),
        ("two tenants", format!("{{{inside},\"tenant\":\"other\"}}").into()),
        ("two scopes", format!("{{\"scope\":\"\",{inside}}}").into()),
        ("two audiences", format!("{{{inside},\"aud\":\"other\"}}").into()),
        ("two issuers", format!("{{\"iss\":\"x\",{inside}}}").into()),
        ("deep JSON", deep.clone().into()),
        ("deep JSON for a tenant", format!("{{{inside}}}").replace("\"acme\"", &deep).into()),
        ("a list", format!("[{text}]").into()),
        ("text", json!(text).to_string().into()),
        ("null", b"null".into()),
        ("a number", b"7".into()),
        ("an empty object", b"{}".into()),
        ("nothing", b"".into()),
        ("no JSON", b"exp=9999999999".into()),
        ("half of it", text[..text.len() / 2].into()),
        ("more behind it", format!("{text} {text}").into()),
        ("no UTF-8", [text.as_bytes(), b"\xff"].concat()),
        ("a token", signer.token(&good()).into()),
    ];
    let payloads = payloads
        .into_iter()
        .map(|(what, payload)| (format!("the payload is {what}"), signer.of(&header, &payload)));
    forged.extend(payloads);
    let mut large = good();
    for length in [8 << 10, 1 << 20] {
        large["more"] = json!("x".repeat(length));
        forged.push((format!("{length} bytes more"), signer.token(&large)));
    }
    forged
}

/// Good claims under a signature that is not the key's, or not of this token.
pub(super) fn by_signature(signer: &Signer) -> Vec<Forged> {
    let token = signer.token(&good());
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let (header, payload) = message.split_once('.').expect("three parts");
    let mut forged: Vec<Forged> = Vec::new();
    let mut add = |what: &str, token: String| forged.push((what.to_owned(), token));
    for length in [0, 1, signature.len() / 2, signature.len() - 1] {
        add(
            &format!("{length} letters of its signature"),
            format!("{message}.{}", &signature[..length]),
        );
    }
    for place in (0..signature.len()).step_by(signature.len() / 10) {
        add(
            &format!("letter {place} of its signature"),
            format!("{message}.{}", altered(signature, place)),
        );
    }
    add(
        "the last letter of its signature",
        format!("{message}.{}", altered(signature, signature.len() - 1)),
    );
    for place in (0..payload.len()).step_by(payload.len() / 10) {
        add(
            &format!("letter {place} of its payload"),
            format!("{header}.{}.{signature}", altered(payload, place)),
        );
    }
    add("its header", format!("{}.{payload}.{signature}", altered(header, 10)));
    let mut other = good();
    other["tenant"] = json!("other");
    let other = base64url(other.to_string().as_bytes());
    add("another's payload", format!("{header}.{other}.{signature}"));
    add("more of a signature", format!("{token}AAAA"));
    add("padding", format!("{token}="));
    add("a fourth part", format!("{token}.{signature}"));
    add("five parts", format!("{token}..{signature}"));
    add("two parts", message.to_owned());
    add("one part", payload.to_owned());
    add("dots", "..".to_owned());
    add("a dot", ".".to_owned());
    add("a word", "token".to_owned());
    add("a dot in front", format!(".{token}"));
    add("a dot behind", format!("{token}."));
    add("a signature of zeros", format!("{message}.{}", base64url(&[0; 64])));
    add("a long signature of zeros", format!("{message}.{}", base64url(&[0; 256])));
    add("its parts turned round", format!("{signature}.{payload}.{header}"));
    forged
}

/// Headers that would have it checked in another way, or not at all.
pub(super) fn by_header(signer: &Signer) -> Vec<Forged> {
    let claims = good().to_string();
    let own = format!("{:?}", signer.algorithm);
    let mut forged: Vec<Forged> = Vec::new();
    for name in
        ["none", "None", "NONE", "nOnE", "", "null", "HS1", "HS256 ", "hs256", "dir", "ES999"]
    {
        let header = json!({ "alg": name, "typ": "JWT" }).to_string();
        let signed = signer.of(&header, claims.as_bytes());
        let message = signed.rsplit_once('.').expect("three parts").0;
        forged.push((format!("alg {name:?}, unsigned"), format!("{message}.")));
        forged.push((format!("alg {name:?}, signed"), signed));
    }
    for header in [
        "{\"typ\":\"JWT\"}".to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        String::new(),
        json!({ "alg": null }).to_string(),
        json!({ "alg": [own] }).to_string(),
        json!({ "alg": 256 }).to_string(),
        format!("{{\"alg\":\"none\",\"alg\":\"{own}\"}}"),
        format!("{{\"alg\":\"{own}\",\"alg\":\"none\"}}"),
        json!({ "alg": own, "crit": ["exp"], "exp": 0 }).to_string(),
        json!({ "alg": own, "crit": [] }).to_string(),
    ] {
        forged.push((format!("the header {header}"), signer.of(&header, claims.as_bytes())));
    }
    for other in
        [Algorithm::HS384, Algorithm::ES256, Algorithm::RS256, Algorithm::PS256, Algorithm::EdDSA]
    {
        if other != signer.algorithm {
            let header = json!({ "alg": format!("{other:?}") }).to_string();
            forged.push((format!("said to be {other:?}"), signer.of(&header, claims.as_bytes())));
        }
    }
    forged
}

/// Signed, by a key that is not the service's, or in another way.
pub(super) fn by_strangers(strangers: &[(&str, Signer)]) -> Vec<Forged> {
    let sign =
        |(what, signer): &(&str, Signer)| (format!("signed with {what}"), signer.token(&good()));
    strangers.iter().map(sign).collect()
}

fn header_of(signer: &Signer) -> String {
    json!({ "alg": format!("{:?}", signer.algorithm) }).to_string()
}

/// The same with one letter another.
fn altered(text: &str, place: usize) -> String {
    let letter = if text.as_bytes()[place] == b'A' { "B" } else { "A" };
    format!("{}{letter}{}", &text[..place], &text[place + 1..])
}
