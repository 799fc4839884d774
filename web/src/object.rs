//! Reading and making plain JavaScript objects.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// A JavaScript object.
pub struct Object(js_sys::Object);

impl Object {
    pub fn new() -> Self {
        Self(js_sys::Object::new())
    }

    /// The same object with the property `name`.
    pub fn with(self, name: &str, value: impl Into<JsValue>) -> Self {
        // Setting a property of a new object cannot fail.
        let _ = Reflect::set(&self.0, &name.into(), &value.into());
        self
    }
}

impl From<Object> for JsValue {
    fn from(object: Object) -> Self {
        object.0.into()
    }
}

/// The property `name` of `object`; `undefined` if there is none.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// The property `name` as a count.
pub fn count(object: &JsValue, name: &str) -> Option<usize> {
    get(object, name).as_f64().map(|count| count as usize)
}
