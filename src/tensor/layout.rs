//! The order of a tensor's values in the memory of a device.

use std::fmt;

use super::{Dims, MAX_DIMS, Shape};

/// Which axes of a tensor are pixels and which are channels, both in the order of memory.
///
/// Devices store pixels one after the other, and the channels of a pixel in quads: groups of four, filled up with zeros.
/// The image axis is the outermost pixel axis and is not listed. So `(2, 3 | 1)` is an image `[images, channels, height,
/// width]` with its channels last, and `(| 1, 2, 3)` is the same image as one vector of values.
///
/// ```
/// use menagerie::tensor::{Dims, Layout, Shape};
///
/// let image = Dims::new(&[1, 3, 4, 5])?;
/// let layout = Layout::channels_last(image.rank());
/// assert_eq!(layout.to_string(), "(2, 3 | 1)");
/// assert_eq!(layout.shape(&image), Shape::new(3, 4, 5));
///
/// // Moving the channels to the end moves no value in memory.
/// assert_eq!(layout.transposed(&[2, 3, 1]).to_string(), "(1, 2 | 3)");
/// # Ok::<(), menagerie::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Layout {
    /// The axes but the image axis: pixels, then channels, each outermost first.
    order: [u8; MAX_DIMS],
    /// Number of axes in `order`.
    len: u8,
    /// Number of pixel axes.
    pixels: u8,
}

impl Layout {
    /// Returns the layout with channels last for tensors of `rank` axes, the image axis included: axis 1 is the channels,
    /// and all others are pixels.
    pub fn channels_last(rank: usize) -> Self {
        let channels = 1..rank.min(2);
        Self::of(2..rank, channels)
    }

    /// Returns the layout with these axes. Each axis but the image axis, which is 0, occurs once.
    pub(crate) fn of(
        pixels: impl IntoIterator<Item = usize>,
        channels: impl IntoIterator<Item = usize>,
    ) -> Self {
        let mut layout = Self {
            order: [0; MAX_DIMS],
            len: 0,
            pixels: 0,
        };
        for axis in pixels {
            layout.push(axis);
        }
        layout.pixels = layout.len;
        for axis in channels {
            layout.push(axis);
        }
        layout
    }

    fn push(&mut self, axis: usize) {
        self.order[usize::from(self.len)] = axis as u8;
        self.len += 1;
    }

    /// Returns the pixel axes, outermost first, without the image axis.
    pub fn pixels(&self) -> impl DoubleEndedIterator<Item = usize> + Clone {
        let axes = self.order[..usize::from(self.pixels)].iter();
        axes.map(|&axis| usize::from(axis))
    }

    /// Returns the channel axes, outermost first.
    pub fn channels(&self) -> impl DoubleEndedIterator<Item = usize> + Clone {
        let axes = self.order[usize::from(self.pixels)..usize::from(self.len)].iter();
        axes.map(|&axis| usize::from(axis))
    }

    /// Returns the number of axes of the tensors that can have this layout, the image axis included.
    pub fn rank(&self) -> usize {
        usize::from(self.len) + 1
    }

    /// Returns how memory holds one image of a tensor of `dims`: the last pixel axis is the width, the other pixel axes
    /// are the height, and all channel axes are the channels.
    pub fn shape(&self, dims: &Dims) -> Shape {
        let mut pixels = self.pixels().map(|axis| dims[axis]);
        let width = pixels.next_back().unwrap_or(1);
        Shape {
            channels: self.channels().map(|axis| dims[axis]).product(),
            height: pixels.product(),
            width,
        }
    }

    /// Returns the distance in memory between neighbours along each axis of a tensor of `dims`, in values, if pixels are
    /// `pitch` values apart.
    pub fn strides(&self, dims: &Dims, pitch: usize) -> [usize; MAX_DIMS] {
        let mut strides = [0; MAX_DIMS];
        let mut stride = 1;
        for axis in self.channels().rev() {
            strides[axis] = stride;
            stride *= dims[axis];
        }
        stride = pitch;
        for axis in self.pixels().rev() {
            strides[axis] = stride;
            stride *= dims[axis];
        }
        strides[0] = stride;
        strides
    }

    /// Returns the layout of the transposed tensor that has the same memory. Axis `i + 1` of the result is axis `axes[i]`
    /// of the tensor.
    pub fn transposed(&self, axes: &[usize]) -> Self {
        let moved = |axis| axes.iter().position(|&from| from == axis).unwrap_or(0) + 1;
        Self::of(self.pixels().map(moved), self.channels().map(moved))
    }

    /// Returns the layout of a tensor of `to` that has the values of a tensor of `from` in the same logical order and the
    /// same memory, or `None` if no layout has.
    pub fn reshaped(&self, from: &Dims, to: &Dims) -> Option<Self> {
        let mut pixels: Vec<usize> = Vec::new();
        let mut channels: Vec<usize> = Vec::new();
        // The new axes that replace each old axis in memory. Axes of one value can be anywhere.
        let mut replacements: Vec<Vec<usize>> = vec![Vec::new(); from.rank()];
        for (old, new) in groups(from, to) {
            let old: Vec<usize> = old.filter(|&axis| from[axis] > 1).collect();
            match old.split_first() {
                Some((&first, _)) => {
                    if !self.are_adjacent(&old, from) {
                        return None;
                    }
                    replacements[first].extend(new);
                }
                None => pixels.extend(new),
            }
        }
        pixels.extend(self.pixels().flat_map(|axis| replacements[axis].clone()));
        channels.extend(self.channels().flat_map(|axis| replacements[axis].clone()));
        let layout = Self::of(pixels, channels);
        Some(layout.simplified(to))
    }

    /// Returns whether `axes` follow each other in memory, all as pixels or all as channels. Axes of one value between
    /// them do not count.
    fn are_adjacent(&self, axes: &[usize], dims: &Dims) -> bool {
        let follow = |mut all: Vec<usize>| {
            all.retain(|&axis| dims[axis] > 1);
            all.windows(axes.len()).any(|window| window == axes)
        };
        follow(self.pixels().collect()) || follow(self.channels().collect())
    }

    /// Returns whether both layouts are the same memory for a tensor of `dims`.
    pub fn is_same(&self, other: &Self, dims: &Dims) -> bool {
        let wide = |axis: &usize| dims[*axis] > 1;
        self.pixels().filter(wide).eq(other.pixels().filter(wide))
            && (self.channels().filter(wide)).eq(other.channels().filter(wide))
    }

    /// Returns the layout with channels last if it is the same memory, and otherwise this layout.
    pub fn simplified(self, dims: &Dims) -> Self {
        let usual = Self::channels_last(dims.rank());
        match self.is_same(&usual, dims) {
            true => usual,
            false => self,
        }
    }
}

/// Returns the smallest ranges of axes of `from` and `to` that have the same number of values, without the image axis.
fn groups(from: &Dims, to: &Dims) -> Vec<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    let mut groups = Vec::new();
    let (mut old, mut new) = (1..1, 1..1);
    let count = |dims: &Dims, range: &std::ops::Range<usize>| -> usize {
        dims[range.clone()].iter().product()
    };
    while old.end < from.rank() || new.end < to.rank() {
        let (a, b) = (count(from, &old), count(to, &new));
        let is_old_shorter = a < b || a == b && old.end < from.rank();
        match is_old_shorter && old.end < from.rank() {
            true => old.end += 1,
            false => new.end += 1,
        }
        if count(from, &old) == count(to, &new) {
            groups.push((old.clone(), new.clone()));
            (old, new) = (old.end..old.end, new.end..new.end);
        }
    }
    groups
}

/// `(2, 3 | 1)`
impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = |axes: Vec<usize>| {
            let axes: Vec<String> = axes.iter().map(usize::to_string).collect();
            axes.join(", ")
        };
        let pixels = listed(self.pixels().collect());
        let channels = listed(self.channels().collect());
        let text = format!("({pixels} | {channels})");
        f.write_str(&text.replace("( ", "(").replace(" )", ")"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dims(extents: &[usize]) -> Dims {
        Dims::new(extents).unwrap()
    }

    /// The places in memory of all values of one image, in logical order.
    fn places(layout: Layout, dims: &Dims) -> Vec<usize> {
        let shape = layout.shape(dims);
        let strides = layout.strides(dims, shape.channels.next_multiple_of(4));
        (0..dims.count())
            .map(|mut index| {
                let mut place = 0;
                for axis in (0..dims.rank()).rev() {
                    place += index % dims[axis] * strides[axis];
                    index /= dims[axis];
                }
                place
            })
            .collect()
    }

    #[test]
    fn a_reshaping_keeps_each_value_in_its_place() {
        let image = Layout::channels_last(4);
        let transposed = image.transposed(&[2, 3, 1]);
        for (layout, from, to, expected) in [
            (image, &[1, 6, 2, 5][..], &[1, 6, 10][..], Some("(2 | 1)")),
            (
                image,
                &[1, 6, 2, 5],
                &[1, 2, 3, 2, 5],
                Some("(3, 4 | 1, 2)"),
            ),
            (
                image,
                &[1, 6, 2, 5],
                &[1, 6, 2, 1, 5, 1],
                Some("(2, 3, 4, 5 | 1)"),
            ),
            (image, &[1, 6, 2, 5], &[1, 1, 6, 10], Some("(3 | 1, 2)")),
            (image, &[1, 6, 2, 5], &[1, 60], None),
            (image, &[1, 6, 2, 5], &[1, 12, 5], None),
            (image, &[1, 6, 1, 1], &[1, 6], Some("(| 1)")),
            (image, &[1, 1, 2, 5], &[1, 10], Some("(1 |)")),
            (transposed, &[1, 2, 5, 6], &[1, 10, 6], Some("(1 | 2)")),
            (transposed, &[1, 2, 5, 6], &[1, 2, 30], None),
            (
                Layout::channels_last(2),
                &[1, 6],
                &[1, 2, 3],
                Some("(| 1, 2)"),
            ),
        ] {
            let (from, to) = (dims(from), dims(to));
            let reshaped = layout.reshaped(&from, &to);
            let text = reshaped.map(|layout| layout.to_string());
            assert_eq!(text.as_deref(), expected, "{layout} of {from} as {to}");
            if let Some(reshaped) = reshaped {
                assert_eq!(
                    places(layout, &from),
                    places(reshaped, &to),
                    "{from} as {to}"
                );
            }
        }
    }

    #[test]
    fn a_transposition_keeps_each_value_in_its_place() {
        let layout = Layout::channels_last(4);
        let (from, to) = (dims(&[1, 2, 3, 5]), dims(&[1, 5, 2, 3]));
        let (old, new) = (
            places(layout, &from),
            places(layout.transposed(&[3, 1, 2]), &to),
        );
        for (index, &place) in old.iter().enumerate() {
            let (a, b, c) = (index / 15, index / 5 % 3, index % 5);
            assert_eq!(place, new[(c * 2 + a) * 3 + b]);
        }
    }
}
