//! What is inside a dictionary, or inside a module of PyTorch that was saved as an object.
//!
//! The state of such an object is its attributes, which are plain data. A `torch.nn.Module` has its tensors and modules in three
//! dictionaries; a module of TorchScript has them as attributes.

use super::value::{Id, Value, Values};

/// The attributes of a `torch.nn.Module` with its tensors and the modules inside.
const PARTS: [&str; 3] = ["_parameters", "_buffers", "_modules"];

/// The beginning of the names of TorchScript's classes.
const TORCH_SCRIPT: &str = "__torch__.";

/// The dictionaries and objects that were listed.
pub(super) struct Seen(Vec<bool>);

impl Seen {
    pub(super) fn new(values: &Values) -> Self {
        Self(vec![false; values.len()])
    }

    /// Marks an object, and returns whether it is marked for the first time.
    fn is_first(&mut self, id: Id) -> bool {
        !std::mem::replace(&mut self.0[Values::index(id)], true)
    }
}

/// Returns the members of the dictionary or module `id` by their keys; none if it was listed before. Only strings are keys
/// of state dicts: optimisers number their tensors.
pub(super) fn members<'a>(values: &'a Values, id: Id, seen: &mut Seen) -> Vec<(&'a str, Id)> {
    let state = match values.get(id) {
        _ if !seen.is_first(id) => return Vec::new(),
        Value::Dictionary(_) => return pairs(values, id),
        Value::Object(_, Some(state)) if seen.is_first(*state) => *state,
        _ => return Vec::new(),
    };
    let attributes = pairs(values, state);
    let is_part = |(name, _): &&(&str, Id)| PARTS.contains(name);
    let parts: Vec<Id> = attributes
        .iter()
        .filter(is_part)
        .map(|(_, id)| *id)
        .collect();
    let is_scripted =
        matches!(values.get(id), Value::Object(class, _) if class.starts_with(TORCH_SCRIPT));
    match (parts.is_empty(), is_scripted) {
        (true, true) => attributes,
        (true, false) => Vec::new(),
        (false, _) => {
            let parts = parts.into_iter().filter(|&part| seen.is_first(part));
            parts.flat_map(|part| pairs(values, part)).collect()
        }
    }
}

/// The members of the dictionary `id` whose keys are strings.
fn pairs(values: &Values, id: Id) -> Vec<(&str, Id)> {
    let Value::Dictionary(pairs) = values.get(id) else {
        return Vec::new();
    };
    let named = pairs
        .iter()
        .filter_map(|&(key, value)| match values.get(key) {
            Value::Text(key) => Some((&**key, value)),
            _ => None,
        });
    named.collect()
}
