//! Arrays: values of any library's arrays, through Python's buffers or DLPack, and answers as NumPy's.

use menagerie::Tensor;
use menagerie::tensor::Shape;
use pyo3::buffer::{ElementType, PyBuffer, PyUntypedBuffer};
use pyo3::prelude::*;
use pyo3::types::PyByteArray;

use crate::errors::wrong_input;

/// The memory of an array, or `None` if `object` is not one. Arrays without a buffer are read through DLPack, as tensors
/// of PyTorch, or through `__array__`. NumPy does both without a copy.
pub fn memory(object: &Bound<'_, PyAny>) -> PyResult<Option<PyUntypedBuffer>> {
    if let Ok(buffer) = PyUntypedBuffer::get(object) {
        return Ok(Some(buffer));
    }
    let convert = if object.hasattr("__dlpack__")? {
        "from_dlpack"
    } else if object.hasattr("__array__")? {
        "asarray"
    } else {
        return Ok(None);
    };
    let py = object.py();
    let numpy = py.import("numpy")?;
    let array = numpy.call_method1(convert, (object,)).map_err(|error| {
        let kind = object.get_type();
        let wrong = wrong_input(
            py,
            &format!(
                "expected an array in host memory, found a {kind} that NumPy cannot read: {}",
                error.value(py)
            ),
        );
        wrong.set_cause(py, Some(error));
        wrong
    })?;
    PyUntypedBuffer::get(&array).map(Some)
}

/// The images of `object`: f32, of the extents N, C, H, W, or N, C for vectors.
pub fn tensor(object: &Bound<'_, PyAny>) -> PyResult<Tensor> {
    let py = object.py();
    let expected = "expected an array of float32 with the axes N, C, H, W";
    let Some(buffer) = memory(object)? else {
        return Err(wrong_input(
            py,
            &format!("{expected}, found a {}", object.get_type()),
        ));
    };
    let shape = match *buffer.shape() {
        [images, channels, height, width] => Some((images, Shape::new(channels, height, width))),
        [images, channels] => Some((images, Shape::vector(channels))),
        _ => None,
    };
    let found = described(&buffer);
    let (images, shape) =
        shape.ok_or_else(|| wrong_input(py, &format!("{expected}, found {found}")))?;
    let typed: PyResult<PyBuffer<f32>> = buffer.into_typed();
    let typed = typed.map_err(|_| wrong_input(py, &format!("{expected}, found {found}")))?;
    Tensor::new(images, shape, typed.to_vec(py)?)
        .map_err(|error| crate::errors::exception(py, &error))
}

/// An array as messages name it, such as `float64 of 1x3x224x224`.
pub fn described(buffer: &PyUntypedBuffer) -> String {
    let element = match ElementType::from_format(buffer.format()) {
        ElementType::SignedInteger { bytes } => format!("int{}", 8 * bytes),
        ElementType::UnsignedInteger { bytes } => format!("uint{}", 8 * bytes),
        ElementType::Bool => "bool".to_owned(),
        ElementType::Float { bytes } => format!("float{}", 8 * bytes),
        ElementType::Unknown => format!("{:?}", buffer.format()),
    };
    let extents: Vec<String> = buffer.shape().iter().map(ToString::to_string).collect();
    match extents.is_empty() {
        true => format!("one {element}"),
        false => format!("{element} of {}", extents.join("x")),
    }
}

/// The extents of an answer as an array: N, C, H, W, or N, C for vectors.
pub fn extents(answer: &Tensor) -> Vec<usize> {
    let shape = answer.shape();
    match shape.is_vector() {
        true => vec![answer.batch(), shape.channels],
        false => vec![answer.batch(), shape.channels, shape.height, shape.width],
    }
}

/// A NumPy array of float32 with a copy of `values`.
pub fn floats<'py>(
    py: Python<'py>,
    values: &[f32],
    extents: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    array(py, "float32", values, f32::to_ne_bytes, extents)
}

/// A NumPy array of uint32 with a copy of `values`.
pub fn integers<'py>(
    py: Python<'py>,
    values: &[u32],
    extents: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    array(py, "uint32", values, u32::to_ne_bytes, extents)
}

fn array<'py, T: Copy>(
    py: Python<'py>,
    element: &str,
    values: &[T],
    bytes_of: impl Fn(T) -> [u8; 4],
    extents: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    let memory = PyByteArray::new_with(py, 4 * values.len(), |memory| {
        let (places, _) = memory.as_chunks_mut::<4>();
        for (place, &value) in places.iter_mut().zip(values) {
            *place = bytes_of(value);
        }
        Ok(())
    })?;
    let numpy = py.import("numpy")?;
    let array = numpy.call_method1("frombuffer", (memory, element))?;
    array.call_method1("reshape", (extents.to_vec(),))
}
