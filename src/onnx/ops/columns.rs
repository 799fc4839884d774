//! The sum of windows at their places in an image. It is a transposed convolution, in which each value of a window goes to
//! one place.

use super::Operation;
use super::composed::{Parts, int, ints, list};
use crate::onnx::array::{Array, MOST_VALUES};
use crate::onnx::build::{Builder, Node, Value};
use crate::onnx::data_type::DataType;

/// Extents, strides, dilations and pads are smaller.
const MOST_EXTENT: usize = 1 << 16;

pub const OPERATIONS: &[Operation] = &[Operation::of_images(
    "Col2Im",
    &[18],
    &["dilations", "pads", "strides"],
    image_of_columns,
)];

fn image_of_columns(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let x = node.input(0)?;
    let sizes = |index| {
        let found = builder.ints(node, index)?;
        let found = found.ok_or_else(|| format!("expected input {}, found none", index + 1))?;
        let sizes = found.iter().map(|&size| usize::try_from(size).ok());
        let sizes: Option<Vec<usize>> = sizes.collect();
        let small = sizes.filter(|sizes| sizes.iter().all(|size| (1..MOST_EXTENT).contains(size)));
        small.ok_or_else(|| format!("expected extents, found {found:?}"))
    };
    let (image, block) = (sizes(1)?, sizes(2)?);
    let rank = image.len();
    let strides = node.sizes("strides")?.unwrap_or_else(|| vec![1; rank]);
    let dilations = node.sizes("dilations")?.unwrap_or_else(|| vec![1; rank]);
    let pads = node.sizes("pads")?.unwrap_or_else(|| vec![0; 2 * rank]);
    let are_whole = [&block, &strides, &dilations]
        .iter()
        .all(|all| all.len() == rank);
    let mut others = strides.iter().chain(&dilations).chain(&pads);
    if let Some(large) = others.find(|&&number| number >= MOST_EXTENT) {
        return Err(format!(
            "expected numbers below {MOST_EXTENT}, found {large}"
        ));
    }
    let taps = block.iter().copied().fold(1, usize::saturating_mul);
    let (&[images, values, columns], true) = (x.dims(), are_whole && pads.len() == 2 * rank) else {
        return Err(format!("expected columns of windows, found {:?}", x.dims()));
    };
    // The places of windows along each axis, and the values that the last window leaves.
    let (mut counts, mut rest) = (Vec::new(), Vec::new());
    for axis in 0..rank {
        let padded = image[axis] + pads[axis] + pads[axis + rank];
        let span = (block[axis] - 1) * dilations[axis] + 1;
        let free = padded.checked_sub(span).filter(|_| strides[axis] > 0);
        let free = free.ok_or_else(|| format!("windows of {block:?} do not fit {image:?}"))?;
        counts.push(free / strides[axis] + 1);
        rest.push(free % strides[axis]);
    }
    if !values.is_multiple_of(taps) || counts.iter().product::<usize>() != columns {
        return Err(format!(
            "expected {columns} windows of {block:?} in {image:?}, found {counts:?}"
        ));
    }
    if values.saturating_mul(taps) > MOST_VALUES {
        return Err(format!("windows of {values} values are too many"));
    }
    let mut weight = vec![0.0; values * taps];
    for value in 0..values {
        weight[value * taps + value % taps] = 1.0;
    }
    let dims = [&[values, 1], &block[..]].concat();
    let weight = Value::known(Array::floats(DataType::F32, dims, weight));
    let mut parts = Parts::new(builder, node);
    let dims = [&[images, values], &counts[..]].concat();
    let x = parts.add("Reshape", &[x, &list(&dims)], &[])?;
    let attributes = [
        ints("strides", &strides),
        ints("dilations", &dilations),
        ints("pads", &pads),
        ints("output_padding", &rest),
        int("group", (values / taps) as i64),
    ];
    Ok(vec![parts.add(
        "ConvTranspose",
        &[&x, &weight],
        &attributes,
    )?])
}
