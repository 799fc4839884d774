//! Pooling.

use super::Operation;
use super::volume_pool;
use super::window::{Maps, pair, window};
use crate::graph::{AveragePool, GlobalAveragePool, MaxPool, Op, Rounding, Window};
use crate::onnx::build::{Builder, Node, Value};

const ATTRIBUTES: &[&str] = &[
    "auto_pad",
    "ceil_mode",
    "count_include_pad",
    "dilations",
    "kernel_shape",
    "pads",
    "strides",
];

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images(
        "AveragePool",
        &[1, 7, 10, 11, 19, 22],
        ATTRIBUTES,
        average_pool,
    ),
    Operation::of_images(
        "MaxPool",
        &[1, 8, 10, 11, 12, 22],
        &[
            "auto_pad",
            "ceil_mode",
            "dilations",
            "kernel_shape",
            "pads",
            "storage_order",
            "strides",
        ],
        max_pool,
    ),
    Operation::of_images("GlobalAveragePool", &[1, 22], &[], global_average_pool),
];

fn average_pool(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    if let Some(results) = volume_pool::pooled(builder, node)? {
        return Ok(results);
    }
    let maps = Maps::of_channels(builder, node.input(0)?)?;
    let window = pooling(node, &maps)?;
    let count_padding = node.flag("count_include_pad", false)?;
    let op = |window| {
        Op::AveragePool(AveragePool {
            window,
            count_padding,
        })
    };
    pooled(builder, &maps, window, op)
}

fn max_pool(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    node.expect_results(1)?;
    // The order of the indices that nothing reads.
    node.int("storage_order", 0)?;
    if let Some(results) = volume_pool::pooled(builder, node)? {
        return Ok(results);
    }
    let maps = Maps::of_channels(builder, node.input(0)?)?;
    let window = pooling(node, &maps)?;
    pooled(builder, &maps, window, |window| {
        Op::MaxPool(MaxPool { window })
    })
}

pub fn pooling(node: &Node, maps: &Maps) -> Result<Window, String> {
    let Some(kernel) = node.sizes("kernel_shape")? else {
        return Err("expected kernel_shape, found none".to_owned());
    };
    let kernel = pair("kernel_shape", Some(kernel), maps.spatial, 1)?;
    let mut window = window(node, maps, kernel)?;
    if node.flag("ceil_mode", false)? {
        window.rounding = Rounding::Ceil;
    }
    Ok(window)
}

fn pooled(
    builder: &mut Builder<'_>,
    maps: &Maps,
    window: Window,
    op: impl Fn(Window) -> Op,
) -> Result<Vec<Value>, String> {
    let id = builder.op(op(window), &[maps.id])?;
    maps.result(builder, id)
}

fn global_average_pool(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let value = builder.tensor(node.input(0)?)?;
    let (&[images, channels, ref sides @ ..], true) = (&*value.dims, value.rank() > 2) else {
        return Err(format!("expected images, found {:?}", value.dims));
    };
    // Images along an axis of our graph are further channels.
    let all = match value.has_images {
        true => channels,
        false => images * channels,
    };
    let (first, last) = sides.split_at(sides.len() - 1);
    let id = builder.view(value.id, &[all, first.iter().product(), last[0]])?;
    let id = builder.op(Op::GlobalAveragePool(GlobalAveragePool), &[id])?;
    let mut extents = vec![1; value.rank()];
    extents[..2].copy_from_slice(&[images, channels]);
    let id = builder.view(id, &extents[usize::from(value.has_images)..])?;
    builder.like(id, &value)
}
