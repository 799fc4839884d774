//! Reading a declaration from JSON.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};

/// A JSON object, of which each key is taken once, so that the keys that are left are mistakes.
pub struct Object(serde_json::Map<String, Value>);

impl Object {
    /// Parses `text`.
    pub fn parse(text: &str) -> Result<Self> {
        match serde_json::from_str(text) {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(other) => Err(wrong(format!("expected an object, found {other}"))),
            Err(error) => Err(wrong(format!("not JSON: {error}")).caused_by(error)),
        }
    }

    /// Takes the value of `key` and parses it by `parse`, whose error is what was expected. `None` if there is no such key.
    pub fn take<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Result<Option<T>> {
        let value = self.0.remove(key);
        let parsed = value
            .map(|value| parse(&value).map_err(|expected| wrong(format!("{key:?}: {expected}"))));
        parsed.transpose()
    }

    /// As [`Object::take`], for a key that must be there.
    pub fn need<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Result<T> {
        self.take(key, parse)?
            .ok_or_else(|| wrong(format!("{key:?} is missing")))
    }

    /// Checks that no key is left. `known` are all keys.
    pub fn end(self, known: &[&str]) -> Result<()> {
        match self.0.keys().next() {
            Some(key) => Err(wrong(format!(
                "{key:?} is not known; there are: {}",
                known.join(", ")
            ))),
            None => Ok(()),
        }
    }
}

/// The error of a declaration.
pub fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Input, message)
}

pub fn text(value: &Value) -> Result<String, String> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| format!("expected a text, found {value}"))
}

pub fn flag(value: &Value) -> Result<bool, String> {
    let flag = value.as_bool();
    flag.ok_or_else(|| format!("expected true or false, found {value}"))
}

/// A whole number that fits into a `u32`.
pub fn number(value: &Value) -> Result<usize, String> {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    let number = number.map(|number| number as usize);
    number.ok_or_else(|| format!("expected a whole number below 2^32, found {value}"))
}

pub fn list<T>(
    value: &Value,
    item: impl Fn(&Value) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let Some(items) = value.as_array() else {
        return Err(format!("expected a list, found {value}"));
    };
    items.iter().map(item).collect()
}

/// Pairs of texts, such as `[["input", "read"]]`, whose first texts are different names of variables in WGSL.
pub fn pairs(value: &Value) -> Result<Vec<(String, String)>, String> {
    let pairs = list(value, |pair| {
        let texts = pair.as_array().map(Vec::as_slice);
        match texts {
            Some([Value::String(name), Value::String(text)]) => Ok((name.clone(), text.clone())),
            _ => Err(format!("expected a pair of texts, found {pair}")),
        }
    })?;
    distinct(pairs)
}

/// Whole numbers by name.
pub fn numbers(value: &Value) -> Result<Vec<(String, usize)>, String> {
    let Some(object) = value.as_object() else {
        return Err(format!("expected an object of numbers, found {value}"));
    };
    let entries = object.iter().map(|(name, value)| {
        let number = number(value).map_err(|expected| format!("{name:?}: {expected}"))?;
        Ok((name.clone(), number))
    });
    distinct(entries.collect::<Result<Vec<_>, String>>()?)
}

/// Checks that the names are different, and that WGSL takes them.
fn distinct<T>(named: Vec<(String, T)>) -> Result<Vec<(String, T)>, String> {
    for (index, (name, _)) in named.iter().enumerate() {
        let mut letters = name.bytes();
        let is_name = letters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_');
        if !is_name {
            return Err(format!(
                "expected names of letters, digits and `_`, found {name:?}"
            ));
        }
        if named[..index].iter().any(|(other, _)| other == name) {
            return Err(format!("{name:?} is there twice"));
        }
    }
    Ok(named)
}
