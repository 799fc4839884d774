//! Errors as JavaScript values.

use menagerie::{Error, ErrorKind};
use wasm_bindgen::JsValue;

use crate::object::Object;

/// `{ code, message }`, from which `ts/errors.ts` makes an instance of its class.
pub fn thrown(error: &Error) -> JsValue {
    Object::new()
        .with("code", error.kind().code())
        .with("message", error.to_string())
        .into()
}

/// An error of what the page passed.
pub fn input(message: impl Into<String>) -> JsValue {
    thrown(&Error::new(ErrorKind::Input, message))
}
