//! Entries as slipcover writes them, read several times faster than any JSON is: nearly all that it writes are numbers.
//! Where one is written otherwise, or is wrong, nothing is said here: whoever reads all JSON will say it.

use super::entry::{Entry, Totals};
use crate::engine::coverage::limits::LAST_LINE;
use crate::engine::coverage::lines::{Gathered, LineSet};
use crate::engine::coverage::strict;

/// An object with one file: its path and what stands for it.
pub(super) fn read(piece: &[u8]) -> Option<(&str, Entry)> {
    let mut plain = Plain(piece);
    plain.byte(b'{')?;
    let path = plain.text()?;
    plain.byte(b':')?;
    let entry = plain.entry()?;
    plain.byte(b'}')?;
    plain.spaces();
    plain.0.is_empty().then_some((path, entry))
}

/// What is still to be read.
struct Plain<'b>(&'b [u8]);

impl<'b> Plain<'b> {
    fn spaces(&mut self) {
        while let [b' ', rest @ ..] = self.0 {
            self.0 = rest;
        }
    }

    fn next_is(&mut self, expected: u8) -> bool {
        self.spaces();
        match self.0 {
            [byte, rest @ ..] if *byte == expected => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn byte(&mut self, expected: u8) -> Option<()> {
        self.next_is(expected).then_some(())
    }

    /// A text in which every byte stands for itself.
    fn text(&mut self) -> Option<&'b str> {
        self.byte(b'"')?;
        let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
        let (text, rest) = self.0.split_at(self.0.iter().position(is_special)?);
        self.0 = rest;
        self.0 = rest.strip_prefix(b"\"")?;
        std::str::from_utf8(text).ok()
    }

    fn entry(&mut self) -> Option<Entry> {
        let mut entry = Entry::default();
        self.byte(b'{')?;
        loop {
            match self.text()? {
                "executed_lines" if entry.executed.is_none() => {
                    entry.executed = Some(self.lines()?);
                }
                "missing_lines" if entry.missing.is_none() => entry.missing = Some(self.lines()?),
                "summary" if !entry.has_summary => {
                    self.totals()?;
                    entry.has_summary = true;
                }
                _ => return None,
            }
            if !self.next_is(b',') {
                self.byte(b'}')?;
                return Some(entry);
            }
        }
    }

    fn lines(&mut self) -> Option<LineSet> {
        let mut lines = Gathered::default();
        self.byte(b':')?;
        self.byte(b'[')?;
        if self.next_is(b']') {
            return Some(LineSet::default());
        }
        loop {
            lines.add(self.line()?);
            // As Python's json writes lists.
            if let [b',', b' ', rest @ ..] = self.0 {
                self.0 = rest;
            } else {
                self.byte(b']')?;
                return lines.set().ok();
            }
        }
    }

    fn line(&mut self) -> Option<u32> {
        // No number of JSON begins with a zero but zero itself.
        if let [b'0', rest @ ..] = self.0 {
            self.0 = rest;
            return Some(0);
        }
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit());
        let (digits, rest) = self.0.split_at_checked(length.count())?;
        self.0 = rest;
        let line = digits.iter().try_fold(0_u32, |line, digit| {
            line.checked_mul(10)?.checked_add(u32::from(digit - b'0'))
        })?;
        (!digits.is_empty() && line <= LAST_LINE).then_some(line)
    }

    fn totals(&mut self) -> Option<()> {
        self.byte(b':')?;
        self.spaces();
        let end = self.0.iter().position(|byte| *byte == b'}')? + 1;
        let (totals, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        strict::parse(totals, &mut Totals, None, |inner| inner).ok()
    }
}
