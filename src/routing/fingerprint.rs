use std::{fmt, str::FromStr};

use md5::{Digest, Md5};

use super::Pin;
use crate::key::ShardId;

/// A digest of a placement rule: equal for two rules exactly if they place
/// every key on a shard of the same name.
///
/// It is MD5 over the rule's *normal form* (see [`FingerprintBuilder`], and
/// `docs/src/reference/fingerprints.md` for each strategy's, byte by byte), shown as 32
/// hexadecimal digits, and the same on every machine and version. Rules of two
/// strategies always differ, also where they happen to place every key alike. MD5 is
/// no protection against someone who forges a rule, and need not be one: it
/// guards against mistakes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Starts the digest of a rule of this strategy.
    #[must_use]
    pub fn builder(strategy: &str) -> FingerprintBuilder {
        let mut builder = FingerprintBuilder(Md5::new());
        builder.field(strategy.as_bytes());
        builder
    }

    /// The digest of the rule of this digest with pins in front of it: of those
    /// that lead a key away from where the rule has it, sorted by key. Without
    /// any, that is the rule's own.
    #[must_use]
    pub fn under<'a>(self, pins: impl IntoIterator<Item = &'a Pin>, shards: &[ShardId]) -> Self {
        let mut pins = pins.into_iter().peekable();
        if pins.peek().is_none() {
            return self;
        }
        let mut builder = Self::builder("directory");
        builder.field(self.to_string().as_bytes());
        for pin in pins {
            builder.field(pin.key.as_bytes()).field(shards[pin.shard.get()].as_str().as_bytes());
        }
        builder.finish()
    }
}

/// Digests a rule piece by piece.
///
/// The normal form is a sequence of fields, each preceded by its length in
/// bytes as a big-endian 64-bit number, so that no two sequences run into the
/// same bytes. Shards go in by name, never by index. A rule's author brings it
/// to a form in which the same placement is always the same sequence: sorted,
/// and neighbours that belong together merged.
///
/// # Examples
/// ```
/// use shardwright::routing::Fingerprint;
///
/// let mut builder = Fingerprint::builder("parity");
/// builder.field(b"shard-0").field(b"shard-1");
/// assert_eq!(builder.finish().to_string().len(), 32);
/// ```
#[derive(Debug, Clone)]
pub struct FingerprintBuilder(Md5);

impl FingerprintBuilder {
    /// Adds one field.
    pub fn field(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    /// The digest of all fields so far.
    #[must_use]
    pub fn finish(&self) -> Fingerprint {
        Fingerprint(self.0.clone().finalize().into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = std::num::ParseIntError;

    fn from_str(hex: &str) -> Result<Self, Self::Err> {
        u128::from_str_radix(hex, 16).map(|digest| Self(digest.to_be_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_do_not_run_into_each_other() {
        let of = |fields: &[&str]| {
            let mut builder = Fingerprint::builder("x");
            fields.iter().for_each(|field| {
                builder.field(field.as_bytes());
            });
            builder.finish()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["ab"]), of(&["ab", ""]));
        assert_eq!(of(&["ab"]), of(&["ab"]));
    }

    #[test]
    fn its_text_reads_back() {
        let fingerprint = Fingerprint::builder("x").finish();
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    }
}
