//! A request's body, of any kind: no larger and no slower than it may be.

use rocket::data::{ByteUnit, Data, ToByteUnit};
use tokio::{
    io::AsyncReadExt,
    time::{Duration, timeout},
};

use super::Problem;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much of a body that is too large is read and thrown away, so that the
/// client, still sending, gets to read the answer.
const DRAINED: u64 = 16 * 1024 * 1024;

/// The whole body.
///
/// # Errors
/// It is larger than that, does not arrive in time, or breaks off.
pub(super) async fn receive(data: Data<'_>, limit: ByteUnit) -> Result<Vec<u8>, Problem> {
    timeout(PATIENCE, read(data, limit)).await.unwrap_or_else(|_| Err(Problem::too_slow()))
}

async fn read(data: Data<'_>, limit: ByteUnit) -> Result<Vec<u8>, Problem> {
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
