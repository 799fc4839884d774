//! Tensors as `{ data: Float32Array, dims: number[] }`.

use js_sys::{Array, Float32Array};
use menagerie::Tensor;
use menagerie::tensor::Shape;
use wasm_bindgen::prelude::*;

use crate::error::{input, thrown};
use crate::object::{Object, get};

/// The tensor of `value`, an object or only its values: images as `[N, C, H, W]`, vectors as `[N, C]`. Without `dims`, it
/// is one image of the shape `usual`.
pub fn read(value: &JsValue, usual: Option<Shape>) -> Result<Tensor, JsValue> {
    let data = match value.is_instance_of::<Float32Array>() {
        true => value.clone(),
        false => get(value, "data"),
    };
    let data = data.dyn_into::<Float32Array>();
    let data = data.map_err(|_| {
        input("a tensor is a Float32Array, or an object with data, a Float32Array, and dims")
    })?;
    let dims: Vec<usize> = match get(value, "dims").dyn_into::<Array>() {
        Ok(dims) => dims
            .iter()
            .filter_map(|extent| extent.as_f64())
            .map(|extent| extent as usize)
            .collect(),
        Err(_) => Vec::new(),
    };
    let (batch, shape) = match (dims.as_slice(), usual) {
        (&[batch, channels, height, width], _) => (batch, Shape::new(channels, height, width)),
        (&[batch, channels], _) => (batch, Shape::vector(channels)),
        ([], Some(usual)) => (1, usual),
        _ => {
            return Err(input(format!(
                "a tensor has the dims [N, C, H, W] or [N, C], found {dims:?}"
            )));
        }
    };
    Tensor::new(batch, shape, data.to_vec()).map_err(|error| thrown(&error))
}

/// `tensor` as an object. A vector has two dims.
pub fn written(tensor: &Tensor) -> JsValue {
    let (batch, shape) = (tensor.batch(), tensor.shape());
    let dims = match (shape.height, shape.width) {
        (1, 1) => vec![batch, shape.channels],
        (height, width) => vec![batch, shape.channels, height, width],
    };
    let dims: Array = dims
        .into_iter()
        .map(|extent| JsValue::from(extent as f64))
        .collect();
    Object::new()
        .with("data", Float32Array::from(tensor.data()))
        .with("dims", dims)
        .into()
}
