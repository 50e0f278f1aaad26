//! BLAKE3 digests of bytes and of records. Records are framed so that no two different records give the same bytes: the
//! count first, a length before every field, numbers as u64 little-endian.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Number of bytes read between two checks of the interrupt.
pub const BLOCK: usize = 1 << 18;

/// A 256-bit BLAKE3 digest. Text form: 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Returns the plain BLAKE3 of `bytes`, as `b3sum` prints it.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Returns the raw 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the first twelve hex digits, for display only. Keys always have all 64.
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Digest {
    type Err = String;

    /// Parses the text form. Upper-case digits are refused: they would be a second name for the same database.
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let hash = blake3::Hash::from_hex(text).map_err(|error| error.to_string())?;
        let digest = Self(*hash.as_bytes());
        if digest.to_string() == text {
            Ok(digest)
        } else {
            Err("not lower-case".to_owned())
        }
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A digest over framed fields, under a context string that names its kind and version.
pub struct Framed {
    hasher: blake3::Hasher,
    /// Fields that are not hashed yet. BLAKE3 is much faster on large buffers than on many small ones.
    pending: Vec<u8>,
}

impl Framed {
    /// Starts an empty record. A change of the fields needs a new `context`; see docs/cache-keys.md.
    pub fn new(context: &str) -> Self {
        Self {
            hasher: blake3::Hasher::new_derive_key(context),
            pending: Vec::new(),
        }
    }

    /// Adds a number, such as the count of the fields that follow.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.whole(&number.to_le_bytes())
    }

    /// Adds a field with its length.
    pub fn field(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64).whole(bytes)
    }

    /// Adds a digest, which needs no length because it always has 32 bytes.
    pub fn digest(&mut self, digest: &Digest) -> &mut Self {
        self.whole(&digest.0)
    }

    /// Adds a digest that may be missing: 0, or 1 and the digest.
    pub fn optional(&mut self, digest: Option<&Digest>) -> &mut Self {
        self.number(u64::from(digest.is_some()));
        if let Some(digest) = digest {
            self.digest(digest);
        }
        self
    }

    /// Adds bytes without a length, for a record with a single field.
    pub fn whole(&mut self, bytes: &[u8]) -> &mut Self {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= BLOCK {
            self.hasher.update(&self.pending);
            self.pending.clear();
        }
        self
    }

    /// Returns the digest of everything added.
    pub fn finish(&mut self) -> Digest {
        self.hasher.update(&self.pending);
        self.pending.clear();
        Digest(*self.hasher.finalize().as_bytes())
    }
}

/// Computes the digest of bytes that arrive block by block.
#[derive(Default)]
pub struct Blocks {
    hasher: blake3::Hasher,
    length: u64,
}

impl Blocks {
    /// The next block.
    pub fn add(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
    }

    /// Bytes so far.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Length in bytes and digest of what has come.
    pub fn finish(&self) -> (u64, Digest) {
        (self.length, Digest(*self.hasher.finalize().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(fields: &[Vec<u8>]) -> Digest {
        let mut framed = Framed::new("ci_accel test v1");
        framed.number(fields.len() as u64);
        for field in fields {
            framed.field(field);
        }
        framed.finish()
    }

    proptest! {
        #[test]
        fn test_F01_different_fields_give_different_digests(
            one in prop::collection::vec(prop::collection::vec(0_u8..3, 0..4), 0..4),
            other in prop::collection::vec(prop::collection::vec(0_u8..3, 0..4), 0..4),
        ) {
            prop_assert_eq!(framed(&one) == framed(&other), one == other);
        }

        #[test]
        fn a_digest_is_parsed_only_from_its_own_text(bytes in any::<[u8; 32]>()) {
            let text = Digest(bytes).to_string();
            prop_assert_eq!(text.parse::<Digest>(), Ok(Digest(bytes)));
            let upper = text.to_uppercase();
            prop_assert!(upper == text || upper.parse::<Digest>().is_err());
            prop_assert!(text[1..].parse::<Digest>().is_err());
        }
    }
}
