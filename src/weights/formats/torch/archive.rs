//! The layout since PyTorch 1.6: a ZIP archive, without compression, of the pickle and of a file for each storage.

use std::collections::BTreeMap;
use std::io::{self, Read};

use rawzip::{CompressionMethod, RECOMMENDED_BUFFER_SIZE, ReaderAt, ZipLocator};

use super::input::Input;
use super::layout::Storages;
use super::{Refusal, damaged, pickle, state_dict};
use crate::weights::formats::{Tensors, foreign_archive};
use crate::weights::printable;
use crate::weights::stored_bytes::StoredBytes;

/// The most files in an archive.
const MAX_FILES: usize = 1 << 18;

/// The name of the pickle. A folder is before it, which the writer chooses.
const PICKLE: &str = "data.pkl";

/// The name of the file that says in which order the bytes of a number are.
const BYTE_ORDER: &str = "byteorder";

/// The folder of the storages.
const STORAGES: &str = "data/";

/// A file in an archive.
struct Packed {
    begin: u64,
    length: u64,
    /// Why it cannot be read as it is in the archive.
    obstacle: Option<String>,
}

/// Returns whether a file that starts with `beginning` is a ZIP archive.
pub(in crate::weights::formats) fn is_archive(beginning: &[u8]) -> bool {
    beginning.starts_with(b"PK\x03\x04") || beginning.starts_with(b"PK\x05\x06")
}

/// Reads the places of the tensors.
pub(in crate::weights::formats) fn read(bytes: &StoredBytes) -> Result<Tensors, Refusal> {
    let files = files(bytes)?;
    let names = || files.keys().map(String::as_str);
    if let Some(refusal) = foreign_archive::named(names()) {
        return Err(refusal);
    }
    let is_folder = |folder: &&str| folder.is_empty() || folder.ends_with('/');
    let folder = names().find_map(|name| name.strip_suffix(PICKLE).filter(is_folder));
    let Some(folder) = folder else {
        return Err(foreign_archive::unknown());
    };
    let found = &files[&format!("{folder}{PICKLE}")];
    found.check(PICKLE)?;
    if let Some(order) = files.get(&format!("{folder}{BYTE_ORDER}")) {
        let order = bytes.read_up_to(order.begin, order.length.min(16))?;
        if order != b"little" {
            return Err(Refusal::new(
                "expected numbers in little-endian order, found a PyTorch file of a big-endian machine",
            ));
        }
    }
    let mut input = Input::new(bytes.reader(found.begin).take(found.length), found.begin);
    let (values, root) = pickle::read(&mut input)?;
    let prefix = format!("{folder}{STORAGES}");
    let mut storages = Storages::new();
    for (name, file) in &files {
        if let Some(key) = name.strip_prefix(&prefix) {
            file.check(name)?;
            storages.insert(key.to_owned(), (file.begin, file.length));
        }
    }
    state_dict::tensors(&values, root, &storages)
}

impl Packed {
    fn check(&self, name: &str) -> Result<(), Refusal> {
        match &self.obstacle {
            None => Ok(()),
            Some(obstacle) => Err(damaged(format!(
                "expected {} as it was saved, found it {obstacle}",
                printable(name)
            ))),
        }
    }
}

/// Lists the files of an archive. All of them end before the archive does.
fn files(bytes: &StoredBytes) -> Result<BTreeMap<String, Packed>, Refusal> {
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let end = bytes.length();
    let archive = ZipLocator::new()
        .locate_in_reader(bytes, &mut buffer, end)
        .map_err(|(_, error)| unsound(error))?;
    let mut found = Vec::new();
    let mut entries = archive.entries(&mut buffer);
    while let Some(entry) = entries.next_entry().map_err(unsound)? {
        if found.len() == MAX_FILES {
            return Err(damaged(format!(
                "expected an archive of at most {MAX_FILES} files, found more"
            )));
        }
        let name = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
        let method = entry.compression_method();
        let obstacle = match method {
            _ if entry.flags().is_encrypted() => Some("encrypted".to_owned()),
            CompressionMethod::STORE => None,
            _ => Some(format!(
                "compressed by {}",
                method.name().unwrap_or("an unknown method")
            )),
        };
        found.push((name, entry.wayfinder(), obstacle));
    }
    let mut files = BTreeMap::new();
    for (name, wayfinder, obstacle) in found {
        let entry = archive.get_entry(wayfinder).map_err(unsound)?;
        let (begin, finish) = entry.compressed_data_range();
        if finish > end {
            return Err(damaged(format!(
                "expected {} to end with the file's {end} bytes: it is truncated",
                printable(&name)
            )));
        }
        let packed = Packed {
            begin,
            length: finish - begin,
            obstacle,
        };
        files.insert(name, packed);
    }
    Ok(files)
}

/// Explains why an archive cannot be read.
fn unsound(error: rawzip::Error) -> Refusal {
    match error.into_kind() {
        rawzip::ErrorKind::IO(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            error.into()
        }
        rawzip::ErrorKind::IO(_)
        | rawzip::ErrorKind::Eof
        | rawzip::ErrorKind::MissingEndOfCentralDirectory => damaged(
            "expected a ZIP archive with its list of files at the end, found none: it is truncated",
        ),
        kind => damaged(format!("expected a ZIP archive: {kind}")),
    }
}

impl ReaderAt for &StoredBytes {
    fn read_at(&self, target: &mut [u8], begin: u64) -> io::Result<usize> {
        self.read_some(begin, target)
    }
}
