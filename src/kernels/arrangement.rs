//! A tensor of any rank in memory.

use super::{QUAD, View};
use crate::tensor::{Dims, Layout, Shape};

/// The extents of a tensor for one image, and the order of its values in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrangement {
    /// The extents. The image axis is 1.
    pub dims: Dims,
    /// The order in memory.
    pub layout: Layout,
}

/// Axes as shaders count through them, innermost first: the extent of each axis, and what one step along it adds to an
/// index.
pub type Steps = Vec<(usize, usize)>;

impl Arrangement {
    /// Returns the shape of one image in memory; see [`Layout::shape`].
    pub fn shape(&self) -> Shape {
        self.layout.shape(&self.dims)
    }

    /// Returns the transposed tensor in the same memory. Axis `i + 1` of it is axis `axes[i] + 1` of this one.
    pub fn transposed(&self, axes: &[usize]) -> Self {
        let axes: Vec<usize> = axes.iter().map(|axis| axis + 1).collect();
        Self {
            dims: self.dims.transposed(&axes),
            layout: self.layout.transposed(&axes),
        }
    }

    /// Returns the axes in logical order, each with the distance of neighbours in the memory of `view`, in values.
    pub fn memory_steps(&self, view: &View, images: usize) -> Steps {
        let strides = self.layout.strides(&self.dims, view.pitch * QUAD);
        let axes = (0..self.dims.rank()).rev();
        merged(axes.map(|axis| (self.extent(axis, images), strides[axis])))
    }

    /// Returns the pixel axes in the order of memory, each with the distance of neighbours in logical order.
    pub fn pixel_steps(&self, images: usize) -> Steps {
        let axes = self.layout.pixels().rev().chain([0]);
        merged(axes.map(|axis| (self.extent(axis, images), self.logical_stride(axis))))
    }

    /// Returns the channel axes in the order of memory, each with the distance of neighbours in logical order.
    pub fn channel_steps(&self) -> Steps {
        let axes = self.layout.channels().rev();
        merged(axes.map(|axis| (self.dims[axis], self.logical_stride(axis))))
    }

    fn extent(&self, axis: usize, images: usize) -> usize {
        match axis {
            0 => images,
            axis => self.dims[axis],
        }
    }

    fn logical_stride(&self, axis: usize) -> usize {
        self.dims[axis + 1..].iter().product()
    }
}

/// Leaves out axes of one value, and makes one axis of two axes that one stride goes through.
fn merged(axes: impl Iterator<Item = (usize, usize)>) -> Steps {
    let mut steps = Steps::new();
    for (extent, stride) in axes.filter(|&(extent, _)| extent > 1) {
        match steps.last_mut() {
            Some((inner, inner_stride)) if *inner * *inner_stride == stride => *inner *= extent,
            _ => steps.push((extent, stride)),
        }
    }
    steps
}
