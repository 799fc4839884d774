//! Convolutions.

use super::Operation;
use super::stacked;
use super::window::{Maps, halves, pair, window};
use crate::graph::{Conv2d, ConvTranspose2d, Op, Padding, ValueId};
use crate::onnx::build::{Builder, Node, Value};

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images(
        "Conv",
        &[1, 11, 22],
        &[
            "auto_pad",
            "dilations",
            "group",
            "kernel_shape",
            "pads",
            "strides",
        ],
        conv,
    ),
    Operation::of_images(
        "ConvTranspose",
        &[1, 11, 22],
        &[
            "auto_pad",
            "dilations",
            "group",
            "kernel_shape",
            "output_padding",
            "output_shape",
            "pads",
            "strides",
        ],
        conv_transpose,
    ),
];

fn conv(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    if let Some(results) = stacked::convolved(builder, node)? {
        return Ok(results);
    }
    let maps = Maps::of(builder, node.input(0)?)?;
    let (weight, kernel) = weight(builder, node, &maps)?;
    let op = Conv2d {
        window: window(node, &maps, kernel)?,
        groups: groups(node)?,
    };
    let bias = bias(builder, node)?;
    let results = builder.ops(Op::Conv2d(op), vec![Some(maps.id), Some(weight), bias])?;
    maps.result(builder, results[0])
}

fn conv_transpose(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let maps = Maps::of(builder, node.input(0)?)?;
    let (weight, kernel) = weight(builder, node, &maps)?;
    let spatial = maps.spatial;
    let output_padding = pair("output_padding", node.sizes("output_padding")?, spatial, 0)?;
    let mut window = window(node, &maps, kernel)?;
    if let Some(shape) = output_size(node, &maps, window.stride)? {
        let total = |axis: usize| {
            let whole = (maps.sides[axis] - 1) * window.stride[axis] + window.extent(axis);
            let whole = whole + output_padding[axis];
            whole.checked_sub(shape[axis]).ok_or_else(|| {
                format!(
                    "expected an output of at most {whole}, found {}",
                    shape[axis]
                )
            })
        };
        let is_upper = node.text("auto_pad", "NOTSET")? == "SAME_UPPER";
        window.padding = halves([total(0)?, total(1)?], is_upper);
    } else if node.text("auto_pad", "NOTSET")? == "VALID" {
        window.padding = Padding::default();
    }
    let op = ConvTranspose2d {
        window,
        output_padding,
        groups: groups(node)?,
    };
    let bias = bias(builder, node)?;
    let results = builder.ops(
        Op::ConvTranspose2d(op),
        vec![Some(maps.id), Some(weight), bias],
    )?;
    maps.result(builder, results[0])
}

/// Returns the output size that the padding follows from, if the file gives one instead of the padding.
fn output_size(node: &Node, maps: &Maps, stride: [usize; 2]) -> Result<Option<[usize; 2]>, String> {
    if let Some(shape) = node.sizes("output_shape")? {
        // Some exporters write the extents of the batch and the channels, too.
        let sides = shape[shape.len().saturating_sub(maps.spatial)..].to_vec();
        return pair("output_shape", Some(sides), maps.spatial, 1).map(Some);
    }
    let is_same = node.text("auto_pad", "NOTSET")?.starts_with("SAME");
    Ok(is_same.then(|| [0, 1].map(|axis| maps.sides[axis] * stride[axis])))
}

/// Returns the weight with a height and a width, and these.
fn weight(
    builder: &mut Builder<'_>,
    node: &Node,
    maps: &Maps,
) -> Result<(ValueId, [usize; 2]), String> {
    let weight = builder.tensor(node.input(1)?)?;
    let (spatial, dims) = (maps.spatial, weight.dims.clone());
    if dims.len() != spatial + 2 {
        return Err(format!(
            "expected a weight of {} axes, found {dims:?}",
            spatial + 2
        ));
    }
    let kernel = pair("kernel_shape", Some(dims[2..].to_vec()), spatial, 1)?;
    if let Some(stated) = node.sizes("kernel_shape")?
        && stated != dims[2..]
    {
        return Err(format!(
            "expected a weight with a kernel of {stated:?}, found {dims:?}"
        ));
    }
    let id = builder.view(weight.id, &[dims[0], dims[1], kernel[0], kernel[1]])?;
    Ok((id, kernel))
}

fn bias(builder: &mut Builder<'_>, node: &Node) -> Result<Option<ValueId>, String> {
    let Some(bias) = node.optional(2) else {
        return Ok(None);
    };
    Ok(Some(builder.tensor(bias)?.id))
}

fn groups(node: &Node) -> Result<usize, String> {
    let groups = node.int("group", 1)?;
    usize::try_from(groups).map_err(|_| format!("expected groups of at least 1, found {groups}"))
}
