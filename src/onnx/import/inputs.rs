//! Inputs and outputs of the graph. Extents that the file leaves open are chosen by the options.

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

/// Returns the inputs that are no initializers. Old files list initializers as inputs, too.
fn inputs(file: &OnnxFile) -> impl Iterator<Item = &ValueInfo> {
    let inputs = file.graph.input.iter();
    inputs.filter(|input| !file.stored.tensors.contains_key(&input.name))
}

/// Returns the number of images that all inputs have as their first extent, or 1.
pub fn images(file: &OnnxFile) -> Result<usize> {
    let mut images = inputs(file).map(|input| {
        let shape = tensor_type(input).and_then(|ty| ty.shape.as_ref());
        let dims = shape.map_or(&[][..], |shape| &shape.dim);
        match dims {
            [first, _, ..] => fixed(first).unwrap_or(1),
            _ => 1,
        }
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

fn tensor_type(input: &ValueInfo) -> Option<&TensorType> {
    input.r#type.as_ref()?.tensor_type.as_ref()
}

/// Returns the number of a dimension, or `None` if it is open. Some exporters write -1 for that.
fn fixed(dimension: &Dimension) -> Option<usize> {
    let value = dimension.dim_value.filter(|&value| value > 0);
    value.and_then(|value| usize::try_from(value).ok())
}

impl Import<'_> {
    /// Adds the inputs of the graph.
    pub(super) fn add_inputs(&mut self, options: &Options, names: &mut Names) -> Result<()> {
        for input in inputs(self.file) {
            let added = add(&mut self.builder, input, options);
            let computed = added.map_err(|message| {
                self.invalid(format!("input {}: {message}", printable(&input.name)))
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

fn add(
    builder: &mut Builder<'_>,
    input: &ValueInfo,
    options: &Options,
) -> std::result::Result<Computed, String> {
    let Some(ty) = tensor_type(input) else {
        return Err("expected a tensor".to_owned());
    };
    let Some(shape) = &ty.shape else {
        return Err("expected extents, found none".to_owned());
    };
    let data_type = DataType::of_code(ty.elem_type)
        .map_err(|name| format!("expected numbers, found {name}"))?;
    let dims = extents(&shape.dim, options)?;
    let has_images = dims.len() >= 2 && dims[0] == builder.images;
    let extents = &dims[usize::from(has_images)..];
    let is_last = has_images && has_channels_last(&dims);
    let of_graph = match (is_last, extents) {
        (true, &[height, width, channels]) => vec![channels, height, width],
        _ => extents.to_vec(),
    };
    let ty = Type::per_image(Element::F32, &of_graph).map_err(|error| error.to_string())?;
    let mut id = builder.input(&input.name, ty)?;
    if is_last {
        // Photos have their channels first, as our tensors do.
        builder.name = format!("{}.channels_last", input.name);
        let axes = vec![1, 2, 0];
        id = builder.op(Op::Transpose(Transpose { axes }), &[id])?;
    }
    Ok(Computed {
        id,
        ty: data_type,
        dims,
        has_images,
    })
}

/// Returns the extents of an input. Open ones are those of the options, or usual ones.
fn extents(shape: &[Dimension], options: &Options) -> std::result::Result<Vec<usize>, String> {
    let given = |dimension: &Dimension| {
        let name = dimension.dim_param.as_deref();
        name.and_then(|name| options.dimensions.get(name).copied())
    };
    let known = shape
        .iter()
        .map(|dimension| fixed(dimension).or_else(|| given(dimension)));
    let mut known: Vec<Option<usize>> = known.collect();
    if let Some(images) = known.first_mut() {
        images.get_or_insert(1);
    }
    if let [_, first, .., last] = &mut known[..]
        && shape.len() == 4
    {
        let channels = match (*first, *last) {
            (None, Some(last)) if CHANNELS.contains(&last) => 3,
            _ => 1,
        };
        let is_last = channels == 3 || has_channels_last_where_known(&known);
        let channels = if is_last { 3 } else { 1 };
        let sides = if is_last { [1, 2] } else { [2, 3] };
        known[channels].get_or_insert(USUAL_CHANNELS);
        for (side, axis) in sides.into_iter().enumerate() {
            let wanted = options.size.map(|size| size[side]);
            match (known[axis], wanted) {
                (Some(found), Some(wanted)) if found != wanted => {
                    let size = options.size.unwrap_or_default();
                    return Err(format!(
                        "the file has images of fixed size, found {}x{} where {found} is expected along axis {axis}",
                        size[0], size[1]
                    ));
                }
                (None, wanted) => known[axis] = Some(wanted.unwrap_or(USUAL_SIDE)),
                _ => {}
            }
        }
    }
    let open = known.iter().position(Option::is_none);
    if let Some(axis) = open {
        let name = shape[axis].dim_param.as_deref().unwrap_or("without a name");
        return Err(format!("the extent {axis} ({}) is open", printable(name)));
    }
    Ok(known.into_iter().flatten().collect())
}

fn has_channels_last(dims: &[usize]) -> bool {
    let known: Vec<Option<usize>> = dims.iter().copied().map(Some).collect();
    has_channels_last_where_known(&known)
}

/// Returns whether these are extents of images with channels last: TensorFlow's order.
fn has_channels_last_where_known(dims: &[Option<usize>]) -> bool {
    let is_channels = |extent: Option<usize>| extent.is_some_and(|found| CHANNELS.contains(&found));
    let is_side = |extent: Option<usize>| extent.is_none_or(|found| found >= LEAST_SIDE);
    dims.len() == 4 && is_channels(dims[3]) && is_side(dims[1]) && is_side(dims[2])
}
