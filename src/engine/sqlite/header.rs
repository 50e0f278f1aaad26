//! Checks the header of an SQLite database. The format is described in <https://www.sqlite.org/fileformat.html>.

use super::schema::Reason;

/// First bytes of an SQLite database.
pub const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Checks that the header of a database is valid and matches the size of the file.
///
/// # Errors
/// The reason if the file is damaged, truncated or extended.
pub fn check_header(image: &[u8]) -> Result<(), Reason> {
    let number = |at: usize| {
        let bytes = image.get(at..at + 4)?;
        Some(u64::from(u32::from_be_bytes(bytes.try_into().ok()?)))
    };
    let fields = (
        image.get(16..20),
        number(24),
        number(28),
        number(56),
        number(92),
    );
    let (Some([high, low, write, read]), Some(changes), Some(pages), Some(encoding), Some(valid)) =
        fields
    else {
        return Err("truncated: shorter than the header of a database".to_owned());
    };
    let length = image.len() as u64;
    let page = match u64::from(u16::from_be_bytes([*high, *low])) {
        1 => 1 << 16,
        page => page,
    };
    if !image.starts_with(MAGIC) || !page.is_power_of_two() || page < 512 {
        return Err("damaged: invalid database header".to_owned());
    }
    if !length.is_multiple_of(page) {
        return Err(format!(
            "truncated or extended: {length} bytes are not a multiple of the page size {page}"
        ));
    }
    if changes == valid && pages != length / page {
        let there = length / page;
        return Err(format!(
            "truncated or extended: {pages} pages according to the header, but {there} in the file"
        ));
    }
    if !matches!((write, read), (1, 1) | (2, 2)) || encoding > 1 {
        return Err(
            "damaged: unsupported format version or text encoding in the header".to_owned(),
        );
    }
    Ok(())
}
