use std::fmt;

use rocket::{
    Data, Request,
    data::{self, FromData, Limits},
    http::Status,
    outcome::Outcome,
};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{Problem, arrival::receive, fields::Fields};

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
        let limit = request.limits().get("json").unwrap_or(Limits::JSON);
        match receive(data, limit).await.and_then(|bytes| parse(&bytes)) {
            Ok(body) => Outcome::Success(body),
            // The status is the problem's own: handlers take `Result<Body, Problem>`.
            Err(problem) => Outcome::Error((Status::UnprocessableEntity, problem)),
        }
    }
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
