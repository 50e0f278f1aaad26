//! JSON documents with a format name and a version, and paths in them.

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The size above which a document is not read.
pub const MOST_BYTES: u64 = 64 << 20;

/// A kind of document.
pub struct Kind {
    /// The noun for messages.
    pub noun: &'static str,
    /// The value of the field `format`.
    pub format: &'static str,
    /// The value of the field `version`.
    pub version: u32,
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

impl Kind {
    /// Parses a document. The format and the version are checked first: another version may have other fields.
    ///
    /// # Errors
    /// Why the bytes are not a document of this kind and version.
    pub fn parse<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, String> {
        let Self {
            noun,
            format,
            version,
        } = self;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(format!("not a {noun}: longer than {MOST_BYTES} bytes"));
        }
        let head: Head =
            serde_json::from_slice(bytes).map_err(|error| format!("not a {noun}: {error}"))?;
        if head.format != *format {
            return Err(format!("not a {noun} but {:?}", head.format));
        }
        if head.version != *version {
            let found = head.version;
            return Err(format!(
                "{noun} of version {found}; this ci-accel reads {version}"
            ));
        }
        serde_json::from_slice(bytes).map_err(|error| format!("not a whole {noun}: {error}"))
    }
}

/// A path in JSON: its text if it is UTF-8, otherwise `{"hex": "..."}`, so that different paths stay different.
pub mod path_text {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Text {
        Plain(String),
        Raw { hex: String },
    }

    /// Writes a path.
    pub fn serialize<S: Serializer>(path: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(path) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Text::Raw { hex: hex(path) }.serialize(serializer),
        }
    }

    fn hex(bytes: &[u8]) -> String {
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
        bytes
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
            .collect()
    }

    /// Reads a path.
    ///
    /// # Errors
    /// Those of the deserializer, and digits that are not hexadecimal.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let hex = match Text::deserialize(deserializer)? {
            Text::Plain(text) => return Ok(text.into_bytes()),
            Text::Raw { hex } => hex,
        };
        let digits = |start| {
            hex.get(start..start + 2)
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
        };
        let bytes: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(digits).collect();
        bytes.ok_or_else(|| D::Error::custom(format!("{hex:?} is not hex")))
    }
}
