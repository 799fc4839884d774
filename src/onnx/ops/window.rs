//! The windows of convolutions and pooling: kernel, strides, dilations and padding.

use crate::graph::{Padding, Rounding, ValueId, Window};
use crate::onnx::build::{Builder, Computed, Node, Value};

/// A feature map of one or two dimensions, as an image.
pub struct Maps {
    pub id: ValueId,
    /// Height and width. The height of a signal is 1.
    pub sides: [usize; 2],
    /// The number of dimensions: 1 or 2.
    pub spatial: usize,
    value: Computed,
}

impl Maps {
    /// Takes the input at `index` as an image.
    pub fn of(builder: &mut Builder<'_>, value: &Value) -> Result<Self, String> {
        let value = builder.tensor(value)?;
        let spatial = match (value.has_images, value.extents()) {
            (true, [_, _]) => 1,
            (true, [_, _, _]) => 2,
            _ => return Err(refused(&value)),
        };
        let extents = value.extents().to_vec();
        let sides = match spatial {
            1 => [1, extents[1]],
            _ => [extents[1], extents[2]],
        };
        let id = builder.view(value.id, &[extents[0], sides[0], sides[1]])?;
        Ok(Self {
            id,
            sides,
            spatial,
            value,
        })
    }

    /// Does the same for an operation of each channel. Where the first axis is an axis of our graph, as after windows of an
    /// image became images, its channels are those of one image.
    pub fn of_channels(builder: &mut Builder<'_>, value: &Value) -> Result<Self, String> {
        let value = builder.tensor(value)?;
        let &[images, channels, ref sides @ ..] = &*value.dims else {
            return Err(refused(&value));
        };
        if value.has_images || !matches!(sides, [_] | [_, _]) {
            return Self::of(builder, &Value::Computed(value));
        }
        let [height, width] = match *sides {
            [height, width] => [height, width],
            _ => [1, sides[0]],
        };
        Ok(Self {
            id: builder.view(value.id, &[images * channels, height, width])?,
            sides: [height, width],
            spatial: sides.len(),
            value,
        })
    }

    /// Returns the result `id`, an image, with the dimensions of the input.
    pub fn result(&self, builder: &mut Builder<'_>, id: ValueId) -> Result<Vec<Value>, String> {
        let extents = builder.extents(id);
        let sides = &extents[3 - self.spatial..];
        let channels = match (self.value.has_images, &*self.value.dims) {
            (false, &[images, ..]) => vec![images, extents[0] / images],
            _ => vec![extents[0]],
        };
        let id = builder.view(id, &[&channels, sides].concat())?;
        builder.like(id, &self.value)
    }
}

fn refused(value: &Computed) -> String {
    let dims = &value.dims;
    format!("expected images or signals in a batch, found {dims:?}")
}

/// Returns `values`, one for each of one or two dimensions, as (height, width). The height of a signal is `single`.
pub fn pair(
    name: &str,
    values: Option<Vec<usize>>,
    spatial: usize,
    single: usize,
) -> Result<[usize; 2], String> {
    let values = values.unwrap_or_else(|| vec![single; spatial]);
    match (spatial, values.as_slice()) {
        (1, &[width]) => Ok([single, width]),
        (2, &[height, width]) => Ok([height, width]),
        _ => Err(format!(
            "expected {spatial} values of {name}, found {values:?}"
        )),
    }
}

/// Returns the window of `node` on `maps`.
pub fn window(node: &Node, maps: &Maps, kernel: [usize; 2]) -> Result<Window, String> {
    let spatial = maps.spatial;
    let stride = pair("strides", node.sizes("strides")?, spatial, 1)?;
    let dilation = pair("dilations", node.sizes("dilations")?, spatial, 1)?;
    let mut window = Window {
        kernel,
        stride,
        dilation,
        padding: Padding::default(),
        rounding: Rounding::Floor,
    };
    window.check().map_err(|error| error.to_string())?;
    window.padding = padding(node, maps, &window)?;
    Ok(window)
}

/// Returns the padding that `auto_pad` or `pads` give.
fn padding(node: &Node, maps: &Maps, window: &Window) -> Result<Padding, String> {
    let auto = node.text("auto_pad", "NOTSET")?;
    match auto.as_str() {
        "NOTSET" | "" => explicit(node, maps.spatial),
        "VALID" => Ok(Padding::default()),
        "SAME_UPPER" | "SAME_LOWER" => {
            let total = |axis: usize| {
                let size = maps.sides[axis];
                let stride = window.stride[axis];
                let steps = size.div_ceil(stride).saturating_sub(1);
                (steps * stride + window.extent(axis)).saturating_sub(size)
            };
            Ok(halves([total(0), total(1)], auto == "SAME_UPPER"))
        }
        other => Err(format!("auto_pad {other} is not known")),
    }
}

/// Divides a padding (height, width) between both sides. An odd pixel is after the image if `is_upper`.
pub fn halves(total: [usize; 2], is_upper: bool) -> Padding {
    let before = |total: usize| match is_upper {
        true => total / 2,
        false => total.div_ceil(2),
    };
    Padding {
        top: before(total[0]),
        left: before(total[1]),
        bottom: total[0] - before(total[0]),
        right: total[1] - before(total[1]),
    }
}

fn explicit(node: &Node, spatial: usize) -> Result<Padding, String> {
    let Some(pads) = node.sizes("pads")? else {
        return Ok(Padding::default());
    };
    match (spatial, pads.as_slice()) {
        (1, &[left, right]) => Ok(Padding {
            left,
            right,
            ..Padding::default()
        }),
        (2, &[top, left, bottom, right]) => Ok(Padding {
            top,
            left,
            bottom,
            right,
        }),
        _ => Err(format!("expected {} pads, found {pads:?}", 2 * spatial)),
    }
}
