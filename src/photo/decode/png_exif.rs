//! EXIF data of PNG files. It may come after the pixels, and the crate `image` only knows what comes before them.

use std::io::{self, SeekFrom};

use super::Searchable;

/// The bytes before the first chunk, and those after the data of each.
const SIGNATURE: u64 = 8;
const CHECKSUM: i64 = 4;
/// The most bytes of EXIF data.
const MOST: u32 = 1 << 20;

/// The EXIF data of the file in `reader`, which is at its start afterwards.
///
/// # Errors
/// Those of reading. A file that ends early has no EXIF data there.
pub fn find(reader: &mut dyn Searchable) -> io::Result<Option<Vec<u8>>> {
    reader.seek(SeekFrom::Start(SIGNATURE))?;
    let found = next(reader);
    reader.seek(SeekFrom::Start(0))?;
    match found {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        found => found,
    }
}

fn next(reader: &mut dyn Searchable) -> io::Result<Option<Vec<u8>>> {
    loop {
        let mut header = [0; 8];
        reader.read_exact(&mut header)?;
        let [length @ .., _, _, _, _] = header;
        let length = u32::from_be_bytes(length);
        match &header[4..] {
            b"eXIf" if length <= MOST => {
                let mut exif = vec![0; length as usize];
                reader.read_exact(&mut exif)?;
                return Ok(Some(exif));
            }
            b"IEND" => return Ok(None),
            _ => reader.seek(SeekFrom::Current(i64::from(length) + CHECKSUM))?,
        };
    }
}
