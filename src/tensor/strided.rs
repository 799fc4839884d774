//! The values of a tensor in the order of another one.

/// Where the values of a result come from: from the index `begin` of the source, one step along an axis of the result adds
/// the stride of that axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Strided {
    /// The index of the first value.
    pub(crate) begin: usize,
    /// The extent and the stride of each axis of the result, outermost first.
    pub(crate) axes: Vec<(usize, isize)>,
}

impl Strided {
    /// Returns the index in the source of the value at `index` of the result, in the order of its extents.
    pub(crate) fn source(&self, mut index: usize) -> usize {
        let mut source = self.begin as isize;
        for &(extent, stride) in self.axes.iter().rev() {
            source += (index % extent) as isize * stride;
            index /= extent;
        }
        source as usize
    }
}

/// Returns the distance of neighbours along each axis of a tensor with these `extents`, without gaps.
pub(crate) fn dense_strides(extents: &[usize]) -> Vec<usize> {
    let after = |axis: usize| extents[axis + 1..].iter().product();
    (0..extents.len()).map(after).collect()
}
