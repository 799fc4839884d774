//! Pooling of volumes along some of their axes. Depth that is not pooled is further channels, and images of which no axis
//! is pooled are one axis: exporters write local response normalisation in this way.

use super::composed::{Parts, int, ints, list};
use super::stacked::{Windows, windows};
use crate::onnx::build::{Builder, Node, Value};

/// Returns the pooling `node`, or `None` if its values are no volumes, or all axes are pooled.
pub fn pooled(builder: &mut Builder<'_>, node: &Node) -> Result<Option<Vec<Value>>, String> {
    let x = node.input(0)?;
    let (&[images, channels, depth, height, width], Some(kernel)) =
        (x.dims(), node.sizes("kernel_shape")?)
    else {
        return Ok(None);
    };
    if kernel.len() != 3 {
        return Ok(None);
    }
    let Some(windows) = windows(node, &kernel)? else {
        return Ok(None);
    };
    let is_trivial: Vec<bool> = windows.iter().map(Windows::is_trivial).collect();
    let mut parts = Parts::new(builder, node);
    let (joined, pooled) = match is_trivial[..] {
        [_, true, true] => ([images, channels, depth, height * width], [0, 1]),
        [true, _, _] => ([images, channels * depth, height, width], [1, 2]),
        _ => return Ok(None),
    };
    let x = parts.add("Reshape", &[x, &list(&joined)], &[])?;
    let each = |value: fn(&Windows) -> usize| pooled.map(|axis| value(&windows[axis]));
    let [before, after] = [0, 1].map(|side| pooled.map(|axis| windows[axis].padding[side]));
    let mut attributes = vec![
        ints("kernel_shape", &each(|window| window.kernel)),
        ints("strides", &each(|window| window.stride)),
        ints("dilations", &each(|window| window.dilation)),
        ints("pads", &[before, after].concat()),
        int("ceil_mode", node.int("ceil_mode", 0)?),
    ];
    let kept = node.attributes.iter();
    attributes.extend(
        kept.filter(|kept| kept.name == "count_include_pad")
            .cloned(),
    );
    let y = parts.add(node.operation.name, &[&x], &attributes)?;
    let &[_, _, first, second] = y.dims() else {
        return Err(format!("expected images, found {:?}", y.dims()));
    };
    let dims = match pooled {
        [0, _] => [images, channels, first, height, width],
        _ => [images, channels, depth, first, second],
    };
    Ok(Some(vec![parts.add(
        "Reshape",
        &[&y, &list(&dims)],
        &[],
    )?]))
}
