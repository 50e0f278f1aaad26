//! JSON taken at its word: one streaming pass, no key twice, and what is wrong is told with its place.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read, Take};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

use crate::engine::digest::{BLOCK, Blocks, Digest};

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

/// Where in the document one is.
#[derive(Default)]
pub struct Trail(RefCell<Vec<String>>);

impl fmt::Display for Trail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_word = |name: &str| {
            name.bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        };
        for (depth, name) in self.0.borrow().iter().enumerate() {
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
    /// Where one is.
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
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            self.trail.0.borrow_mut().push(key.clone());
            if seen.contains(&key) {
                return Err(A::Error::custom("the same key a second time"));
            }
            self.members.take(&key, &mut map, self.trail)?;
            self.trail.0.borrow_mut().pop();
            seen.insert(key);
        }
        Ok(())
    }
}

/// Reads a document that is one object and nothing after it.
///
/// # Errors
/// What is wrong, and where.
pub fn read<'de, M: Members<'de>>(source: &mut impl Read, members: &mut M) -> Result<(), Fault> {
    let trail = Trail::default();
    let mut document =
        serde_json::Deserializer::from_reader(BufReader::with_capacity(BLOCK, source));
    let object = Object {
        members,
        trail: &trail,
    };
    let result = object
        .deserialize(&mut document)
        .and_then(|()| document.end());
    result.map_err(|error| {
        if error.is_io() {
            return Fault::Io(error.into());
        }
        let place = trail.to_string();
        Fault::Content(if place.is_empty() {
            error.to_string()
        } else {
            format!("{place}: {error}")
        })
    })
}

/// Takes the value of a key that has to be there once.
///
/// # Errors
/// That it is not there.
pub fn required<T>(value: Option<T>, name: &str) -> Result<T, Fault> {
    value.ok_or_else(|| Fault::Content(format!("{name} is missing")))
}
