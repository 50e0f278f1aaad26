//! Checks the engine against the golden vectors of tests/vectors, which the Python tests also read.

// A panic fails the test.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use ci_accel::engine::files::walk::{Selection, resolve_root};
use ci_accel::engine::fingerprint::Fingerprint;
use ci_accel::engine::foundation::interrupt::never;
use ci_accel::engine::template::inputs::TemplateInputs;
use serde_json::Value;

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn unhex(hex: &str) -> Vec<u8> {
    let pairs = (0..hex.len()).step_by(2);
    pairs
        .map(|start| u8::from_str_radix(&hex[start..start + 2], 16).unwrap())
        .collect()
}

fn path_of(file: &Value) -> PathBuf {
    match text(file, "path") {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(OsString::from_vec(unhex(text(file, "path_hex").unwrap()))),
    }
}

fn content_of(file: &Value) -> Vec<u8> {
    if let Some(content) = text(file, "content") {
        return content.as_bytes().to_vec();
    }
    if let Some(repeat) = file.get("content_repeat") {
        let times = usize::try_from(repeat["times"].as_u64().unwrap()).unwrap();
        return text(repeat, "text").unwrap().repeat(times).into_bytes();
    }
    unhex(text(file, "content_hex").unwrap())
}

fn list(case: &Value, key: &str) -> Vec<Value> {
    case.get(key)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

fn plant(root: &Path, case: &Value) {
    for file in list(case, "files") {
        let path = root.join(path_of(&file));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content_of(&file)).unwrap();
    }
    for link in list(case, "links") {
        let path = root.join(path_of(&link));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(text(&link, "target").unwrap(), path).unwrap();
    }
}

fn patterns(case: &Value, key: &str) -> Vec<PathBuf> {
    list(case, key)
        .iter()
        .map(|pattern| PathBuf::from(pattern.as_str().unwrap()))
        .collect()
}

fn entry_key(path: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(path) {
        return text.to_owned();
    }
    let hex: Vec<String> = path.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("hex:{}", hex.concat())
}

#[test]
fn fingerprints_are_those_of_the_golden_vectors() {
    let document = include_str!("vectors/fingerprint.json");
    let document: Value = serde_json::from_str(document).unwrap();
    let cases = document
        .as_array()
        .cloned()
        .unwrap_or_else(|| list(&document, "cases"));
    assert!(cases.len() >= 20);
    for case in &cases {
        let root = tempfile::tempdir().unwrap();
        plant(root.path(), case);
        let values: BTreeMap<String, String> = case
            .get("values")
            .map(|values| serde_json::from_value(values.clone()).unwrap())
            .unwrap_or_default();
        let (inputs, exclude) = (patterns(case, "inputs"), patterns(case, "exclude"));
        let found = {
            let selection = Selection {
                root: &resolve_root(root.path()).unwrap(),
                inputs: &inputs,
                exclude: &exclude,
                own: &[],
            };
            Fingerprint::take(&selection, values, &never()).unwrap()
        };
        let entries: BTreeMap<String, String> = found
            .entries
            .iter()
            .map(|entry| (entry_key(&entry.path), entry.digest.to_string()))
            .collect();
        let expected: BTreeMap<String, String> =
            serde_json::from_value(case["entries"].clone()).unwrap();
        assert_eq!(entries, expected, "{}", case["name"]);
        assert_eq!(
            found.digest.to_string(),
            text(case, "digest").unwrap(),
            "{}",
            case["name"]
        );
    }
}

#[test]
fn template_keys_are_those_of_the_golden_vectors() {
    let document = include_str!("vectors/template_key.json");
    let cases: Vec<Value> = serde_json::from_str(document).unwrap();
    let mut keys = BTreeMap::new();
    for case in &cases {
        let name = text(case, "name").unwrap();
        let inputs: TemplateInputs = serde_json::from_value(case["made_from"].clone()).unwrap();
        assert_eq!(
            serde_json::to_value(&inputs).unwrap(),
            case["made_from"],
            "{name}"
        );
        assert_eq!(
            inputs.key().to_string(),
            text(case, "key").unwrap(),
            "{name}"
        );
        assert_eq!(keys.insert(inputs.key(), name), None, "{name}");
    }
}
