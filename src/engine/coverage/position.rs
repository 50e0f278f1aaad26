//! Places in a document.

/// A place in a document, as errors name it: lines from 1 on, columns by the bytes of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Which line.
    pub line: usize,
    /// How many bytes of it come before.
    pub column: usize,
}

impl Position {
    /// Of the first byte.
    pub const START: Self = Self { line: 1, column: 0 };

    /// The place behind some bytes.
    #[must_use]
    pub fn after(self, bytes: &[u8]) -> Self {
        match memchr::memrchr(b'\n', bytes) {
            Some(last) => Self {
                line: self.line + memchr::memchr_iter(b'\n', bytes).count(),
                column: bytes.len() - last - 1,
            },
            None => Self {
                column: self.column + bytes.len(),
                ..self
            },
        }
    }

    /// A place in the document, from a place in something that stands here in it.
    #[must_use]
    pub fn plus(self, inner: Self) -> Self {
        match inner.line {
            0 | 1 => Self {
                line: self.line,
                column: self.column + inner.column,
            },
            line => Self {
                line: self.line + line - 1,
                column: inner.column,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_add_up(one in "[ab\n]{0,9}", other in "[ab\n]{0,9}") {
            let both = Position::START.after((one.clone() + &other).as_bytes());
            let first = Position::START.after(one.as_bytes());
            prop_assert_eq!(both.line, 1 + (one + &other).matches('\n').count());
            prop_assert_eq!(both, first.after(other.as_bytes()));
            prop_assert_eq!(both, first.plus(Position::START.after(other.as_bytes())));
        }
    }
}
