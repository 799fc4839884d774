//! Parts of a preprocessing as an object, with the names that the Python package has.

use js_sys::{Array, Object};
use menagerie::preprocess::{Adjustments, Colour, Framing, Interpolation};
use wasm_bindgen::prelude::*;

use crate::error::input;
use crate::object::get;

/// The parts of a preprocessing in `given`.
pub fn adjustments(given: &JsValue) -> Result<Adjustments, JsValue> {
    let object = given.dyn_ref::<Object>();
    let object = object.ok_or_else(|| input("preprocess: expected an object"))?;
    let mut known = Adjustments::default();
    for name in Object::keys(object).iter() {
        let name = name.as_string().unwrap_or_default();
        let value = get(given, &name);
        if value.is_undefined() {
            continue;
        }
        if let Err(expected) = add(&mut known, &name, &value) {
            let found = js_sys::JSON::stringify(&value).map(String::from);
            let found = found.unwrap_or_default();
            return Err(input(format!(
                "preprocess: {name}: expected {expected}, found {found}"
            )));
        }
    }
    Ok(known)
}

/// Adds the part `name`, or returns what was expected.
fn add(known: &mut Adjustments, name: &str, value: &JsValue) -> Result<(), &'static str> {
    const SIZE: &str = "a number of pixels, or height and width";
    let text = value.as_string().unwrap_or_default();
    match name {
        "resize" => match (value.as_f64(), numbers(value).as_deref()) {
            (Some(side), _) => known.framing = Some(Framing::ShorterSide(side as usize)),
            (None, Some(&[height, width])) => {
                known.framing = Some(Framing::Squash(1.0));
                known.crop = Some([height as usize, width as usize]);
            }
            _ => return Err(SIZE),
        },
        "crop" => match (value.as_f64(), numbers(value).as_deref()) {
            (Some(side), _) => known.crop = Some([side as usize; 2]),
            (None, Some(&[height, width])) => known.crop = Some([height as usize, width as usize]),
            _ => return Err(SIZE),
        },
        "interpolation" => match text.as_str() {
            "nearest" => known.interpolation = Some(Interpolation::Nearest),
            "bilinear" => known.interpolation = Some(Interpolation::Bilinear),
            "bicubic" => known.interpolation = Some(Interpolation::Bicubic),
            _ => return Err("\"nearest\", \"bilinear\" or \"bicubic\""),
        },
        "channels" => match text.as_str() {
            "rgb" => known.colour = Some(Colour::Rgb),
            "bgr" => known.colour = Some(Colour::Bgr),
            "gray" => known.colour = Some(Colour::Gray),
            _ => return Err("\"rgb\", \"bgr\" or \"gray\""),
        },
        "mean" => known.mean = Some(per_channel(value)?),
        "std" => known.std = Some(per_channel(value)?),
        _ => return Err("resize, crop, interpolation, channels, mean or std as the name"),
    }
    Ok(())
}

fn per_channel(value: &JsValue) -> Result<[f32; 3], &'static str> {
    match (value.as_f64(), numbers(value).as_deref()) {
        (Some(one), _) => Ok([one as f32; 3]),
        (None, Some(&[first, second, third])) => Ok([first, second, third].map(|one| one as f32)),
        _ => Err("a number, or one for each of three channels"),
    }
}

fn numbers(value: &JsValue) -> Option<Vec<f64>> {
    let list = value.dyn_ref::<Array>()?;
    list.iter().map(|one| one.as_f64()).collect()
}
