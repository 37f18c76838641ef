//! The files that are in the binary, and how long a browser may keep them: for ever by the
//! address that a page names, which holds their version, and by any other not without asking.

use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hasher},
    io::Cursor,
};

use rocket::{
    Request, Response,
    http::{ContentType, Header},
    response::{self, Responder},
};

/// How long what names the files may be kept, so that it names the new ones at once.
pub(super) const ASK_AGAIN: &str = "no-cache";

/// A file that pages load. It changes with the binary alone.
pub(super) struct File {
    bytes: Cow<'static, [u8]>,
    kind: ContentType,
    cache: &'static str,
}

impl File {
    /// What was asked for by a version, or without one; the files' own is `version`.
    pub(super) fn new(
        bytes: impl Into<Cow<'static, [u8]>>,
        kind: ContentType,
        asked: Option<&str>,
        version: &str,
    ) -> Self {
        let cache = match asked {
            Some(asked) if asked == version => "private, max-age=31536000, immutable",
            _ => ASK_AGAIN,
        };
        Self { bytes: bytes.into(), kind, cache }
    }
}

/// The version of these files together: another program's are others.
pub(super) fn version<'f>(files: impl IntoIterator<Item = &'f [u8]>) -> String {
    let mut hasher = DefaultHasher::new();
    files.into_iter().for_each(|file| hasher.write(file));
    format!("{:016x}", hasher.finish())
}

impl<'r> Responder<'r, 'static> for File {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(self.kind)
            .header(Header::new("Cache-Control", self.cache))
            .sized_body(self.bytes.len(), Cursor::new(self.bytes))
            .ok()
    }
}
