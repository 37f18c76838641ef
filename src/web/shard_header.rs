use rocket::{
    Request, Response,
    fairing::{Fairing, Info, Kind},
    http::Header,
};

use super::way::OfRequest;

/// Puts `X-Shard` on the responses to keyed requests, failed ones too: the shard
/// that the key lives on.
#[derive(Debug, Clone, Copy, Default)]
pub struct ShardHeader;

#[rocket::async_trait]
impl Fairing for ShardHeader {
    fn info(&self) -> Info {
        Info { name: "shard header", kind: Kind::Response | Kind::Singleton }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if let Some(shard) = OfRequest::of(request).served_by() {
            response.set_header(Header::new("X-Shard", shard.to_string()));
        }
    }
}
