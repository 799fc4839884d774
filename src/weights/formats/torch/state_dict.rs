//! The tensors of a file by name. Training scripts put the state dict into dictionaries, beside the state of the
//! optimiser and others.

use std::collections::BTreeSet;

use super::layout::{self, Storages};
use super::modules::{self, Seen};
use super::value::{Id, Value, Values, View};
use super::{Refusal, damaged, numbers};
use crate::weights::formats::{Element, Tensors};
use crate::weights::printable;

/// The most dictionaries and modules inside each other.
const MAX_DEPTH: usize = 16;

/// The most bytes of a tensor's name.
const MAX_NAME: usize = 512;

/// The most tensors of a file.
const MAX_TENSORS: usize = 100_000;

/// A tensor in a dictionary.
struct Entry<'a> {
    /// The keys of the dictionaries that it is in, and its own.
    path: Vec<&'a str>,
    view: View,
    is_float: bool,
}

impl<'a> Entry<'a> {
    /// Returns the keys of the dictionaries that it is in.
    fn dictionary(&self) -> &[&'a str] {
        &self.path[..self.path.len() - 1]
    }
}

/// Returns the tensors of the object `root`. A tensor has the keys of all dictionaries that it is in as its name, joined
/// by dots. Names begin after the keys that all dictionaries of float tensors share. Tensors in other dictionaries belong
/// to the training, such as the state of a random number generator.
pub(super) fn tensors(values: &Values, root: Id, storages: &Storages) -> Result<Tensors, Refusal> {
    let entries = entries(values, root)?;
    let floats = entries.iter().filter(|entry| entry.is_float);
    let dictionaries: BTreeSet<&[&str]> = floats.map(Entry::dictionary).collect();
    let (Some(first), Some(last)) = (dictionaries.first(), dictionaries.last()) else {
        return Err(without_weights(values, root));
    };
    // They are sorted, so what these two share is in all of them.
    let shared = first
        .iter()
        .zip(*last)
        .take_while(|(one, other)| one == other);
    let shared = shared.count();
    let kept = entries
        .iter()
        .filter(|entry| dictionaries.contains(entry.dictionary()));
    kept.map(|entry| {
        let name = entry.path[shared..].join(".");
        match layout::place(values, entry.view, storages) {
            Ok(place) => Ok((name, place)),
            Err(refusal) => Err(refusal.in_part(&printable(&name))),
        }
    })
    .collect()
}

/// Returns the tensors in `root` and in the dictionaries and modules inside. One that occurs twice is listed once, so that
/// the number of names is bounded.
fn entries(values: &Values, root: Id) -> Result<Vec<Entry<'_>>, Refusal> {
    let mut entries = Vec::new();
    let mut seen = Seen::new(values);
    let mut pending = vec![(root, Vec::new())];
    while let Some((id, outer)) = pending.pop() {
        for (key, value) in modules::members(values, id, &mut seen) {
            let path = || -> Vec<&str> { outer.iter().copied().chain([key]).collect() };
            match values.get(value) {
                Value::Tensor(view) => entries.push(Entry {
                    path: path(),
                    view: *view,
                    is_float: is_float(values, view)?,
                }),
                Value::Dictionary(_) | Value::Object(_, Some(_)) if outer.len() + 1 < MAX_DEPTH => {
                    pending.push((value, path()));
                }
                _ => {}
            }
            if entries.len() > MAX_TENSORS {
                return Err(damaged(format!(
                    "expected at most {MAX_TENSORS} tensors, found more"
                )));
            }
        }
    }
    let length = |entry: &Entry<'_>| entry.path.iter().map(|key| key.len() + 1).sum::<usize>();
    match entries.iter().map(length).max() {
        Some(longest) if longest > MAX_NAME => Err(damaged(format!(
            "expected tensor names of at most {MAX_NAME} bytes, found one of {longest}"
        ))),
        _ => Ok(entries),
    }
}

fn is_float(values: &Values, view: &View) -> Result<bool, Refusal> {
    let numbers = match (view.element, values.get(view.storage)) {
        (Some(element), _) => numbers::of_type(values.name(element)?)?,
        (None, Value::Storage(storage)) => storage.numbers,
        (None, other) => return Err(super::value::expected("a storage", other)),
    };
    Ok(Element::named(numbers.name).is_float())
}

/// Says what the file has instead of weights.
fn without_weights(values: &Values, root: Id) -> Refusal {
    let found = match values.get(root) {
        Value::Object(class, _) => object(class),
        Value::Dictionary(pairs) => {
            let mut objects = pairs.iter().filter_map(|&(key, value)| {
                match (values.get(key), values.get(value)) {
                    (Value::Text(key), Value::Object(class, _)) => Some((key, class)),
                    _ => None,
                }
            });
            match objects.next() {
                Some((key, class)) => format!("\"{}\" with {}", printable(key), object(class)),
                None => "a dictionary without float tensors".to_owned(),
            }
        }
        other => format!(
            "{}: load it in PyTorch, and save the state dict alone",
            other.described()
        ),
    };
    Refusal::new(format!("expected a state dict of tensors, found {found}"))
}

/// Names an object, and says how to get its tensors.
fn object(class: &str) -> String {
    let advice = match class.starts_with("numpy.") {
        true => "convert it to tensors in Python",
        false => "load it in PyTorch, and save its state_dict()",
    };
    format!("an object of {}: {advice}", printable(class))
}
