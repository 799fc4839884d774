//! Arrays: values of any library's arrays, through Python's buffers or DLPack, and answers as NumPy's.

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

/// The extents and the values of `object`, an array of f32.
pub fn read(object: &Bound<'_, PyAny>) -> PyResult<(Vec<usize>, Vec<f32>)> {
    let py = object.py();
    let refused = |found: &str| {
        wrong_input(
            py,
            &format!("expected an array of float32 with the axes N, C, H, W, found {found}"),
        )
    };
    let Some(buffer) = memory(object)? else {
        return Err(refused(&format!("a {}", object.get_type())));
    };
    let (found, extents) = (described(&buffer), buffer.shape().to_vec());
    let typed: PyResult<PyBuffer<f32>> = buffer.into_typed();
    let typed = typed.map_err(|_| refused(&found))?;
    Ok((extents, typed.to_vec(py)?))
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
