//! Convolutions of several images that are an axis of our graph, as after windows of an image became images. They are
//! stacked into one image, each below the other, so far apart that no window that counts has rows of two of them. A
//! convolution of volumes with a kernel of one value along an axis is one of such images.

use super::composed::{Parts, int, ints, list};
use crate::onnx::build::{Builder, Node, Value};

/// Windows along an axis: the extent, stride and distance of their values, and the padding on both sides.
pub struct Windows {
    pub kernel: usize,
    pub stride: usize,
    pub dilation: usize,
    pub padding: [usize; 2],
}

impl Windows {
    /// The values between the first and the last of a window, both included.
    fn span(&self) -> usize {
        (self.kernel - 1) * self.dilation + 1
    }

    /// Returns whether there is one window for each value, and nothing else in it.
    pub fn is_trivial(&self) -> bool {
        self.kernel == 1 && self.stride == 1 && self.padding == [0, 0]
    }
}

/// Returns the windows of each axis of `node`, or `None` if they are not given by numbers that fit the weight.
pub fn windows(node: &Node, kernel: &[usize]) -> Result<Option<Vec<Windows>>, String> {
    let rank = kernel.len();
    let ones = || vec![1; rank];
    let strides = node.sizes("strides")?.unwrap_or_else(ones);
    let dilations = node.sizes("dilations")?.unwrap_or_else(ones);
    let pads = node.sizes("pads")?.unwrap_or_else(|| vec![0; 2 * rank]);
    let auto = node.text("auto_pad", "NOTSET")?;
    let is_explicit = ["NOTSET", "", "VALID"].contains(&auto.as_str());
    let is_whole = strides.len() == rank && dilations.len() == rank && pads.len() == 2 * rank;
    let is_small = |value: &usize| (1..1 << 16).contains(value);
    let are_small = [kernel, &strides, &dilations].concat().iter().all(is_small)
        && pads.iter().all(|&pad| pad < 1 << 16);
    if !(is_explicit && is_whole && are_small) {
        return Ok(None);
    }
    let pads = if auto == "VALID" {
        vec![0; 2 * rank]
    } else {
        pads
    };
    let windows = (0..rank).map(|axis| Windows {
        kernel: kernel[axis],
        stride: strides[axis],
        dilation: dilations[axis],
        padding: [pads[axis], pads[axis + rank]],
    });
    Ok(Some(windows.collect()))
}

/// Returns the convolution `node`, or `None` if its images are those of the batch, or if this is no convolution of images.
pub fn convolved(builder: &mut Builder<'_>, node: &Node) -> Result<Option<Vec<Value>>, String> {
    let (Value::Computed(x), weight) = (node.input(0)?, node.input(1)?) else {
        return Ok(None);
    };
    let spatial = x.rank().saturating_sub(2);
    if weight.rank() != x.rank() || spatial == 0 || (x.has_images && spatial < 3) {
        return Ok(None);
    }
    let Some(mut windows) = windows(node, &weight.dims()[2..])? else {
        return Ok(None);
    };
    // Images along any axis, and signals, become one axis of images, channels, rows and columns.
    let trivial = match spatial {
        3 => windows.iter().position(Windows::is_trivial),
        _ => None,
    };
    let along = trivial.map(|axis| {
        windows.remove(axis);
        axis + 2
    });
    if windows.len() > 2 {
        return Ok(None);
    }
    let mut parts = Parts::new(builder, node);
    let (mut x, mut weight) = (node.input(0)?.clone(), weight.clone());
    let batch = x.dims()[0];
    if let Some(axis) = along {
        let others = (1..x.rank()).filter(|&other| other != axis);
        let order: Vec<usize> = [0, axis].into_iter().chain(others).collect();
        x = parts.add("Transpose", &[&x], &[ints("perm", &order)])?;
        let dims = [&[batch * x.dims()[1]], &x.dims()[2..]].concat();
        x = parts.add("Reshape", &[&x, &list(&dims)], &[])?;
        let mut dims = weight.dims().to_vec();
        dims.remove(axis);
        weight = parts.add("Reshape", &[&weight, &list(&dims)], &[])?;
    }
    let y = parts.stacked(&x, &weight, &windows)?;
    let Some(axis) = along else {
        return Ok(Some(vec![y]));
    };
    let dims = [&[batch, y.dims()[0] / batch], &y.dims()[1..]].concat();
    let y = parts.add("Reshape", &[&y, &list(&dims)], &[])?;
    let mut order: Vec<usize> = (0..dims.len()).filter(|&other| other != 1).collect();
    order.insert(axis, 1);
    let y = parts.add("Transpose", &[&y], &[ints("perm", &order)])?;
    Ok(Some(vec![y]))
}

impl Parts<'_, '_> {
    /// Returns the convolution of each image of `x`, `[images, channels, rows]` with further axes.
    fn stacked(&mut self, x: &Value, weight: &Value, windows: &[Windows]) -> Result<Value, String> {
        let (rows, dims) = (&windows[0], x.dims().to_vec());
        let rank = dims.len();
        let [before, after] = rows.padding;
        let padded = dims[2] + before + after;
        let count = match padded.checked_sub(rows.span()) {
            Some(rest) => rest / rows.stride + 1,
            None => return Err(format!("a window is larger than {dims:?}")),
        };
        // Each image has whole strides of rows.
        let height = padded.next_multiple_of(rows.stride);
        let mut pads = vec![0; 2 * rank];
        (pads[2], pads[rank + 2]) = (before, height - dims[2] - before);
        let tall = self.add("Pad", &[x, &list(&pads)], &[])?;
        let order: Vec<usize> = [1, 0].into_iter().chain(2..rank).collect();
        let turned = self.add("Transpose", &[&tall], &[ints("perm", &order)])?;
        let extents = [&[1, dims[1], dims[0] * height], &dims[3..]].concat();
        let image = self.add("Reshape", &[&turned, &list(&extents)], &[])?;
        // With so many rows of zeros below, there is a window for each stride.
        let below = rows.span().saturating_sub(rows.stride);
        let y = self.convolution(&image, weight, windows, [0, below])?;
        let extents = [
            &[y.dims()[1], dims[0], height / rows.stride],
            &y.dims()[3..],
        ]
        .concat();
        let y = self.add("Reshape", &[&y, &list(&extents)], &[])?;
        let (ends, axes) = (list(&[count]), list(&[2]));
        let y = self.add("Slice", &[&y, &list(&[0]), &ends, &axes], &[])?;
        self.add("Transpose", &[&y], &[ints("perm", &order)])
    }

    /// Returns the convolution of the node with other padding of rows.
    fn convolution(
        &mut self,
        image: &Value,
        weight: &Value,
        windows: &[Windows],
        rows: [usize; 2],
    ) -> Result<Value, String> {
        let side = |side: usize| windows.iter().map(move |window| window.padding[side]);
        let mut pads: Vec<usize> = side(0).chain(side(1)).collect();
        (pads[0], pads[windows.len()]) = (rows[0], rows[1]);
        let each = |value: fn(&Windows) -> usize| windows.iter().map(value).collect::<Vec<_>>();
        let groups = self.node().int("group", 1)?;
        let attributes = [
            ints("pads", &pads),
            ints("strides", &each(|window| window.stride)),
            ints("dilations", &each(|window| window.dilation)),
            int("group", groups),
        ];
        let bias = self.node().optional(2).cloned();
        let inputs = [Some(image), Some(weight), bias.as_ref()];
        let inputs: Vec<&Value> = inputs.into_iter().flatten().collect();
        self.add("Conv", &inputs, &attributes)
    }
}
