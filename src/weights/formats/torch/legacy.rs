//! The layout of PyTorch 0.1.10 to 1.5: a magic number, the version, the properties of the machine, the objects and the
//! keys of the storages, each as a pickle, and then the storages.

use std::collections::BTreeMap;

use super::input::Input;
use super::layout::Storages;
use super::value::{Id, Value, Values, expected};
use super::{Refusal, damaged, pickle, state_dict, storage};
use crate::weights::formats::Tensors;
use crate::weights::stored_bytes::StoredBytes;

/// The first pickle's number, 0x1950a86a20f9469cfc6c, as it is in files.
const MAGIC: &[u8] = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

/// The number of bytes in which a file has the magic number.
const MAGIC_END: usize = 32;

/// The only version.
const VERSION: i64 = 1001;

/// Bytes of the length before each storage.
const LENGTH: u64 = 8;

/// Returns whether a file that starts with `beginning` has this layout.
pub(in crate::weights::formats) fn is_legacy(beginning: &[u8]) -> bool {
    let beginning = &beginning[..beginning.len().min(MAGIC_END)];
    beginning.first() == Some(&0x80) && beginning.windows(MAGIC.len()).any(|bytes| bytes == MAGIC)
}

/// Reads the places of the tensors.
pub(in crate::weights::formats) fn read(bytes: &StoredBytes) -> Result<Tensors, Refusal> {
    let mut input = Input::new(bytes.reader(0), 0);
    pickle::read(&mut input)?;
    let (values, version) = pickle::read(&mut input)?;
    match values.get(version) {
        Value::Whole(VERSION) => {}
        other => return Err(expected(&format!("the version {VERSION}"), other)),
    }
    let (values, machine) = pickle::read(&mut input)?;
    check_byte_order(&values, machine)?;
    let (values, root) = pickle::read(&mut input)?;
    let (listed, keys) = pickle::read(&mut input)?;
    let keys = match listed.get(keys) {
        Value::List(keys) => keys.iter().map(|&key| storage::key(&listed, key)),
        other => return Err(expected("a list of storages", other)),
    };
    let storages = storages(bytes, input.position(), keys, &values)?;
    state_dict::tensors(&values, root, &storages)
}

fn check_byte_order(values: &Values, machine: Id) -> Result<(), Refusal> {
    let Value::Dictionary(properties) = values.get(machine) else {
        return Err(expected("the properties of a machine", values.get(machine)));
    };
    let is_big = properties.iter().any(|&(key, value)| {
        let is_order = matches!(values.get(key), Value::Text(key) if &**key == "little_endian");
        is_order && matches!(values.get(value), Value::Flag(false))
    });
    match is_big {
        false => Ok(()),
        true => Err(Refusal::new(
            "expected numbers in little-endian order, found a PyTorch file of a big-endian machine",
        )),
    }
}

/// Finds the storages, which begin at `position` in the order of `keys`. Each is as long as its number of elements, and
/// the objects of the pickle have the type of these.
fn storages(
    bytes: &StoredBytes,
    mut position: u64,
    keys: impl Iterator<Item = Result<String, Refusal>>,
    values: &Values,
) -> Result<Storages, Refusal> {
    let sizes = values.storages().map(|found| {
        let key = storage::key(values, found.key)?;
        Ok((key, found.numbers.size))
    });
    let sizes: BTreeMap<String, u64> = sizes.collect::<Result<_, Refusal>>()?;
    let mut storages = Storages::new();
    for key in keys {
        let key = key?;
        let Some(size) = sizes.get(&key) else {
            return Err(damaged(format!(
                "expected tensors of the storage {key}, found none"
            )));
        };
        let mut count = [0; LENGTH as usize];
        let begin = position + LENGTH;
        if begin > bytes.length() {
            return Err(truncated(&key));
        }
        bytes.read(position, &mut count)?;
        let length = u64::from_le_bytes(count).checked_mul(*size);
        let end = length.and_then(|length| begin.checked_add(length));
        match end {
            Some(end) if end <= bytes.length() => {
                storages.insert(key, (begin, end - begin));
                position = end;
            }
            _ => return Err(truncated(&key)),
        }
    }
    Ok(storages)
}

fn truncated(key: &str) -> Refusal {
    damaged(format!(
        "expected all of the storage {key}, found the end of the file: it is truncated"
    ))
}
