//! Products of a matrix with the values along one axis, as convolutions of one pixel.

use super::join::{inverse, to_front};
use crate::graph::{Conv2d, Op, ValueId, Window};
use crate::onnx::build::Builder;

/// Multiplies the values of `id` along `axis` of our graph by the matrix `weight` (`[out, in]`), and adds `bias`.
pub fn multiplied(
    builder: &mut Builder<'_>,
    id: ValueId,
    axis: usize,
    weight: ValueId,
    bias: Option<ValueId>,
) -> Result<ValueId, String> {
    let (image, order) = with_channels(builder, id, axis)?;
    let &[outputs, inputs] = builder.extents(weight).as_slice() else {
        return Err("expected a matrix".to_owned());
    };
    let weight = builder.view(weight, &[outputs, inputs, 1, 1])?;
    let op = Op::Conv2d(Conv2d {
        window: Window::square(1, 1),
        groups: 1,
    });
    let result = builder.ops(op, vec![Some(image), Some(weight), bias])?[0];
    order.restored(builder, result)
}

/// The axes of a value whose channels were moved to the front.
pub struct Order {
    axes: Vec<usize>,
    /// The extents in the new order, without the channels.
    rest: Vec<usize>,
}

/// Returns `id` as an image with axis `axis` as channels.
pub fn with_channels(
    builder: &mut Builder<'_>,
    id: ValueId,
    axis: usize,
) -> Result<(ValueId, Order), String> {
    let extents = builder.extents(id);
    let axes = to_front(axis, extents.len());
    let moved = builder.permuted(id, &axes)?;
    let rest: Vec<usize> = axes[1..].iter().map(|&axis| extents[axis]).collect();
    let (rows, columns) = match rest.as_slice() {
        [] => (1, 1),
        [first @ .., last] => (first.iter().product(), *last),
    };
    let image = builder.view(moved, &[extents[axis], rows, columns])?;
    Ok((image, Order { axes, rest }))
}

impl Order {
    /// Returns the result `id`, an image of any number of channels, with the axes in their former order.
    pub fn restored(&self, builder: &mut Builder<'_>, id: ValueId) -> Result<ValueId, String> {
        let mut extents = vec![builder.extents(id)[0]];
        extents.extend(&self.rest);
        let id = builder.view(id, &extents)?;
        builder.permuted(id, &inverse(&self.axes))
    }
}
