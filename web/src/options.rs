//! The options of a network, read from an object.

use js_sys::{Array, Object, Uint8Array};
use menagerie::onnx::Model;
use menagerie::program::Precision;
use menagerie::weights::Weights;
use menagerie::zoo::{self, WeightsSource};
use menagerie::{Labels, Network, NetworkBuilder};
use wasm_bindgen::prelude::*;

use crate::error::{input, thrown};
use crate::file::FileBytes;
use crate::object::{count, get};
use crate::preprocess;

/// The builder of the network in `file` that `options` describe; see [`load`](crate::engine::load).
pub fn builder<'a>(
    options: &JsValue,
    file: Option<FileBytes>,
) -> Result<NetworkBuilder<'a>, JsValue> {
    let mut builder = network(options, file.map(FileBytes::into_vec))?;
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

/// The network with its weights: that of an ONNX file, or the one of the zoo that is called `name`.
fn network<'a>(options: &JsValue, bytes: Option<Vec<u8>>) -> Result<NetworkBuilder<'a>, JsValue> {
    let file = get(options, "file").as_string().unwrap_or_default();
    let name = get(options, "name").as_string();
    if let Some(name) = &name {
        zoo::find(name).map_err(|error| thrown(&error))?;
    }
    match (name, bytes, count(options, "synthetic")) {
        (None, Some(bytes), _) => {
            let model = Model::from_bytes(&file, bytes).map_err(|error| thrown(&error))?;
            Ok(Network::of_model(model))
        }
        (Some(name), Some(bytes), _) => {
            let weights = Weights::from_bytes(&file, bytes);
            Ok(Network::builder(name).weights(weights.map_err(|error| thrown(&error))?))
        }
        (Some(name), None, Some(seed)) => {
            Ok(Network::builder(name).weights(WeightsSource::Synthetic(seed as u64)))
        }
        _ => Err(input(
            "a network has a name, and weights: a URL, a file or bytes",
        )),
    }
}

/// The names of the classes: a list, or the bytes of a file.
fn labels(options: &JsValue) -> Result<Option<Labels>, JsValue> {
    let Ok(bytes) = get(options, "labels").dyn_into::<Uint8Array>() else {
        let names = strings(options, "labels")?;
        return Ok((!names.is_empty()).then(|| Labels::new(names)));
    };
    let file = get(options, "labelsFile").as_string().unwrap_or_default();
    let text = String::from_utf8(bytes.to_vec());
    let text = text.map_err(|_| input(format!("{file}: expected a text of names in UTF-8")))?;
    let labels = Labels::parse(&file, &text);
    labels.map(Some).map_err(|error| thrown(&error))
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
