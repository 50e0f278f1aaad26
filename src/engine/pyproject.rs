//! Reads pyproject.toml for Pythons that have no `tomllib` (3.10).

/// The TOML document as JSON text; dates become strings.
///
/// # Errors
/// What is wrong with the TOML, with line and column.
pub fn toml_to_json(text: &str) -> Result<String, String> {
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| error.to_string())?;
    serde_json::to_string(&table).map_err(|error| error.to_string())
}
