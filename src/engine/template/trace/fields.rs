//! Decodes the fields of a line in the log.

use crate::engine::files::regular_file::Stat;

/// Returns a field as text.
pub(super) fn text(fields: &[Vec<u8>], position: usize) -> Option<String> {
    Some(String::from_utf8_lossy(fields.get(position)?).into_owned())
}

/// Parses a file state, `dev:ino:size:mtime_ns:ctime_ns`.
pub(super) fn state(text: &[u8]) -> Option<Stat> {
    let mut numbers = std::str::from_utf8(text).ok()?.split(':');
    let mut next = || numbers.next();
    let (device, inode, size) = (
        next()?.parse().ok()?,
        next()?.parse().ok()?,
        next()?.parse().ok()?,
    );
    let (modified, changed) = (next()?.parse().ok()?, next()?.parse().ok()?);
    numbers
        .next()
        .is_none()
        .then(|| Stat::new(device, inode, size, modified, changed))
}

/// Returns a field with its `%XX` escapes decoded.
pub(super) fn unescaped(field: &[u8]) -> Option<Vec<u8>> {
    if !field.contains(&b'%') {
        return Some(field.to_vec());
    }
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field.iter();
    while let Some(byte) = rest.next() {
        if *byte == b'%' {
            let pair = [*rest.next()?, *rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(*byte);
        }
    }
    Some(bytes)
}
