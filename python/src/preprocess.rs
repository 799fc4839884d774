//! Preprocessing as an argument.

use menagerie::preprocess::{Adjustments, Colour, Framing, Interpolation};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::wrong_input;

/// A side of a square, or height and width.
#[derive(FromPyObject)]
enum Size {
    Side(usize),
    Sides([usize; 2]),
}

/// A number for all channels, or one for each.
#[derive(FromPyObject)]
enum PerChannel {
    All(f32),
    Each([f32; 3]),
}

impl Size {
    fn sides(self) -> [usize; 2] {
        match self {
            Size::Side(side) => [side; 2],
            Size::Sides(sides) => sides,
        }
    }
}

impl PerChannel {
    fn numbers(self) -> [f32; 3] {
        match self {
            PerChannel::All(number) => [number; 3],
            PerChannel::Each(numbers) => numbers,
        }
    }
}

/// The parts of a preprocessing in `given`.
pub fn adjustments(given: &Bound<'_, PyDict>) -> PyResult<Adjustments> {
    let mut known = Adjustments::default();
    for (name, value) in given.iter() {
        let name: String = name.extract()?;
        let expected = add(&mut known, &name, &value);
        if let Some(expected) = expected {
            let message = format!(
                "preprocess: {name}: expected {expected}, found {}",
                value.repr()?
            );
            return Err(wrong_input(given.py(), &message));
        }
    }
    Ok(known)
}

/// Adds the part `name`, or returns what was expected.
fn add(known: &mut Adjustments, name: &str, value: &Bound<'_, PyAny>) -> Option<&'static str> {
    let text: Option<String> = value.extract().ok();
    match name {
        "resize" => match value.extract().ok() {
            Some(Size::Side(side)) => known.framing = Some(Framing::ShorterSide(side)),
            Some(Size::Sides(sides)) => {
                known.framing = Some(Framing::Squash(1.0));
                known.crop = Some(sides);
            }
            None => return Some("a number of pixels, or height and width"),
        },
        "crop" => match value.extract().ok().map(Size::sides) {
            Some(sides) => known.crop = Some(sides),
            None => return Some("a number of pixels, or height and width"),
        },
        "interpolation" => match text.as_deref() {
            Some("nearest") => known.interpolation = Some(Interpolation::Nearest),
            Some("bilinear") => known.interpolation = Some(Interpolation::Bilinear),
            Some("bicubic") => known.interpolation = Some(Interpolation::Bicubic),
            _ => return Some("\"nearest\", \"bilinear\" or \"bicubic\""),
        },
        "channels" => match text.as_deref() {
            Some("rgb") => known.colour = Some(Colour::Rgb),
            Some("bgr") => known.colour = Some(Colour::Bgr),
            Some("gray") => known.colour = Some(Colour::Gray),
            _ => return Some("\"rgb\", \"bgr\" or \"gray\""),
        },
        "mean" | "std" => match value.extract().ok().map(PerChannel::numbers) {
            Some(mean) if name == "mean" => known.mean = Some(mean),
            Some(std) => known.std = Some(std),
            None => return Some("a number, or one for each of three channels"),
        },
        _ => return Some("resize, crop, interpolation, channels, mean or std as the name"),
    }
    None
}
