//! Answers as plain objects.

use js_sys::{Array, Float32Array, Uint8ClampedArray, Uint32Array};
use menagerie::Labels;
use menagerie::graph::Summary;
use menagerie::maps::Style;
use menagerie::network::SelfTest;
use menagerie::profile::{Profile, Roofline};
use menagerie::tasks::{Classification, Explanation, Guess, Mask, Segmentation};
use wasm_bindgen::JsValue;

use crate::error::thrown;
use crate::object::Object;

/// `[{ label, index, probability }]`, the most probable first.
pub fn classes(answer: &Classification, top: usize) -> JsValue {
    let guesses = answer.top(top).into_iter();
    guesses.map(guess).collect::<Array>().into()
}

/// `{ label, index, probability }`.
pub fn guess(guess: Guess<'_>) -> JsValue {
    class(&guess.label, guess.index, guess.probability).into()
}

fn class(label: &str, index: usize, probability: f64) -> Object {
    Object::new()
        .with("label", label)
        .with("index", index as f64)
        .with("probability", probability)
}

/// The class, and its heat map as RGBA of the size of the picture.
pub fn explanation(answer: &Explanation, [width, height]: [usize; 2]) -> Result<JsValue, JsValue> {
    let painted = answer
        .paint(&Style::heat())
        .map_err(|error| thrown(&error))?;
    Ok(class(&answer.label(), answer.index(), answer.probability())
        .with("width", width as f64)
        .with("height", height as f64)
        .with("pixels", Uint8ClampedArray::from(painted.as_slice()))
        .into())
}

/// The probability of the foreground for each pixel, rows from the top.
pub fn mask(answer: &Mask) -> JsValue {
    Object::new()
        .with("width", answer.width() as f64)
        .with("height", answer.height() as f64)
        .with("probabilities", Float32Array::from(answer.probabilities()))
        .with("share", answer.covered_share(0.5))
        .into()
}

/// The class of each pixel, rows from the top, and the share of each class that occurs.
pub fn segmentation(answer: &Segmentation, labels: &Labels) -> Result<JsValue, JsValue> {
    let shares = answer.shares().into_iter();
    let shares = shares.map(|(index, share)| {
        JsValue::from(
            Object::new()
                .with("label", labels.label(index).as_ref())
                .with("index", index as f64)
                .with("share", share),
        )
    });
    let picture = answer.picture().map_err(|error| thrown(&error))?;
    Ok(Object::new()
        .with("width", answer.width() as f64)
        .with("height", answer.height() as f64)
        .with("classes", Uint32Array::from(answer.classes()))
        .with("colours", Uint8ClampedArray::from(picture.rgb()))
        .with("shares", shares.collect::<Array>())
        .into())
}

/// Each dispatch with its cost and, where the device has timestamps, its median time in milliseconds.
pub fn profile(profile: &Profile) -> JsValue {
    let milliseconds = |time: std::time::Duration| 1e3 * time.as_secs_f64();
    let dispatches = profile.dispatches.iter().map(|dispatch| {
        let time = dispatch.time.map(|time| milliseconds(time.median));
        JsValue::from(
            Object::new()
                .with("layer", dispatch.layer.as_str())
                .with("operation", dispatch.operation.as_str())
                .with("kernel", dispatch.kernel.name)
                .with("flops", dispatch.cost.flops as f64)
                .with("bytes", dispatch.cost.bytes() as f64)
                .with("milliseconds", time.map_or(JsValue::NULL, JsValue::from)),
        )
    });
    Object::new()
        .with("dispatches", dispatches.collect::<Array>())
        .with("milliseconds", milliseconds(profile.wall.median))
        .into()
}

/// The peak rates of a device.
pub fn roofline(roofline: &Roofline) -> JsValue {
    Object::new()
        .with("flopsPerSecond", roofline.flops_per_second)
        .with("bytesPerSecond", roofline.bytes_per_second)
        .into()
}

/// The largest error of a self-test.
pub fn self_test(found: &SelfTest) -> JsValue {
    Object::new()
        .with("error", found.error)
        .with("tolerance", found.tolerance)
        .with("output", found.output.as_str())
        .into()
}

/// Each layer before any optimisation, with its shape and parameters.
pub fn summary(summary: &Summary) -> JsValue {
    let layers = summary.layers.iter().map(|layer| {
        JsValue::from(
            Object::new()
                .with("name", layer.name.as_str())
                .with("kind", layer.kind)
                .with("output", layer.output.as_str())
                .with("parameters", layer.parameters as f64),
        )
    });
    Object::new()
        .with("name", summary.name.as_str())
        .with("layers", layers.collect::<Array>())
        .with("parameters", summary.total() as f64)
        .into()
}
