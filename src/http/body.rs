use std::fmt;

use rocket::{
    Data, Request,
    data::{self, FromData, Limits, ToByteUnit},
    outcome::Outcome,
};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::{Map, Value};
use tokio::{
    io::AsyncReadExt,
    time::{Duration, timeout},
};

use super::{Problem, fields::Fields};

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much of a body that is too large is read and thrown away, so that the
/// client, still sending, gets to read the answer.
const DRAINED: u64 = 16 * 1024 * 1024;

/// A JSON object from a request's body, not yet looked into.
#[derive(Debug)]
pub(super) struct Body(Map<String, Value>);

impl Body {
    pub(super) fn fields(self) -> Fields {
        Fields::of(self.0)
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Body {
    type Error = Problem;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        let outcome = match timeout(PATIENCE, read(request, data)).await {
            Ok(Ok(bytes)) => parse(&bytes),
            Ok(Err(problem)) => Err(problem),
            Err(_) => Err(Problem::too_slow()),
        };
        match outcome {
            Ok(body) => Outcome::Success(body),
            // The status is the problem's own: handlers take `Result<Body, Problem>`.
            Err(problem) => Outcome::Error((rocket::http::Status::UnprocessableEntity, problem)),
        }
    }
}

async fn read(request: &Request<'_>, data: Data<'_>) -> Result<Vec<u8>, Problem> {
    let limit = request.limits().get("json").unwrap_or(Limits::JSON);
    let mut stream = data.open(DRAINED.bytes());
    let mut body = Vec::new();
    let mut too_large = false;
    let mut chunk = vec![0; 16 * 1024];
    loop {
        match stream.read(&mut chunk).await {
            Ok(0) => break,
            Ok(read) => {
                too_large |= body.len() as u64 + read as u64 > limit.as_u64();
                if !too_large {
                    body.extend_from_slice(&chunk[..read]);
                }
            }
            Err(error) => {
                return Err(Problem::invalid_field("body", format!("could not be read: {error}")));
            }
        }
    }
    if too_large { Err(Problem::too_large(limit)) } else { Ok(body) }
}

fn parse(bytes: &[u8]) -> Result<Body, Problem> {
    match serde_json::from_slice::<Members>(bytes) {
        Ok(Members(fields)) => Ok(Body(fields)),
        Err(error) if error.is_data() => {
            Err(Problem::invalid_field("body", format!("must be a JSON object: {error}")))
        }
        Err(error) => Err(Problem::invalid_field("body", format!("is not JSON: {error}"))),
    }
}

/// An object each of whose members stands there once. JSON leaves open which of
/// two counts; when one of them is the shard key, nobody may guess.
struct Members(Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.insert(name.clone(), value).is_some() {
                        return Err(A::Error::custom(format!("`{name}` stands in it twice")));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Once)
    }
}
