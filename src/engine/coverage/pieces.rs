//! A JSON document in pieces: the members of one object in it come one by one, so that no more than one is in memory.
//! Cutting does not judge: each piece, and what is left of the document without them, has to be JSON by itself.

use std::io::{self, Read};

use super::position::Position;

/// What is left of a document without the members.
#[derive(Debug, Default)]
pub struct Rest {
    /// A document as well.
    pub bytes: Vec<u8>,
    /// How many of these come before the place where the members stood, and where the others stood.
    cut: Option<(usize, Position)>,
}

impl Rest {
    /// A place in the document, from a place in the rest.
    #[must_use]
    pub fn position(&self, inner: Position) -> Position {
        let Some((length, behind)) = self.cut else {
            return inner;
        };
        let before = Position::START.after(self.bytes.get(..length).unwrap_or_default());
        if inner <= before {
            inner
        } else if inner.line == before.line {
            behind.plus(Position {
                line: 1,
                column: inner.column - before.column,
            })
        } else {
            behind.plus(Position {
                line: inner.line - before.line + 1,
                column: inner.column,
            })
        }
    }
}

/// Bytes that are looked at at once.
const STRIDE: usize = 32;

/// A document that is being read.
pub struct Pieces<'k, R> {
    source: R,
    key: &'k str,
    step: usize,
    /// What was read and is still needed.
    bytes: Vec<u8>,
    /// How many of these are done with.
    done: usize,
    /// Where one is.
    position: Position,
    rest: Rest,
}

/// Why a document was not read to its end.
#[derive(Debug)]
pub enum Stop<E> {
    /// It could not be read.
    Io(io::Error),
    /// A member was refused; with the document as it was until then, its objects closed.
    Refused(E, Rest),
}

impl<E> From<io::Error> for Stop<E> {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl<'k, R: Read> Pieces<'k, R> {
    /// A document that is read `step` bytes at a time. The members are those of the object that stands under `key` in
    /// the document's own object.
    pub fn new(source: R, key: &'k str, step: usize) -> Self {
        Self {
            source,
            key,
            step,
            bytes: Vec::new(),
            done: 0,
            position: Position::START,
            rest: Rest::default(),
        }
    }

    /// Reads it to its end. `take` gets each member as an object of its own, with the object's place; where one is
    /// broken, what follows as well.
    ///
    /// # Errors
    /// The source's, and what `take` says.
    pub fn read<E>(
        mut self,
        mut take: impl FnMut(&[u8], Position) -> Result<(), E>,
    ) -> Result<Rest, Stop<E>> {
        self.keep_spaces()?;
        if self.byte(0)? == Some(b'{') {
            self.keep(1);
            while self.keep_member(&mut take)? {}
        }
        // If something else stands here than should, whoever parses the rest will meet it.
        while self.byte(0)?.is_some() {
            self.keep(self.bytes.len() - self.done);
        }
        Ok(self.rest)
    }

    /// Keeps the next member of the document's object; whether another one follows.
    fn keep_member<E>(
        &mut self,
        take: &mut impl FnMut(&[u8], Position) -> Result<(), E>,
    ) -> Result<bool, Stop<E>> {
        self.keep_spaces()?;
        let Some(end) = self.end_of_text(0)? else {
            return Ok(false);
        };
        let is_key = self.ahead(end).get(1..end - 1) == Some(self.key.as_bytes());
        self.keep(end);
        self.keep_spaces()?;
        if self.byte(0)? != Some(b':') {
            return Ok(false);
        }
        self.keep(1);
        self.keep_spaces()?;
        if is_key && self.byte(0)? == Some(b'{') {
            self.take_members(take)?;
            self.keep_spaces()?;
        } else {
            let end = self.end_of_value(0)?;
            self.keep(end.unwrap_or(self.bytes.len() - self.done));
        }
        let is_more = self.byte(0)? == Some(b',');
        self.keep(usize::from(is_more));
        Ok(is_more)
    }

    /// Hands over the members of the object that stands here, and keeps its braces.
    fn take_members<E>(
        &mut self,
        take: &mut impl FnMut(&[u8], Position) -> Result<(), E>,
    ) -> Result<(), Stop<E>> {
        self.rest.bytes.push(b'{');
        let mut is_first = true;
        loop {
            // Here stands the brace, or a comma.
            let mut name = 1;
            while self.byte(name)?.is_some_and(is_space) {
                name += 1;
            }
            if self.byte(name)? != Some(b'"') {
                // The end of an object without members; else a brace too many, or a comma, for whoever parses the rest.
                self.drop(usize::from(is_first));
                break;
            }
            let end = self.end_of_value(name)?;
            let length = end.map_or(self.bytes.len() - self.done, |end| end + 1);
            let place = self.position;
            let piece = self.bytes.get_mut(self.done..self.done + length);
            let piece = piece.unwrap_or_default();
            let is_more = end.is_some() && piece.last() == Some(&b',');
            if let [first, .., last] = piece {
                *first = b'{';
                *last = if is_more { b'}' } else { *last };
            }
            let taken = take(piece, place);
            if let [.., last] = piece
                && is_more
            {
                *last = b',';
            }
            if let Err(error) = taken {
                self.rest.bytes.extend_from_slice(b"}}");
                return Err(Stop::Refused(error, std::mem::take(&mut self.rest)));
            }
            self.drop(length - 1);
            if !is_more {
                break;
            }
            is_first = false;
        }
        // From here on the rest stands elsewhere than in the document.
        self.rest.cut = Some((self.rest.bytes.len(), self.position));
        self.keep_spaces()?;
        let is_closed = self.byte(0)? == Some(b'}');
        self.keep(usize::from(is_closed));
        Ok(())
    }

    fn ahead(&self, length: usize) -> &[u8] {
        let bytes = self.bytes.get(self.done..self.done + length);
        bytes.unwrap_or_default()
    }

    fn drop(&mut self, length: usize) {
        self.position = self.position.after(self.ahead(length));
        self.done += length;
    }

    fn keep(&mut self, length: usize) {
        let bytes = self.bytes.get(self.done..self.done + length);
        self.rest.bytes.extend_from_slice(bytes.unwrap_or_default());
        self.drop(length);
    }

    fn keep_spaces(&mut self) -> io::Result<()> {
        while self.byte(0)?.is_some_and(is_space) {
            self.keep(1);
        }
        Ok(())
    }

    /// The byte that stands so far ahead.
    fn byte(&mut self, ahead: usize) -> io::Result<Option<u8>> {
        while self.done + ahead >= self.bytes.len() {
            if !self.more()? {
                return Ok(None);
            }
        }
        Ok(self.bytes.get(self.done + ahead).copied())
    }

    /// Reads on; whether there is more.
    fn more(&mut self) -> io::Result<bool> {
        self.bytes.drain(..self.done);
        self.done = 0;
        let mut step = (&mut self.source).take(self.step as u64);
        Ok(step.read_to_end(&mut self.bytes)? > 0)
    }

    /// How far ahead is the next byte of some kind.
    fn find(&mut self, mut ahead: usize, is_it: impl Fn(u8) -> bool) -> io::Result<Option<usize>> {
        while self.byte(ahead)?.is_some() {
            let bytes = self.bytes.get(self.done + ahead..).unwrap_or_default();
            // Most have none: whole strides of them are looked at at once.
            let has_none =
                |stride: &&[u8]| !stride.iter().fold(false, |any, byte| any | is_it(*byte));
            let strides = bytes.chunks_exact(STRIDE).take_while(has_none).count();
            let rest = bytes.get(strides * STRIDE..).unwrap_or_default();
            match rest.iter().position(|byte| is_it(*byte)) {
                Some(place) => return Ok(Some(ahead + strides * STRIDE + place)),
                None => ahead += bytes.len(),
            }
        }
        Ok(None)
    }

    /// How far ahead a text ends that begins at some byte; nothing if there is none.
    fn end_of_text(&mut self, mut ahead: usize) -> io::Result<Option<usize>> {
        if self.byte(ahead)? != Some(b'"') {
            return Ok(None);
        }
        ahead += 1;
        while let Some(place) = self.find(ahead, |byte| byte == b'"' || byte == b'\\')? {
            ahead = place + 1;
            if self.byte(place)? == Some(b'"') {
                return Ok(Some(ahead));
            }
            ahead += 1; // what is escaped
        }
        Ok(None)
    }

    /// How far ahead is the comma or the bracket that ends what begins at some byte.
    fn end_of_value(&mut self, mut ahead: usize) -> io::Result<Option<usize>> {
        let mut depth = 0_usize;
        loop {
            let found = if depth == 0 {
                self.find(ahead, |byte| byte == b',' || is_structural(byte))?
            } else {
                self.find(ahead, is_structural)?
            };
            let Some(place) = found else {
                return Ok(None);
            };
            ahead = place + 1;
            match self.byte(place)? {
                Some(b'"') => match self.end_of_text(place)? {
                    Some(end) => ahead = end,
                    None => return Ok(None),
                },
                Some(b'{' | b'[') => depth += 1,
                Some(b'}' | b']') if depth > 0 => depth -= 1,
                _ => return Ok(Some(place)),
            }
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// A quotation mark, a brace or a bracket: these two differ by one bit.
fn is_structural(byte: u8) -> bool {
    byte == b'"' || byte | 0x20 == b'{' || byte | 0x20 == b'}'
}
