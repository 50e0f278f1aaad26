//! JSON documents.

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
    ///
    /// # Errors
    /// Those of the serializer.
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
