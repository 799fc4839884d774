//! Images as arguments: paths, bytes of files, images of Pillow, and arrays of pixels; one or many.

use menagerie::Photo;
use menagerie::photo::Source;
use pyo3::buffer::{ElementType, PyBuffer, PyUntypedBuffer};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyString};

use crate::arrays;
use crate::errors::{exception, wrong_input};

/// What can be an image, as messages say it.
const EXPECTED: &str = "expected an image: a path, the bytes of an image file, an image of Pillow, or uint8 of HxWx3 or HxW";

/// The images of an argument, and whether it is several: the items of what can be iterated.
pub fn images(object: &Bound<'_, PyAny>) -> PyResult<(Vec<Source>, bool)> {
    if let Some(image) = source(object)? {
        return Ok((vec![image], false));
    }
    if arrays::memory(object)?.is_some_and(|buffer| is_number(&buffer) && !are_images(&buffer)) {
        return Err(refused(object)?);
    }
    let Ok(items) = object.try_iter() else {
        return Err(refused(object)?);
    };
    let images = items.map(|item| {
        let item = item?;
        match source(&item)? {
            Some(image) => Ok(image),
            None => Err(refused(&item)?),
        }
    });
    Ok((images.collect::<PyResult<_>>()?, true))
}

/// The image that `object` is, or `None`.
fn source(object: &Bound<'_, PyAny>) -> PyResult<Option<Source>> {
    if object.is_instance_of::<PyString>() || object.hasattr("__fspath__")? {
        return object.extract().map(Source::File).map(Some);
    }
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Ok(Some(Source::Bytes(bytes.as_bytes().into())));
    }
    if let Ok(bytes) = object.cast::<PyByteArray>() {
        return Ok(Some(Source::Bytes(bytes.to_vec().into())));
    }
    if is_of_pillow(object)? {
        return of_pillow(object).map(Source::Decoded).map(Some);
    }
    match arrays::memory(object)? {
        Some(buffer) if is_image(&buffer) => of_pixels(object.py(), buffer).map(Some),
        _ => Ok(None),
    }
}

/// The error that `object` is no image.
fn refused(object: &Bound<'_, PyAny>) -> PyResult<PyErr> {
    let found = match arrays::memory(object)? {
        Some(buffer) => arrays::described(&buffer),
        None => format!("a {}", object.get_type()),
    };
    Ok(wrong_input(
        object.py(),
        &format!("{EXPECTED}; found {found}"),
    ))
}

/// Whether an array is one image and not several.
fn is_image(buffer: &PyUntypedBuffer) -> bool {
    let pixels = matches!(*buffer.shape(), [_, _] | [_, _, 1 | 3]);
    pixels && buffer.item_size() == 1
}

/// Whether the array has numbers, and not objects or texts.
fn is_number(buffer: &PyUntypedBuffer) -> bool {
    ElementType::from_format(buffer.format()) != ElementType::Unknown
}

/// Whether an array is several images of one size.
fn are_images(buffer: &PyUntypedBuffer) -> bool {
    matches!(*buffer.shape(), [_, _, _, 1 | 3]) && buffer.item_size() == 1
}

fn of_pixels(py: Python<'_>, buffer: PyUntypedBuffer) -> PyResult<Source> {
    let found = arrays::described(&buffer);
    let (height, width) = (buffer.shape()[0], buffer.shape()[1]);
    let channels = buffer.shape().get(2).copied().unwrap_or(1);
    let typed: PyResult<PyBuffer<u8>> = buffer.into_typed();
    let typed = typed.map_err(|_| wrong_input(py, &format!("{EXPECTED}; found {found}")))?;
    let values = typed.to_vec(py)?;
    let rgb = match channels {
        3 => values,
        _ => values.iter().flat_map(|&gray| [gray; 3]).collect(),
    };
    let photo = Photo::new(width, height, rgb).map_err(|error| exception(py, &error))?;
    Ok(Source::Decoded(photo))
}

/// An image of Pillow exists only if Pillow is imported.
fn is_of_pillow(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let modules = object.py().import("sys")?.getattr("modules")?;
    let pillow = modules.call_method1("get", ("PIL.Image",))?;
    match pillow.is_none() {
        true => Ok(false),
        false => object.is_instance(&pillow.getattr("Image")?),
    }
}

/// The pixels of an image of Pillow: upright and in sRGB, as of the file that it is from.
fn of_pillow(image: &Bound<'_, PyAny>) -> PyResult<Photo> {
    let py = image.py();
    let rgb = py
        .import("menagerie._pillow")?
        .call_method1("upright_srgb", (image,))?;
    let (width, height): (usize, usize) = rgb.getattr("size")?.extract()?;
    let bytes = rgb.call_method0("tobytes")?;
    let bytes = bytes.cast::<PyBytes>()?.as_bytes().to_vec();
    Photo::new(width, height, bytes).map_err(|error| exception(py, &error))
}

/// The image of Pillow with these pixels.
pub fn to_pillow<'py>(py: Python<'py>, photo: &Photo) -> PyResult<Bound<'py, PyAny>> {
    let size = (photo.width(), photo.height());
    let bytes = PyBytes::new(py, photo.rgb());
    py.import("PIL.Image")?
        .call_method1("frombytes", ("RGB", size, bytes))
}
