//! Inputs and outputs of the graph. Extents that the file leaves open are chosen by the options.

use std::collections::{BTreeSet, HashSet};

use super::branches::add_reads;
use super::{Import, Names};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Op, Transpose};
use crate::onnx::Options;
use crate::onnx::build::{Builder, Computed, Value};
use crate::onnx::data_type::DataType;
use crate::onnx::file::OnnxFile;
use crate::onnx::schema::{Dimension, TensorType, ValueInfo};
use crate::tensor::{Element, Type};
use crate::weights::printable;

/// The side of images whose size neither the file nor the options give: that of most classification networks.
const USUAL_SIDE: usize = 224;

/// The channels of images whose number of channels the file does not give.
const USUAL_CHANNELS: usize = 3;

/// The numbers of channels by which images with channels last are recognised.
const CHANNELS: [usize; 3] = [1, 3, 4];

/// Images with channels last have at least this many rows and columns. Smaller extents can be channels.
const LEAST_SIDE: usize = 16;

/// Returns the inputs that are no initializers and that a node or an output reads. Old files list initializers as inputs,
/// too, and some converters leave inputs of training behind.
pub fn inputs(file: &OnnxFile) -> impl Iterator<Item = &ValueInfo> {
    let outputs = file.graph.output.iter().map(|output| &*output.name);
    let mut read: HashSet<&str> = outputs.collect();
    add_reads(&file.graph.node, &mut read);
    let inputs = file.graph.input.iter();
    inputs.filter(move |input| {
        read.contains(&*input.name) && !file.stored.tensors.contains_key(&input.name)
    })
}

/// Checks that the file has the extents that `options` set by name.
pub fn check_names(file: &OnnxFile, options: &Options) -> Result<()> {
    let names = inputs(file).flat_map(dimensions);
    let names = names.filter_map(|dimension| dimension.dim_param.as_deref());
    let names: BTreeSet<&str> = names.filter(|name| !name.is_empty()).collect();
    let mut given = options.dimensions.keys();
    let Some(unknown) = given.find(|name| !names.contains(name.as_str())) else {
        return Ok(());
    };
    let known = match names.is_empty() {
        true => "there are none".to_owned(),
        false => {
            let names: Vec<String> = names.into_iter().map(printable).collect();
            format!("there are {}", names.join(", "))
        }
    };
    let message = format!(
        "{}: no extent of an input is called {unknown:?}; {known}",
        file.label
    );
    Err(Error::new(ErrorKind::Input, message))
}

/// Returns the number of images that all inputs have as their first extent, or 1.
pub fn images(file: &OnnxFile, options: &Options) -> Result<usize> {
    let mut images = inputs(file).map(|input| match dimensions(input) {
        [first, _, ..] => known(first, options).unwrap_or(1),
        _ => 1,
    });
    let Some(first) = images.next() else {
        let message = format!("{}: expected an input, found none", file.label);
        return Err(Error::new(ErrorKind::Model, message));
    };
    Ok(if images.all(|other| other == first) {
        first
    } else {
        1
    })
}

/// Returns the extents of an input, as far as the file has them.
fn dimensions(input: &ValueInfo) -> &[Dimension] {
    let shape = tensor_type(input).and_then(|ty| ty.shape.as_ref());
    shape.map_or(&[][..], |shape| &shape.dim)
}

fn tensor_type(input: &ValueInfo) -> Option<&TensorType> {
    input.r#type.as_ref()?.tensor_type.as_ref()
}

/// Returns the number of a dimension, or `None` if it is open. Some exporters write -1 for that.
fn fixed(dimension: &Dimension) -> Option<usize> {
    let value = dimension.dim_value.filter(|&value| value > 0);
    value.and_then(|value| usize::try_from(value).ok())
}

/// Returns the number of a dimension, or that of its name in `options`.
fn known(dimension: &Dimension, options: &Options) -> Option<usize> {
    let name = dimension.dim_param.as_deref();
    let given = || name.and_then(|name| options.dimensions.get(name).copied());
    fixed(dimension).or_else(given)
}

impl Import<'_> {
    /// Adds the inputs of the graph.
    pub(super) fn add_inputs(&mut self, options: &Options, names: &mut Names) -> Result<()> {
        for input in inputs(self.file) {
            let added = add(&mut self.builder, input, options);
            let computed = added.map_err(|(kind, message)| {
                let (label, name) = (&self.file.label, printable(&input.name));
                Error::new(kind, format!("{label}: input {name}: {message}"))
            })?;
            if names
                .insert(input.name.clone(), Value::Computed(computed))
                .is_some()
            {
                let name = printable(&input.name);
                return Err(self.invalid(format!("two inputs are called {name}")));
            }
        }
        Ok(())
    }

    /// Makes the outputs of the file outputs of our graph.
    pub(super) fn add_outputs(&mut self, names: &Names) -> Result<()> {
        if self.file.graph.output.is_empty() {
            return Err(self.invalid("expected an output, found none".to_owned()));
        }
        for output in &self.file.graph.output {
            let name = printable(&output.name);
            let Some(value) = names.get(&output.name) else {
                return Err(self.invalid(format!("no node computes the output {name}")));
            };
            let added = self.builder.add_output(&output.name, value);
            added.map_err(|message| self.invalid(format!("output {name}: {message}")))?;
        }
        Ok(())
    }
}

/// The kind and the message of an error about an input.
type Refusal = (ErrorKind, String);

fn add(
    builder: &mut Builder<'_>,
    input: &ValueInfo,
    options: &Options,
) -> std::result::Result<Computed, Refusal> {
    let invalid = |message: String| (ErrorKind::Model, message);
    let Some(ty) = tensor_type(input) else {
        return Err(invalid("expected a tensor".to_owned()));
    };
    if ty.shape.is_none() {
        return Err(invalid("expected extents, found none".to_owned()));
    }
    let data_type = DataType::of_code(ty.elem_type)
        .map_err(|name| invalid(format!("expected numbers, found {name}")))?;
    let Extents { dims, is_last } = extents(input, options)?;
    let has_images = dims.len() >= 2 && dims[0] == builder.images;
    let extents = &dims[usize::from(has_images)..];
    let is_last = has_images && is_last;
    let of_graph = match (is_last, extents) {
        (true, &[height, width, channels]) => vec![channels, height, width],
        _ => extents.to_vec(),
    };
    let ty = Type::per_image(Element::F32, &of_graph);
    let ty = ty.map_err(|error| invalid(error.to_string()))?;
    let mut id = builder.input(&input.name, ty).map_err(invalid)?;
    if is_last {
        // Photos have their channels first, as our tensors do.
        builder.name = format!("{}.channels_last", input.name);
        let axes = vec![1, 2, 0];
        let op = Op::Transpose(Transpose { axes });
        id = builder.op(op, &[id]).map_err(invalid)?;
    }
    Ok(Computed {
        id,
        ty: data_type,
        dims,
        has_images,
    })
}

/// The extents of an input, and whether it is images with channels last.
struct Extents {
    dims: Vec<usize>,
    is_last: bool,
}

/// Returns the extents of an input. Open ones are those of the options, or usual ones.
fn extents(input: &ValueInfo, options: &Options) -> std::result::Result<Extents, Refusal> {
    let shape = dimensions(input);
    let mut found: Vec<Option<usize>> = shape.iter().map(|axis| known(axis, options)).collect();
    if let Some(images) = found.first_mut() {
        images.get_or_insert(1);
    }
    let is_last = has_channels_last(&found);
    if let Some(given) = options.inputs.get(&input.name)
        && given.len() == found.len()
    {
        for (axis, extent) in found.iter_mut().enumerate().skip(1) {
            let place = match (is_last, axis) {
                (true, 3) => 1,
                (true, axis) => axis + 1,
                (false, axis) => axis,
            };
            extent.get_or_insert(given[place]);
        }
    }
    if found.len() == 4 {
        let channels = if is_last { 3 } else { 1 };
        let sides = if is_last { [1, 2] } else { [2, 3] };
        found[channels].get_or_insert(USUAL_CHANNELS);
        for (side, axis) in sides.into_iter().enumerate() {
            let wanted = options.size.map(|size| size[side]);
            match (found[axis], wanted) {
                (Some(found), Some(wanted)) if found != wanted => {
                    let size = options.size.unwrap_or_default();
                    return Err((
                        ErrorKind::Model,
                        format!(
                            "the file has images of fixed size, found {}x{} where {found} is expected along axis {axis}",
                            size[0], size[1]
                        ),
                    ));
                }
                (None, wanted) => found[axis] = Some(wanted.unwrap_or(USUAL_SIDE)),
                _ => {}
            }
        }
    }
    match found.iter().position(Option::is_none) {
        Some(axis) => Err((ErrorKind::OpenExtent, open(axis, shape))),
        None => Ok(Extents {
            dims: found.into_iter().flatten().collect(),
            is_last,
        }),
    }
}

/// Returns that the extent of an axis is open, with its name.
fn open(axis: usize, shape: &[Dimension]) -> String {
    let names = shape.iter().map(|dimension| {
        let number = fixed(dimension).map(|extent| extent.to_string());
        let name = dimension
            .dim_param
            .as_deref()
            .filter(|name| !name.is_empty());
        number.or(name.map(printable)).unwrap_or("?".to_owned())
    });
    let names = names.collect::<Vec<_>>().join(", ");
    match shape[axis].dim_param.as_deref() {
        Some(name) if !name.is_empty() => {
            let name = printable(name);
            format!("the file leaves the extent {name} of [{names}] open, and it is not set")
        }
        _ => format!("the file leaves the extent of axis {axis} of [{names}] open, without a name"),
    }
}

/// Returns whether these are extents of images with channels last, TensorFlow's order, where some may be open.
fn has_channels_last(known: &[Option<usize>]) -> bool {
    let is_side = |extent: Option<usize>| extent.is_none_or(|found| found >= LEAST_SIDE);
    match *known {
        [_, first, second, Some(last)] if CHANNELS.contains(&last) => {
            first.is_none() || is_side(first) && is_side(second)
        }
        _ => false,
    }
}
