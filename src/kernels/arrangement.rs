//! A tensor of any rank in memory.

use super::{QUAD, View};
use crate::graph::Op;
use crate::tensor::{Dims, Layout, MAX_DIMS, Shape, Strided};

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
pub type Steps = Vec<(usize, isize)>;

/// The place of values in memory.
pub struct Source {
    /// The index of the first value.
    pub begin: usize,
    /// The axes of the values.
    pub steps: Steps,
}

impl Source {
    /// Returns what steps along `numbers` add to the index, where `numbers` are axes over the logical order. Returns
    /// `None` if the axes of the two do not divide each other, as the rows of 6 values and the rows of 4 values.
    pub fn along(&self, numbers: &Steps) -> Option<Steps> {
        let mut steps = Steps::new();
        for &(mut extent, stride) in numbers {
            let mut stride = usize::try_from(stride).ok()?;
            let mut inner = 1;
            for &(own_extent, own_stride) in &self.steps {
                let outer = inner * own_extent;
                if stride < outer && extent > 1 {
                    if !stride.is_multiple_of(inner) || !outer.is_multiple_of(stride) {
                        return None;
                    }
                    let part = extent.min(outer / stride);
                    if !extent.is_multiple_of(part) {
                        return None;
                    }
                    steps.push((part, own_stride * (stride / inner) as isize));
                    extent /= part;
                    stride = outer;
                }
                inner = outer;
            }
        }
        Some(merged(steps.into_iter()))
    }
}

impl Arrangement {
    /// Returns the shape of one image in memory; see [`Layout::shape`].
    pub fn shape(&self) -> Shape {
        self.layout.shape(&self.dims)
    }

    /// Returns where the values of the result of `op` are in the memory of `view`, in the logical order of the result. If
    /// `op` does not move values along axes, its result has the logical order of this tensor.
    pub fn source(&self, op: &Op, view: &View, images: usize) -> Source {
        let strides = self.strides(view);
        let (image, strides) = (strides[0], &strides[1..self.dims.rank()]);
        let extents = &self.dims[1..];
        let dense = || Strided {
            begin: 0,
            axes: extents
                .iter()
                .zip(strides)
                .map(|(&extent, &stride)| (extent, stride as isize))
                .collect(),
        };
        let strided = op.strided(extents, strides).unwrap_or_else(dense);
        let axes = strided.axes.iter().rev().copied();
        Source {
            begin: strided.begin,
            steps: merged(axes.chain([(images, image as isize)])),
        }
    }

    /// Returns the distance in the memory of `view` between neighbours along each axis, in values.
    pub fn strides(&self, view: &View) -> [usize; MAX_DIMS] {
        self.layout.strides(&self.dims, view.pitch * QUAD)
    }

    /// Returns the pixel axes and the channel axes in the order of memory. `stride` returns what one step along an axis adds
    /// to an index.
    pub fn steps(&self, images: usize, stride: impl Fn(usize) -> isize) -> [Steps; 2] {
        let pixels = self.layout.pixels().rev().chain([0]);
        let channels = self.layout.channels().rev();
        [
            merged(pixels.map(|axis| (self.extent(axis, images), stride(axis)))),
            merged(channels.map(|axis| (self.dims[axis], stride(axis)))),
        ]
    }

    /// Returns the same with the distance of neighbours in logical order.
    pub fn logical_steps(&self, images: usize) -> [Steps; 2] {
        self.steps(images, |axis| {
            let after: usize = self.dims[axis + 1..].iter().product();
            after as isize
        })
    }

    fn extent(&self, axis: usize, images: usize) -> usize {
        match axis {
            0 => images,
            axis => self.dims[axis],
        }
    }
}

/// Leaves out axes of one value, and makes one axis of two axes that one stride goes through.
fn merged(axes: impl Iterator<Item = (usize, isize)>) -> Steps {
    let mut steps = Steps::new();
    for (extent, stride) in axes.filter(|&(extent, _)| extent > 1) {
        match steps.last_mut() {
            Some((inner, inner_stride)) if *inner as isize * *inner_stride == stride => {
                *inner *= extent
            }
            _ => steps.push((extent, stride)),
        }
    }
    steps
}
