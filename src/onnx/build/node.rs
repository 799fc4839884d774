//! A node of the ONNX graph: its inputs, and its attributes by type.

use crate::onnx::array::Array;
use crate::onnx::schema::Attribute;
use crate::onnx::stored;
use crate::weights::printable;

use super::value::Value;

/// A node with the values of its inputs.
#[derive(Clone)]
pub struct Node {
    pub name: String,
    pub operation: &'static super::operation::Operation,
    /// The version of the standard operators that the node is written in.
    pub opset: i64,
    pub attributes: Vec<Attribute>,
    pub inputs: Vec<Option<Value>>,
    /// The number of results.
    pub outputs: usize,
    /// Whether each result has a reader or is an output.
    pub is_read: Vec<bool>,
}

impl Node {
    /// Returns the input at `index`, or `None` if it is absent.
    pub fn optional(&self, index: usize) -> Option<&Value> {
        self.inputs.get(index).and_then(Option::as_ref)
    }

    /// Returns the input at `index`.
    pub fn input(&self, index: usize) -> Result<&Value, String> {
        let missing = || format!("expected input {}, found none", index + 1);
        self.optional(index).ok_or_else(missing)
    }

    /// Returns all inputs, which must all be present.
    pub fn all_inputs(&self) -> Result<Vec<&Value>, String> {
        (0..self.inputs.len())
            .map(|index| self.input(index))
            .collect()
    }

    /// Checks that no result after the first `count` is used.
    pub fn expect_results(&self, count: usize) -> Result<(), String> {
        match self.is_read.iter().skip(count).any(|&is_read| is_read) {
            true => Err(format!("only the first {count} of its results can be used")),
            false => Ok(()),
        }
    }

    fn attribute(&self, name: &str) -> Option<&Attribute> {
        debug_assert!(
            self.operation.attributes.contains(&name),
            "{} does not list the attribute {name}",
            self.operation.name
        );
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }

    pub fn int(&self, name: &str, default: i64) -> Result<i64, String> {
        self.optional_int(name)
            .map(|found| found.unwrap_or(default))
    }

    pub fn optional_int(&self, name: &str) -> Result<Option<i64>, String> {
        match self.attribute(name) {
            None => Ok(None),
            // Writers may leave out a number that is 0.
            Some(found) if found.f.is_none() && found.s.is_none() && found.t.is_none() => {
                Ok(Some(found.i.unwrap_or(0)))
            }
            Some(_) => Err(format!("expected {name} to be an integer")),
        }
    }

    /// Returns an attribute that is 0 or 1.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.int(name, default.into())? {
            0 => Ok(false),
            1 => Ok(true),
            found => Err(format!("expected {name} to be 0 or 1, found {found}")),
        }
    }

    pub fn float(&self, name: &str, default: f64) -> Result<f64, String> {
        Ok(self.optional_float(name)?.unwrap_or(default))
    }

    pub fn optional_float(&self, name: &str) -> Result<Option<f64>, String> {
        match self.attribute(name) {
            None => Ok(None),
            Some(found) if found.i.is_none() && found.s.is_none() && found.t.is_none() => {
                Ok(Some(decimal(found.f.unwrap_or(0.0))))
            }
            Some(_) => Err(format!("expected {name} to be a number")),
        }
    }

    pub fn ints(&self, name: &str) -> Result<Option<Vec<i64>>, String> {
        match self.attribute(name) {
            None => Ok(None),
            Some(found) if found.t.is_none() && found.s.is_none() && found.floats.is_empty() => {
                Ok(Some(found.ints.clone()))
            }
            Some(_) => Err(format!("expected {name} to be a list of integers")),
        }
    }

    /// Returns a list of numbers that are at least 0.
    pub fn sizes(&self, name: &str) -> Result<Option<Vec<usize>>, String> {
        let Some(ints) = self.ints(name)? else {
            return Ok(None);
        };
        let sizes = ints.iter().map(|&size| usize::try_from(size).ok());
        let sizes: Option<Vec<usize>> = sizes.collect();
        match sizes {
            Some(sizes) => Ok(Some(sizes)),
            None => Err(format!("expected {name} of at least 0, found {ints:?}")),
        }
    }

    pub fn floats(&self, name: &str) -> Option<Vec<f64>> {
        let found = self.attribute(name)?.floats.iter();
        Some(found.map(|&float| float.into()).collect())
    }

    pub fn text(&self, name: &str, default: &str) -> Result<String, String> {
        match self.attribute(name) {
            None => Ok(default.to_owned()),
            Some(found) => match found.s.as_deref().map(str::from_utf8) {
                None => Ok(String::new()),
                Some(Ok(text)) => Ok(printable(text)),
                Some(Err(_)) => Err(format!("expected {name} to be text")),
            },
        }
    }

    /// Returns a list of texts, or `None` if it is absent.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>, String> {
        let Some(found) = self.attribute(name) else {
            return Ok(None);
        };
        let texts = found.strings.iter();
        let texts = texts.map(|text| str::from_utf8(text).map(printable));
        let texts = texts.collect::<Result<_, _>>();
        let texts = texts.map_err(|_| format!("expected {name} to be texts"));
        texts.map(Some)
    }

    pub fn tensor(&self, name: &str) -> Result<Option<Array>, String> {
        let tensor = self.attribute(name).and_then(|found| found.t.as_ref());
        let array = tensor.map(stored::attribute).transpose();
        array.map_err(|error| format!("{name}: {error}"))
    }

    /// Returns an axis attribute of a value of `rank` axes. Negative axes count from the end.
    pub fn axis(&self, name: &str, default: i64, rank: usize) -> Result<usize, String> {
        axis(self.int(name, default)?, rank)
    }
}

/// Returns the axis `axis` of a value of `rank` axes. Negative axes count from the end.
pub fn axis(axis: i64, rank: usize) -> Result<usize, String> {
    let counted = match axis < 0 {
        true => axis.checked_add(rank as i64),
        false => Some(axis),
    };
    let counted = counted.and_then(|axis| usize::try_from(axis).ok());
    let inside = counted.filter(|&axis| axis < rank);
    inside.ok_or_else(|| format!("expected an axis of {rank}, found {axis}"))
}

/// Returns the f64 that has the shortest decimal digits of `value`. Exporters round a number such as 1e-5 to f32.
fn decimal(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| value.into())
}
