//! Reads pyproject.toml for Pythons that have no `tomllib` (3.10).

use toml::Value;

/// The TOML document as JSON text; `nan` and `inf` become strings, dates tables that nobody takes for a text.
///
/// # Errors
/// What is wrong with the TOML, with line and column.
pub fn toml_to_json(text: &str) -> Result<String, String> {
    let mut table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| error.to_string())?;
    table.iter_mut().for_each(|(_, value)| spell(value));
    serde_json::to_string(&table).map_err(|error| error.to_string())
}

/// Writes numbers out that JSON has no word for, and would turn into nothing.
fn spell(value: &mut Value) {
    match value {
        Value::Float(number) if !number.is_finite() => *value = Value::String(number.to_string()),
        Value::Array(values) => values.iter_mut().for_each(spell),
        Value::Table(table) => table.iter_mut().for_each(|(_, value)| spell(value)),
        _ => {}
    }
}
