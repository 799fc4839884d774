//! A permutation of axes, by the index of each value.

/// Where the values of a transposed tensor come from.
pub(crate) struct Permutation {
    /// For each axis of the result, outermost first: its extent, and the distance of neighbours in the source.
    axes: Vec<(usize, usize)>,
}

impl Permutation {
    /// Creates the permutation of a tensor with these `extents`: axis `i` of the result is axis `axes[i]`.
    pub(crate) fn new(extents: &[usize], axes: &[usize]) -> Self {
        let stride = |axis: usize| extents[axis + 1..].iter().product();
        let axes = axes.iter().map(|&axis| (extents[axis], stride(axis)));
        Self {
            axes: axes.collect(),
        }
    }

    /// Returns the index in the source of the value at `index` of the result.
    pub(crate) fn source(&self, mut index: usize) -> usize {
        let mut source = 0;
        for &(extent, stride) in self.axes.iter().rev() {
            source += index % extent * stride;
            index /= extent;
        }
        source
    }
}
