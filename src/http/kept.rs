//! How long a browser may keep the files that are in the binary: for ever by the address that
//! a page names, which holds their version, and by any other not without asking.

use std::hash::{DefaultHasher, Hasher};

use rocket::http::Header;

/// The version of these files together: another program's are others.
pub(super) fn version<'f>(files: impl IntoIterator<Item = &'f [u8]>) -> String {
    let mut hasher = DefaultHasher::new();
    files.into_iter().for_each(|file| hasher.write(file));
    format!("{:016x}", hasher.finish())
}

/// What goes with a file that was asked for by a version.
pub(super) fn cache_control(asked: Option<&str>, version: &str) -> Header<'static> {
    let control = match asked {
        Some(asked) if asked == version => "private, max-age=31536000, immutable",
        _ => "no-cache",
    };
    Header::new("Cache-Control", control)
}
