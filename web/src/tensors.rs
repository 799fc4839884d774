//! Tensors as `{ data: Float32Array, dims: number[] }`.

use js_sys::{Array, Float32Array};
use menagerie::graph::NamedType;
use menagerie::tensor::{Dims, HostTensor, Shape};
use menagerie::{Network, Tensor};
use wasm_bindgen::prelude::*;

use crate::error::input;
use crate::object::{Object, get};

/// A value that JavaScript passed.
pub struct Given {
    data: Vec<f32>,
    /// Without them, it is one image.
    dims: Option<Vec<usize>>,
}

impl Given {
    /// Reads `value`, an object or only its values.
    pub fn read(value: &JsValue) -> Result<Self, JsValue> {
        let data = match value.is_instance_of::<Float32Array>() {
            true => value.clone(),
            false => get(value, "data"),
        };
        let data = data.dyn_into::<Float32Array>();
        let data = data.map_err(|_| {
            input("a tensor is a Float32Array, or an object with data, a Float32Array, and dims")
        })?;
        let dims = get(value, "dims");
        let dims = match dims.is_undefined() {
            true => None,
            false => Some(extents(&dims).ok_or_else(|| {
                input("the dims of a tensor are a list of whole numbers, found something else")
            })?),
        };
        let data = match data.length() {
            // Of a buffer that was transferred to a worker, nothing can be copied.
            0 => Vec::new(),
            _ => data.to_vec(),
        };
        Ok(Self { data, dims })
    }

    /// The tensor for the input `ty` of `network`. A network of the zoo takes images of other sizes than that of `ty`, too.
    pub fn tensor(self, network: &Network, ty: &NamedType) -> menagerie::Result<Tensor> {
        let sized = network.checkpoint().is_some();
        match (self.dims.as_deref(), sized) {
            (Some(dims @ &[batch, channels, height, width]), true) => {
                // The number of values is one that this machine can count.
                Dims::new(dims)?;
                Tensor::new(batch, Shape::new(channels, height, width), self.data)
            }
            (Some(dims), _) => ty.tensor(&HostTensor::new(dims, self.data)?),
            (None, _) => Tensor::new(1, ty.shape()?, self.data),
        }
    }
}

/// The whole numbers of a list.
fn extents(dims: &JsValue) -> Option<Vec<usize>> {
    let extent = |one: JsValue| {
        let extent = one.as_f64()?;
        let is_whole = extent >= 0.0 && extent.fract() == 0.0 && extent <= f64::from(u32::MAX);
        is_whole.then_some(extent as usize)
    };
    dims.dyn_ref::<Array>()?.iter().map(extent).collect()
}

/// `tensor`, an output of the type `ty`, as an object. The extents of a network of the zoo depend on the size of its input,
/// and its vectors have two dims.
pub fn written(network: &Network, ty: &NamedType, tensor: &Tensor) -> JsValue {
    let (batch, shape) = (tensor.batch(), tensor.shape());
    let dims = match (network.checkpoint(), shape.height, shape.width) {
        (None, ..) => [&[batch], ty.ty.extents()].concat(),
        (Some(_), 1, 1) => vec![batch, shape.channels],
        (Some(_), height, width) => vec![batch, shape.channels, height, width],
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
