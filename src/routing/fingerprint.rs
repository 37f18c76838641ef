use std::{fmt, str::FromStr};

use md5::{Digest, Md5};

/// A digest of a placement rule: equal for two rules exactly if they place
/// every key on a shard of the same name.
///
/// It is MD5 over the rule's *normal form* (see [`FingerprintBuilder`]), shown
/// as 32 hexadecimal digits, and the same on every machine and version. MD5 is
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
