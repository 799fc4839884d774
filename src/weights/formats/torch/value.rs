//! The objects that a pickle describes.

use std::rc::Rc;

use super::numbers::Numbers;
use super::{Refusal, damaged};
use crate::weights::printable;

/// The most objects of a pickle. A checkpoint of a large network with its optimiser has some 100,000.
const MAX_OBJECTS: usize = 1 << 21;

/// The most bytes of all names of classes and functions.
const MAX_NAMES: usize = 1 << 24;

/// The most dimensions of PyTorch's tensors.
const MAX_DIMENSIONS: usize = 64;

/// An object of [`Values`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(u32);

/// An object. Objects refer to each other by [`Id`], because a pickle can refer to one object many times, and an object
/// can contain itself.
#[derive(Debug)]
pub(super) enum Value {
    /// Something that no tensor depends on: `None`, a float, bytes, a set.
    Other,
    Flag(bool),
    Whole(i64),
    Text(Rc<str>),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dictionary(Vec<(Id, Id)>),
    /// A class or function: the name of its module, a dot, and its name.
    Name(Rc<str>),
    /// What the class or function of this name returned. It is not known, because nothing is called. The state that the
    /// pickle gives it, if any, is plain data: the attributes of most objects.
    Object(Rc<str>, Option<Id>),
    Storage(Box<Storage>),
    Tensor(View),
}

/// An array of numbers in a file.
#[derive(Debug)]
pub(super) struct Storage {
    /// The text that the file finds it by, or a number in old files.
    pub(super) key: Id,
    pub(super) numbers: &'static Numbers,
    /// The number of numbers.
    pub(super) count: u64,
    /// In old files, a storage can be a part of another: the first number, and their number.
    pub(super) part: Option<(u64, u64)>,
}

/// A tensor as its arguments in the pickle: a view of a storage. They are checked when the tensor is placed.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    pub(super) storage: Id,
    /// The type of the numbers, if it is not that of the storage.
    pub(super) element: Option<Id>,
    /// The first element in the storage.
    pub(super) offset: Id,
    pub(super) shape: Id,
    pub(super) strides: Id,
}

/// All objects of a pickle. Each has a bounded size, so that a small file cannot describe large ones.
#[derive(Debug)]
pub(super) struct Values {
    values: Vec<Value>,
    /// Bytes of all names.
    names: usize,
}

impl Values {
    /// The object [`Value::Other`]. All such values are one object.
    pub(super) const OTHER: Id = Id(0);

    pub(super) fn new() -> Self {
        Self {
            values: vec![Value::Other],
            names: 0,
        }
    }

    pub(super) fn add(&mut self, value: Value) -> Result<Id, Refusal> {
        if self.values.len() >= MAX_OBJECTS {
            return Err(damaged(format!(
                "expected at most {MAX_OBJECTS} objects, found more"
            )));
        }
        self.values.push(value);
        Ok(Id(self.values.len() as u32 - 1))
    }

    pub(super) fn add_name(&mut self, module: &str, name: &str) -> Result<Id, Refusal> {
        self.names += module.len() + name.len();
        if self.names > MAX_NAMES {
            return Err(damaged(format!(
                "expected names of classes of at most {MAX_NAMES} bytes, found more"
            )));
        }
        self.add(Value::Name(format!("{module}.{name}").into()))
    }

    pub(super) fn get(&self, id: Id) -> &Value {
        &self.values[id.0 as usize]
    }

    pub(super) fn get_mut(&mut self, id: Id) -> &mut Value {
        &mut self.values[id.0 as usize]
    }

    /// Returns the index of an object: smaller than [`Values::len`].
    pub(super) fn index(id: Id) -> usize {
        id.0 as usize
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Returns all storages.
    pub(super) fn storages(&self) -> impl Iterator<Item = &Storage> {
        self.values.iter().filter_map(|value| match value {
            Value::Storage(storage) => Some(&**storage),
            _ => None,
        })
    }

    pub(super) fn tuple(&self, id: Id) -> Result<&[Id], Refusal> {
        match self.get(id) {
            Value::Tuple(items) => Ok(items),
            other => Err(expected("a tuple", other)),
        }
    }

    pub(super) fn text(&self, id: Id) -> Result<&Rc<str>, Refusal> {
        match self.get(id) {
            Value::Text(text) => Ok(text),
            other => Err(expected("a string", other)),
        }
    }

    pub(super) fn name(&self, id: Id) -> Result<&Rc<str>, Refusal> {
        match self.get(id) {
            Value::Name(name) => Ok(name),
            other => Err(expected("a class or function", other)),
        }
    }

    /// Returns a number that counts something, so that it is not negative.
    pub(super) fn count(&self, id: Id) -> Result<u64, Refusal> {
        match self.get(id) {
            Value::Whole(number) => u64::try_from(*number)
                .map_err(|_| damaged(format!("expected a number from 0 on, found {number}"))),
            other => Err(expected("a whole number", other)),
        }
    }

    /// Returns the numbers of a tuple of sizes.
    pub(super) fn counts(&self, id: Id) -> Result<Vec<usize>, Refusal> {
        let items = match self.get(id) {
            Value::Tuple(items) | Value::List(items) => items,
            other => return Err(expected("a tuple of sizes", other)),
        };
        let dimensions = items.len();
        if dimensions > MAX_DIMENSIONS {
            return Err(damaged(format!(
                "expected at most {MAX_DIMENSIONS} dimensions, found {dimensions}"
            )));
        }
        let items = items.iter();
        items
            .map(|&item| {
                let count = self.count(item)?;
                usize::try_from(count).map_err(|_| damaged(format!("{count} is too large")))
            })
            .collect()
    }
}

/// Returns the refusal of an object that is something else than it must be.
pub(super) fn expected(what: &str, found: &Value) -> Refusal {
    damaged(format!("expected {what}, found {}", found.described()))
}

impl Value {
    /// Says what the object is.
    pub(super) fn described(&self) -> String {
        match self {
            Self::Other => "a plain value".into(),
            Self::Flag(flag) => flag.to_string(),
            Self::Whole(number) => format!("the number {number}"),
            Self::Text(text) => format!("the string \"{}\"", printable(text)),
            Self::Tuple(_) => "a tuple".into(),
            Self::List(_) => "a list".into(),
            Self::Dictionary(_) => "a dictionary".into(),
            Self::Name(name) => printable(name),
            Self::Object(name, _) => format!("an object of {}", printable(name)),
            Self::Storage(_) => "a storage".into(),
            Self::Tensor(_) => "a tensor".into(),
        }
    }
}
