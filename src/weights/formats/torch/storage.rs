//! Storages: the arrays that tensors are views of.

use super::numbers::of_class;
use super::value::{Id, Storage, Value, Values, expected};
use super::{Refusal, damaged};
use crate::weights::printable;

/// Returns what a persistent id stands for: a storage. Old files also have the classes of modules there.
pub(super) fn persistent(values: &Values, id: Id) -> Result<Value, Refusal> {
    let items = values.tuple(id)?;
    let Some(&kind) = items.first() else {
        return Err(damaged("expected a persistent id with items, found none"));
    };
    match (&**values.text(kind)?, items) {
        ("storage", &[_, class, key, _location, count, ref rest @ ..]) => {
            Ok(Value::Storage(Box::new(Storage {
                key,
                numbers: of_class(values.name(class)?)?,
                count: values.count(count)?,
                part: match rest.first() {
                    Some(&part) if part != Values::OTHER => Some(part_of(values, part)?),
                    _ => None,
                },
            })))
        }
        ("module", &[_, class, ..]) => Ok(Value::Name(values.name(class)?.clone())),
        (kind, _) => Err(damaged(format!(
            "expected a storage of 5 or 6 items, found a \"{}\" of {}",
            printable(kind),
            items.len()
        ))),
    }
}

/// Returns the text of a storage's key.
pub(super) fn key(values: &Values, id: Id) -> Result<String, Refusal> {
    match values.get(id) {
        Value::Text(text) => Ok(text.to_string()),
        Value::Whole(number) => Ok(number.to_string()),
        other => Err(expected("the key of a storage", other)),
    }
}

fn part_of(values: &Values, id: Id) -> Result<(u64, u64), Refusal> {
    match *values.tuple(id)? {
        [_key, begin, count] => Ok((values.count(begin)?, values.count(count)?)),
        _ => Err(damaged("expected a part of a storage with 3 items")),
    }
}
