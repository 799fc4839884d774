//! What the functions and classes that a pickle calls return. Nothing is executed: the few functions of state dicts are
//! computed here, and every other result is an object of which only the name is known.

use std::rc::Rc;

use super::value::{Id, Value, Values, View, expected};
use super::{Refusal, damaged};
use crate::weights::printable;

/// Functions that run commands or code, by their names or their modules with a dot. No checkpoint needs them. A file
/// that calls them was made to attack programs that execute pickles.
const ATTACKS: [&str; 20] = [
    "os.",
    "posix.",
    "nt.",
    "sys.",
    "subprocess.",
    "shutil.",
    "socket.",
    "runpy.",
    "pty.",
    "ctypes.",
    "importlib.",
    "webbrowser.",
    "builtins.eval",
    "builtins.exec",
    "builtins.compile",
    "builtins.open",
    "__builtin__.eval",
    "__builtin__.exec",
    "__builtin__.compile",
    "__builtin__.open",
];

/// Returns the result of calling `function` with the tuple `arguments`.
pub(super) fn call(values: &mut Values, function: Id, arguments: Id) -> Result<Id, Refusal> {
    let (function, arguments) = unwrapped(values, function, arguments)?;
    let name = match values.get(function) {
        Value::Name(name) => Rc::clone(name),
        // A method of an object, or a class that the pickle made: nothing is known about it either.
        Value::Object(name, _) => {
            let name = Rc::clone(name);
            return values.add(Value::Object(name, None));
        }
        other => return Err(expected("a class or function", other)),
    };
    if ATTACKS.iter().any(|attack| is_of(&name, attack)) {
        return Err(Refusal::new(format!(
            "its pickle calls {}, which no file of weights needs: it was made to attack programs that execute pickles",
            printable(&name)
        )));
    }
    let items = values.tuple(arguments)?;
    match (&*name, items) {
        ("collections.OrderedDict" | "collections.defaultdict", _) => dictionary(values, arguments),
        ("torch.Size", &[sizes]) => Ok(sizes),
        (
            "torch._utils._rebuild_parameter" | "torch._utils._rebuild_parameter_with_state",
            &[tensor, ..],
        ) => Ok(tensor),
        (
            "torch._utils._rebuild_tensor"
            | "torch._utils._rebuild_tensor_v2"
            | "torch._utils._rebuild_qtensor",
            &[storage, offset, shape, strides, ref rest @ ..],
        ) => {
            check_plain(values, rest.get(2))?;
            values.add(Value::Tensor(View {
                storage,
                element: None,
                offset,
                shape,
                strides,
            }))
        }
        (
            "torch._utils._rebuild_tensor_v3",
            &[
                storage,
                offset,
                shape,
                strides,
                _,
                _,
                element,
                ref rest @ ..,
            ],
        ) => {
            check_plain(values, rest.first())?;
            values.add(Value::Tensor(View {
                storage,
                element: Some(element),
                offset,
                shape,
                strides,
            }))
        }
        _ => values.add(Value::Object(name, None)),
    }
}

/// Refuses a tensor whose numbers are those of the storage with another sign, as its metadata say.
fn check_plain(values: &Values, metadata: Option<&Id>) -> Result<(), Refusal> {
    let Some(Value::Dictionary(metadata)) = metadata.map(|&id| values.get(id)) else {
        return Ok(());
    };
    let is_set = |name: &str| {
        metadata.iter().any(|&(key, value)| {
            let is_named = matches!(values.get(key), Value::Text(key) if &**key == name);
            is_named && matches!(values.get(value), Value::Flag(true))
        })
    };
    match is_set("neg") || is_set("conj") {
        false => Ok(()),
        true => Err(Refusal::new(
            "expected plain tensors, found a negated or conjugated view: save its clone()",
        )),
    }
}

/// Returns the call that a tensor with further attributes wraps: function, class, arguments, attributes.
fn unwrapped(values: &Values, mut function: Id, mut arguments: Id) -> Result<(Id, Id), Refusal> {
    while let Value::Name(name) = values.get(function)
        && [
            "torch._tensor._rebuild_from_type_v2",
            "torch._tensor._rebuild_from_type",
        ]
        .contains(&&**name)
    {
        let &[inner, _class, items, ..] = values.tuple(arguments)? else {
            return Err(damaged(
                "expected a tensor with attributes, found fewer items",
            ));
        };
        (function, arguments) = (inner, items);
    }
    Ok((function, arguments))
}

/// Returns a dictionary, with the list of pairs that Python 2 wrote as its argument.
fn dictionary(values: &mut Values, arguments: Id) -> Result<Id, Refusal> {
    let list = values.tuple(arguments)?.first().copied();
    let items = match list.map(|list| values.get_mut(list)) {
        // Taken and not copied: otherwise a small file could repeat a long list.
        Some(Value::List(items)) => std::mem::take(items),
        _ => Vec::new(),
    };
    let mut pairs = Vec::with_capacity(items.len());
    for item in items {
        match values.get(item) {
            Value::Tuple(pair) | Value::List(pair) if pair.len() == 2 => {
                pairs.push((pair[0], pair[1]));
            }
            other => return Err(expected("a pair of key and value", other)),
        }
    }
    values.add(Value::Dictionary(pairs))
}

/// Returns whether `name` is `function`, or in the module `function`, which then ends with a dot.
fn is_of(name: &str, function: &str) -> bool {
    match function.ends_with('.') {
        true => name.starts_with(function),
        false => name == function,
    }
}
