//! The basis: all that a template database is made from, each input with the kind of its digest.

use crate::engine::foundation::document::path_text;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::changes::{file_changes, list_changes};
use crate::engine::fingerprint::Entry;
use crate::engine::foundation::digest::{Digest, Framed};
use crate::engine::template::traced_input::{PathText, TracedInput};

/// The context of a manifest's key. Version 2: lists item by item, and the fields of traced inputs instead of their JSON.
pub const TEMPLATE_CONTEXT: &str = "ci_accel 2026-11 template v2";

/// Version 1. One field: the value of an environment variable. The manifest never holds the value itself.
pub const ENVIRONMENT_CONTEXT: &str = "ci_accel 2026-11 environment value v1";

/// One input, by its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Input {
    /// A file, by its content.
    File(DeclaredFile),
    /// A symbolic link, by its text.
    Link(DeclaredFile),
    /// A variable that the builder gets, by the digest of its value as it was written down.
    Environment {
        /// The variable's name.
        name: String,
        /// Its value under `ENVIRONMENT_CONTEXT`.
        digest: Digest,
    },
    /// A value that the user declared.
    Value(NamedText),
    /// A property of the interpreter that runs the builder: its version, its SQLite, its platform.
    Interpreter(NamedText),
    /// A distribution in the builder's environment, with its version.
    Distribution(NamedText),
    /// What the user answers for in place of a traced builder: `exclude`, `exclude_env`, `programs`.
    Vouched(NamedText),
}

/// A file's or link's digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredFile {
    /// Relative to the root.
    #[serde(with = "path_text")]
    pub path: Vec<u8>,
    /// In bytes.
    pub length: u64,
    /// Of the content, or of the link's text.
    pub digest: Digest,
}

/// A name with its text. A list is one `NamedText` for each item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedText {
    /// The name of the property.
    pub name: String,
    /// Its text, or one item of the list.
    pub value: PathText,
}

impl NamedText {
    /// A name with its text.
    pub fn new(name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            value: PathText(value.into()),
        }
    }
}

/// All that a database is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateInputs {
    /// The builder's argv, `{db}` as written.
    pub build: Vec<String>,
    /// Whether the inputs were traced while the builder ran; if not, the declared ones are all.
    pub traced: bool,
    /// Every input that was declared, or that says who builds.
    pub inputs: Vec<Input>,
    /// Every input that a traced builder was seen to use beside these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<TracedInput>,
}

impl TemplateInputs {
    /// The name of this basis among the manifests. It covers: count and arguments of the builder; whether the inputs
    /// were traced; count of inputs; of each its kind, its name or path, and its digest and length or its text; count
    /// of traced inputs; of each its kind and its fields.
    #[must_use]
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
                | Input::Vouched(named) => {
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

    /// What differs from an older one, in words.
    #[must_use]
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
            words.push(
                "the stored inputs were not found in the way that is asked for now".to_owned(),
            );
        }
        for kind in ["interpreter", "distribution", "value", "vouched"] {
            words.extend(list_changes(&older.named(kind), &self.named(kind)));
        }
        words.extend(self.environment_changes(older));
        words.extend(file_changes(&older.contents(), &self.contents()));
        words
    }

    /// What differs from an older one, in words, but for the interpreter and the distributions.
    #[must_use]
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

    /// The texts of each name; more than one for a list.
    fn named(&self, wanted: &str) -> BTreeMap<String, Vec<String>> {
        let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for input in &self.inputs {
            if let Input::Value(named)
            | Input::Interpreter(named)
            | Input::Distribution(named)
            | Input::Vouched(named) = input
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

    /// Values are never shown: they may be secrets.
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

    /// How many inputs there are, declared and seen.
    #[must_use]
    pub fn count(&self) -> usize {
        self.inputs.len() + self.seen.len()
    }

    /// The paths that are declared, relative to the root.
    pub fn paths(&self) -> impl Iterator<Item = &[u8]> {
        self.inputs.iter().filter_map(|input| match input {
            Input::File(content) | Input::Link(content) => Some(content.path.as_slice()),
            _ => None,
        })
    }

    /// Files and links by path. A link's digest has a context of its own, so a link that became a file has changed.
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
    /// The kind as the manifest has it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Link(_) => "link",
            Self::Environment { .. } => "environment",
            Self::Value(_) => "value",
            Self::Interpreter(_) => "interpreter",
            Self::Distribution(_) => "distribution",
            Self::Vouched(_) => "vouched",
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
            pair().prop_map(Input::Vouched),
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
