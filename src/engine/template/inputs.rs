//! The inputs of a template database, each with its kind, and the key over them.

use crate::engine::foundation::document::path_text;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::changes::{file_changes, list_changes};
use crate::engine::fingerprint::Entry;
use crate::engine::foundation::digest::{Digest, Framed};
use crate::engine::template::traced_input::{PathText, TracedInput};

/// Context of a manifest's key. Version 2 hashes lists item by item, and the fields of traced inputs instead of their JSON.
pub const TEMPLATE_CONTEXT: &str = "ci_accel 2026-11 template v2";

/// Context of an environment variable's value, version 1. The manifest contains this digest, never the value.
pub const ENVIRONMENT_CONTEXT: &str = "ci_accel 2026-11 environment value v1";

/// A declared input, by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Input {
    /// A file, compared by content.
    File(DeclaredFile),
    /// A symbolic link, compared by its text.
    Link(DeclaredFile),
    /// A variable passed to the builder, compared by the digest of its value, `{db}` as written.
    Environment {
        /// Name of the variable.
        name: String,
        /// Digest of the value under `ENVIRONMENT_CONTEXT`.
        digest: Digest,
    },
    /// A value declared by the user.
    Value(NamedText),
    /// A property of the interpreter that runs the builder, such as its version, SQLite or platform.
    Interpreter(NamedText),
    /// A distribution in the builder's environment with its version.
    Distribution(NamedText),
    /// An item that the user excludes from tracing: of `exclude`, `exclude_env` or `programs`.
    Excluded(NamedText),
}

/// A declared file or link with its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredFile {
    /// Path relative to the root.
    #[serde(with = "path_text")]
    pub path: Vec<u8>,
    /// Length in bytes.
    pub length: u64,
    /// Digest of the content, or of the link's text.
    pub digest: Digest,
}

/// A named text. A list is represented by one `NamedText` for each item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedText {
    /// Name of the property.
    pub name: String,
    /// The text, or one item of the list.
    pub value: PathText,
}

impl NamedText {
    /// Creates a named text.
    pub fn new(name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            value: PathText(value.into()),
        }
    }
}

/// All inputs of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateInputs {
    /// Arguments of the build command, `{db}` as written.
    pub build: Vec<String>,
    /// Whether the inputs were traced while the builder ran; otherwise only the declared ones count.
    pub traced: bool,
    /// Declared inputs, and the properties of the interpreter.
    pub inputs: Vec<Input>,
    /// Further inputs that the traced builder used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<TracedInput>,
}

impl TemplateInputs {
    /// Returns the key, which names the manifest. It covers the count and arguments of the builder; whether the inputs
    /// were traced; the count of inputs; kind, name or path, and digest and length or text of each; the count of traced
    /// inputs; kind and fields of each.
    pub fn key(&self) -> Digest {
        let mut framed = Framed::new(TEMPLATE_CONTEXT);
        framed.number(self.build.len() as u64);
        for argument in &self.build {
            framed.field(argument.as_bytes());
        }
        framed
            .number(u64::from(self.traced))
            .number(self.inputs.len() as u64);
        for input in &self.inputs {
            match input {
                Input::File(content) | Input::Link(content) => {
                    framed.field(input.kind().as_bytes()).field(&content.path);
                    framed.number(content.length).digest(&content.digest);
                }
                Input::Environment { name, digest } => {
                    framed
                        .field(input.kind().as_bytes())
                        .field(name.as_bytes())
                        .digest(digest);
                }
                Input::Value(named)
                | Input::Interpreter(named)
                | Input::Distribution(named)
                | Input::Excluded(named) => {
                    framed
                        .field(input.kind().as_bytes())
                        .field(named.name.as_bytes())
                        .field(&named.value.0);
                }
            }
        }
        framed.number(self.seen.len() as u64);
        for seen in &self.seen {
            seen.frame(&mut framed);
        }
        framed.finish()
    }

    /// Returns the differences from older inputs, one line each.
    pub fn changes(&self, older: &Self) -> Vec<String> {
        let mut words = Vec::new();
        if self.build != older.build {
            words.push(format!(
                "build command {} -> {}",
                older.build.join(" "),
                self.build.join(" ")
            ));
        }
        if self.traced != older.traced {
            words.push("trace was switched on or off since the database was built".to_owned());
        }
        for kind in ["interpreter", "distribution", "value", "excluded"] {
            words.extend(list_changes(&older.named(kind), &self.named(kind)));
        }
        words.extend(self.environment_changes(older));
        words.extend(file_changes(&older.contents(), &self.contents()));
        words
    }

    /// Returns the differences from older inputs, except those of the interpreter and the distributions.
    pub fn changes_but_tools(&self, older: &Self) -> Vec<String> {
        let is_tool =
            |input: &&Input| matches!(input, Input::Interpreter(_) | Input::Distribution(_));
        let own = self.inputs.iter().filter(|input| !is_tool(input));
        let inputs = own
            .chain(older.inputs.iter().filter(is_tool))
            .cloned()
            .collect();
        let same_tools = Self {
            build: self.build.clone(),
            traced: self.traced,
            inputs,
            seen: Vec::new(),
        };
        same_tools.changes(older)
    }

    /// Returns the texts by name; a list has several.
    fn named(&self, wanted: &str) -> BTreeMap<String, Vec<String>> {
        let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for input in &self.inputs {
            if let Input::Value(named)
            | Input::Interpreter(named)
            | Input::Distribution(named)
            | Input::Excluded(named) = input
                && input.kind() == wanted
            {
                let texts = texts.entry(named.name.clone()).or_default();
                texts.push(named.value.to_string());
            }
        }
        texts
    }

    fn environment(&self) -> BTreeMap<&str, &Digest> {
        let mut environment = BTreeMap::new();
        for input in &self.inputs {
            if let Input::Environment { name, digest } = input {
                environment.insert(name.as_str(), digest);
            }
        }
        environment
    }

    /// Returns the changed variables by name. Values may be secrets and are never shown.
    fn environment_changes(&self, older: &Self) -> Vec<String> {
        let (before, now) = (older.environment(), self.environment());
        let changed = now
            .iter()
            .filter(|(name, digest)| before.get(*name) != Some(digest))
            .map(|(name, _)| *name);
        let gone = before
            .keys()
            .filter(|name| !now.contains_key(*name))
            .copied();
        changed
            .chain(gone)
            .map(|name| format!("environment variable {name} changed"))
            .collect()
    }

    /// Returns the number of inputs, declared and traced.
    pub fn count(&self) -> usize {
        self.inputs.len() + self.seen.len()
    }

    /// Returns the declared paths, relative to the root.
    pub fn paths(&self) -> impl Iterator<Item = &[u8]> {
        self.inputs.iter().filter_map(|input| match input {
            Input::File(content) | Input::Link(content) => Some(content.path.as_slice()),
            _ => None,
        })
    }

    /// Returns the digests of files and links by path. A link's digest has its own context, so replacing a link by a file
    /// with the same text is a change.
    fn contents(&self) -> BTreeMap<&[u8], &Digest> {
        let mut contents = BTreeMap::new();
        for input in &self.inputs {
            if let Input::File(content) | Input::Link(content) = input {
                contents.insert(content.path.as_slice(), &content.digest);
            }
        }
        contents
    }
}

impl Input {
    /// Returns the kind as written in the manifest.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Link(_) => "link",
            Self::Environment { .. } => "environment",
            Self::Value(_) => "value",
            Self::Interpreter(_) => "interpreter",
            Self::Distribution(_) => "distribution",
            Self::Excluded(_) => "excluded",
        }
    }
}

impl From<Entry> for Input {
    fn from(entry: Entry) -> Self {
        let content = DeclaredFile {
            path: entry.path,
            length: entry.length,
            digest: entry.digest,
        };
        if entry.is_link {
            Self::Link(content)
        } else {
            Self::File(content)
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn digest() -> impl Strategy<Value = Digest> {
        any::<u8>().prop_map(|byte| Digest::of(&[byte]))
    }

    fn content() -> impl Strategy<Value = DeclaredFile> {
        (
            prop::collection::vec(any::<u8>(), 1..6),
            any::<u64>(),
            digest(),
        )
            .prop_map(|(path, length, digest)| DeclaredFile {
                path,
                length,
                digest,
            })
    }

    fn pair() -> impl Strategy<Value = NamedText> {
        ("[a-c]{1,2}", "\\PC{0,3}").prop_map(|(name, value)| NamedText::new(name, value))
    }

    fn input() -> impl Strategy<Value = Input> {
        prop_oneof![
            content().prop_map(Input::File),
            content().prop_map(Input::Link),
            ("[A-C]{1,2}", digest()).prop_map(|(name, digest)| Input::Environment { name, digest }),
            pair().prop_map(Input::Value),
            pair().prop_map(Input::Interpreter),
            pair().prop_map(Input::Distribution),
            pair().prop_map(Input::Excluded),
        ]
    }

    pub(in crate::engine::template) fn basis() -> impl Strategy<Value = TemplateInputs> {
        (
            prop::collection::vec("\\PC{0,3}", 0..3),
            any::<bool>(),
            prop::collection::vec(input(), 0..5),
        )
            .prop_map(|(build, traced, inputs)| TemplateInputs {
                build,
                traced,
                inputs,
                seen: Vec::new(),
            })
    }

    proptest! {
        #[test]
        fn two_bases_have_one_key_only_if_they_are_equal(one in basis(), other in basis()) {
            prop_assert_eq!(one.key() == other.key(), one == other);
        }
    }

    #[test]
    fn changes_name_each_input_and_never_show_a_value_of_the_environment() {
        let file = |path: &[u8], text: &[u8]| {
            let (path, length) = (path.to_vec(), text.len() as u64);
            Input::File(DeclaredFile {
                path,
                length,
                digest: Digest::of(text),
            })
        };
        let named = |name: &str, value: &str| NamedText::new(name, value);
        let secret = |text: &[u8]| Input::Environment {
            name: "URL".to_owned(),
            digest: Digest::of(text),
        };
        let older = TemplateInputs {
            build: vec!["make".to_owned()],
            traced: false,
            inputs: vec![
                file(b"a.sql", b"1"),
                file(b"b.sql", b"2"),
                file(b"c.sql", b"3"),
                secret(b"old"),
                Input::Interpreter(named("python", "3.11.7")),
                Input::Distribution(named("alembic", "1.20.0")),
            ],
            seen: Vec::new(),
        };
        let newer = TemplateInputs {
            build: vec!["make".to_owned(), "db".to_owned()],
            traced: false,
            inputs: vec![
                file(b"a.sql", b"changed"),
                file(b"bb.sql", b"2"),
                file(b"\xff.sql", b"new"),
                secret(b"new"),
                Input::Interpreter(named("python", "3.12.1")),
                Input::Distribution(named("alembic", "1.20.1")),
            ],
            seen: Vec::new(),
        };
        let expected = [
            "build command make -> make db",
            "python 3.11.7 -> 3.12.1",
            "alembic 1.20.0 -> 1.20.1",
            "environment variable URL changed",
            "a.sql changed",
            "b.sql renamed to bb.sql",
            "c.sql removed",
            "\\xff.sql added",
        ];
        assert_eq!(newer.changes(&older), expected);
        assert_eq!(newer.changes(&newer), Vec::<String>::new());
    }
}
