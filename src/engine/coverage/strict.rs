//! JSON taken at its word: no key twice, and what is wrong is told with its place.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{self, Chain, Cursor, Read, Take};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

use super::position::Position;
use crate::engine::foundation::digest::{Blocks, Digest};

/// Why a document is refused.
#[derive(Debug)]
pub enum Fault {
    /// It could not be read.
    Io(io::Error),
    /// What is wrong in it, and where.
    Content(String),
}

/// The bytes of an open file, hashed as they go by. Not past `size`: somebody may be appending for ever.
pub struct Hashed<'f> {
    source: Chain<Cursor<Vec<u8>>, Take<&'f File>>,
    blocks: Blocks,
    stop: &'f AtomicBool,
}

impl<'f> Hashed<'f> {
    /// `start` are the bytes that were read from the file already.
    #[must_use]
    pub fn new(start: Vec<u8>, file: &'f File, size: u64, stop: &'f AtomicBool) -> Self {
        let rest = size.saturating_sub(start.len() as u64);
        Self {
            source: Cursor::new(start).chain(file.take(rest)),
            blocks: Blocks::default(),
            stop,
        }
    }

    /// Length and digest of what went by.
    #[must_use]
    pub fn finish(&self) -> (u64, Digest) {
        self.blocks.finish()
    }
}

impl Read for Hashed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("stopped"));
        }
        let count = self.source.read(buffer)?;
        self.blocks.add(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// The keys that lead to an error, the last one first.
#[derive(Default)]
pub struct Trail(RefCell<Vec<String>>);

impl fmt::Display for Trail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_word = |name: &str| {
            name.bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        };
        for (depth, name) in self.0.borrow().iter().rev().enumerate() {
            match (is_word(name), depth) {
                (true, 0) => write!(formatter, "{name}")?,
                (true, _) => write!(formatter, ".{name}")?,
                (false, _) => write!(formatter, "[{name:?}]")?,
            }
        }
        Ok(())
    }
}

/// What the keys of one object mean.
pub trait Members<'de> {
    /// What such an object is, for the error where something else stands.
    const WHAT: &'static str;

    /// Takes the value of one key.
    ///
    /// # Errors
    /// What is wrong with it, or with the key.
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        trail: &Trail,
    ) -> Result<(), A::Error>;
}

/// An object whose members go to `M`, none of them twice.
pub struct Object<'o, M> {
    /// What its keys mean.
    pub members: &'o mut M,
    /// Where an error was met.
    pub trail: &'o Trail,
}

impl<'de, M: Members<'de>> DeserializeSeed<'de> for Object<'_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, M: Members<'de>> Visitor<'de> for Object<'_, M> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(M::WHAT)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let taken = if seen.contains(&key) {
                Err(A::Error::custom("the same key a second time"))
            } else {
                self.members.take(&key, &mut map, self.trail)
            };
            if let Err(error) = taken {
                self.trail.0.borrow_mut().push(key);
                return Err(error);
            }
            seen.insert(key);
        }
        Ok(())
    }
}

/// Parses what is one object and nothing after it.
///
/// # Errors
/// What is wrong, under which keys (`under` before all), and where: `position` tells where in the document.
pub fn parse<'de, M: Members<'de>>(
    bytes: &'de [u8],
    members: &mut M,
    under: Option<&str>,
    position: impl Fn(Position) -> Position,
) -> Result<(), String> {
    let trail = Trail::default();
    let mut document = serde_json::Deserializer::from_slice(bytes);
    let object = Object {
        members,
        trail: &trail,
    };
    let result = object
        .deserialize(&mut document)
        .and_then(|()| document.end());
    result.map_err(|error| {
        let inner = Position {
            line: error.line(),
            column: error.column(),
        };
        let Position { line, column } = position(inner);
        let words = error.to_string();
        let own = format!(" at line {} column {}", inner.line, inner.column);
        let words = words.strip_suffix(&own).unwrap_or(&words);
        trail.0.borrow_mut().extend(under.map(str::to_owned));
        let place = trail.to_string();
        let place = if place.is_empty() {
            place
        } else {
            place + ": "
        };
        format!("{place}{words} at line {line} column {column}")
    })
}

/// Takes the value of a key that has to be there once.
///
/// # Errors
/// That it is not there.
pub fn required<T>(value: Option<T>, name: &str) -> Result<T, Fault> {
    value.ok_or_else(|| Fault::Content(format!("{name} is missing")))
}
