//! Where the storages and tensors of a file are.

use std::collections::BTreeMap;

use super::value::{Storage, Value, Values, View, expected};
use super::{Refusal, damaged};
use super::{numbers, storage};
use crate::weights::formats::{Element, Place};

/// The most elements of a tensor that repeats those of its storage. An expanded tensor takes no space in a file, so a
/// small file could have one of any size.
const MAX_REPEATED: usize = 1 << 24;

/// The storages of a file by their keys: the position of their first byte, and the number of bytes.
pub(super) type Storages = BTreeMap<String, (u64, u64)>;

/// Returns the place of a tensor. It lies inside its storage.
pub(super) fn place(values: &Values, view: View, storages: &Storages) -> Result<Place, Refusal> {
    let storage = match values.get(view.storage) {
        Value::Storage(storage) => storage,
        other => return Err(expected("a storage", other)),
    };
    let numbers = match view.element {
        Some(element) => numbers::of_type(values.name(element)?)?,
        None => storage.numbers,
    };
    let (begin, bytes) = range(values, storage, storages)?;
    let shape = values.counts(view.shape)?;
    let strides = values.counts(view.strides)?;
    let offset = values.count(view.offset)?;
    if shape.len() != strides.len() {
        return Err(damaged(format!(
            "expected {} strides, found {}",
            shape.len(),
            strides.len()
        )));
    }
    let held = bytes / numbers.size;
    let fits = end(&shape, &strides, offset).is_some_and(|end| end <= held);
    if !fits {
        return Err(damaged(format!(
            "expected a tensor inside its storage of {held} elements, found {shape:?} with strides {strides:?} from element {offset} on"
        )));
    }
    let count = shape
        .iter()
        .try_fold(1, |count: usize, &extent| count.checked_mul(extent));
    if count.is_none_or(|count| count as u64 > held && count > MAX_REPEATED) {
        return Err(damaged(format!(
            "expected at most {MAX_REPEATED} elements that repeat those of a storage, found {shape:?}"
        )));
    }
    Ok(Place {
        element: Element::named(numbers.name),
        shape,
        strides,
        file: 0,
        begin: begin + offset * numbers.size,
    })
}

/// Returns the end of a view in its storage, in elements.
fn end(shape: &[usize], strides: &[usize], offset: u64) -> Option<u64> {
    if shape.contains(&0) {
        return Some(offset);
    }
    let axes = shape.iter().zip(strides);
    let mut reach = axes.map(|(extent, stride)| (extent - 1).checked_mul(*stride));
    let last = reach.try_fold(offset, |last, reach| last.checked_add(reach? as u64));
    last?.checked_add(1)
}

/// Returns the first byte of a storage, and the number of its bytes.
fn range(values: &Values, storage: &Storage, storages: &Storages) -> Result<(u64, u64), Refusal> {
    let key = storage::key(values, storage.key)?;
    let Some(&(begin, found)) = storages.get(&key) else {
        return Err(damaged(format!("expected a storage {key}, found none")));
    };
    let size = storage.numbers.size;
    let (first, count) = storage.part.unwrap_or((0, storage.count));
    let within = |count: u64| count.checked_mul(size).filter(|&bytes| bytes <= found);
    let end = first.checked_add(count).and_then(within);
    match (within(storage.count), end) {
        (Some(_), Some(end)) => Ok((begin + first * size, end - first * size)),
        _ => Err(damaged(format!(
            "expected {} numbers of {size} bytes in the storage {key}, found {found} bytes: it is truncated",
            storage.count
        ))),
    }
}
