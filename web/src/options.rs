//! The options of a network, read from an object.

use js_sys::{Array, Object, Uint8Array};
use menagerie::onnx::Model;
use menagerie::program::Precision;
use menagerie::weights::Weights;
use menagerie::zoo::{self, WeightsSource};
use menagerie::{Labels, Network, NetworkBuilder};
use wasm_bindgen::prelude::*;

use crate::error::{input, thrown};
use crate::object::{count, get};
use crate::preprocess;

/// The builder of the network that `options` describe; see [`load`](crate::engine::load).
pub fn builder<'a>(options: &JsValue) -> Result<NetworkBuilder<'a>, JsValue> {
    let mut builder = network(options)?;
    if let (Some(height), Some(width)) = (count(options, "height"), count(options, "width")) {
        builder = builder.size(height, width);
    }
    if let Some(labels) = labels(options)? {
        builder = builder.labels(labels);
    }
    if let Some(precision) = get(options, "precision").as_string() {
        let precision = precision.parse::<Precision>();
        let precision = precision.map_err(|expected| input(format!("precision: {expected}")))?;
        builder = builder.precision(precision);
    }
    for layer in strings(options, "keepF32")? {
        builder = builder.keep_f32(layer);
    }
    if let Ok(dimensions) = get(options, "dimensions").dyn_into::<Object>() {
        for name in Object::keys(&dimensions).iter() {
            let name = name.as_string().unwrap_or_default();
            let extent = count(&dimensions, &name);
            let extent = extent.ok_or_else(|| input(format!("dimensions: {name} is a number")))?;
            builder = builder.dimension(name, extent);
        }
    }
    let adjusted = get(options, "preprocess");
    match adjusted.is_undefined() || adjusted.is_null() {
        true => Ok(builder),
        false => Ok(builder.adjust(preprocess::adjustments(&adjusted)?)),
    }
}

/// The network with its weights: `onnx`, or `name` with `weights` or `synthetic`.
fn network<'a>(options: &JsValue) -> Result<NetworkBuilder<'a>, JsValue> {
    let file = get(options, "file").as_string().unwrap_or_default();
    if let Some(bytes) = bytes(options, "onnx") {
        let model = Model::from_bytes(&file, bytes).map_err(|error| thrown(&error))?;
        return Ok(Network::of_model(model));
    }
    let name = get(options, "name").as_string();
    let name = name.ok_or_else(|| input("a network has a name"))?;
    zoo::find(&name).map_err(|error| thrown(&error))?;
    let builder = Network::builder(name);
    match (bytes(options, "weights"), count(options, "synthetic")) {
        (Some(bytes), _) => {
            let weights = Weights::from_bytes(&file, bytes);
            Ok(builder.weights(weights.map_err(|error| thrown(&error))?))
        }
        (None, Some(seed)) => Ok(builder.weights(WeightsSource::Synthetic(seed as u64))),
        (None, None) => Err(input("a network needs weights: a URL, a file or bytes")),
    }
}

/// The names of the classes: a list, or the bytes of a file.
fn labels(options: &JsValue) -> Result<Option<Labels>, JsValue> {
    let Some(bytes) = bytes(options, "labels") else {
        let names = strings(options, "labels")?;
        return Ok((!names.is_empty()).then(|| Labels::new(names)));
    };
    let file = get(options, "labelsFile").as_string().unwrap_or_default();
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| input(format!("{file}: expected a text of names in UTF-8")))?;
    let labels = Labels::parse(&file, &text);
    labels.map(Some).map_err(|error| thrown(&error))
}

fn bytes(options: &JsValue, name: &str) -> Option<Vec<u8>> {
    let bytes = get(options, name).dyn_into::<Uint8Array>().ok()?;
    Some(bytes.to_vec())
}

/// The strings of a list, or none if there is no such option.
fn strings(options: &JsValue, name: &str) -> Result<Vec<String>, JsValue> {
    let list = get(options, name);
    if list.is_undefined() || list.is_null() {
        return Ok(Vec::new());
    }
    let list = list.dyn_into::<Array>().ok();
    let strings = list.and_then(|list| list.iter().map(|one| one.as_string()).collect());
    strings.ok_or_else(|| input(format!("{name}: expected a list of strings")))
}
