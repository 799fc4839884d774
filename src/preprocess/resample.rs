//! Resizing in the same way as Pillow (`libImaging/Resample.c`): separable filters, with 8 bits between the passes.
//!
//! It is written here because the order of the passes and the rounding between them affect the pixels. Where a cubic
//! filter overshoots, the other order differs by 6 of 255.

use std::ops::Range;

use super::Interpolation;
use super::filter::{Filter, ROUNDING, pixel};
use super::geometry::Frame;

/// 8-bit pixels of `N` channels side by side.
pub(super) struct Pixels<'a, const N: usize> {
    pub width: usize,
    pub pixels: &'a [[u8; N]],
}

/// A resize as two filters, one after the other.
pub(crate) struct Resampling {
    /// The filter of the rows.
    pub down: Axis,
    /// The filter of the columns.
    pub across: Axis,
    /// Whether the columns are filtered before the rows.
    pub down_first: bool,
}

/// The resize of one axis: the rows or the columns.
pub(crate) struct Axis {
    /// The photo's pixels that the result depends on.
    pub seen: Range<usize>,
    /// The filter from these pixels to the result.
    pub filter: Filter,
    /// The number of pixels of the result.
    pub length: usize,
    /// The number of black pixels before them, if the photo is smaller than the crop.
    pub border: usize,
}

impl Axis {
    fn new(frame: &Frame, interpolation: Interpolation) -> Self {
        let filter = Filter::new(frame, interpolation);
        let seen = reached(frame, &filter);
        Self {
            filter: filter.without_first(seen.start - frame.visible.start),
            seen,
            length: frame.length,
            border: frame.border,
        }
    }
}

impl Resampling {
    pub(super) fn new(rows: &Frame, columns: &Frame, interpolation: Interpolation) -> Self {
        Self {
            down: Axis::new(rows, interpolation),
            across: Axis::new(columns, interpolation),
            // Pillow 13 begins with the columns if the height shrinks by far more than the width. Versions up to
            // 12 never do.
            down_first: rows.shrinkage() > 0 && rows.shrinkage() > 2 * columns.shrinkage(),
        }
    }

    /// The visible part of `source`, resized.
    pub(super) fn apply<const N: usize>(&self, source: &Pixels<'_, N>) -> Vec<[u8; N]> {
        let (down, across) = (&self.down, &self.across);
        let (seen_rows, seen_columns) = (down.seen.clone(), across.seen.clone());
        if self.down_first {
            let low = down_columns(source, seen_rows, seen_columns.clone(), &down.filter);
            let low = Pixels {
                width: seen_columns.len(),
                pixels: &low,
            };
            along_rows(&low, 0..down.length, 0..low.width, &across.filter)
        } else {
            let narrow = along_rows(source, seen_rows.clone(), seen_columns, &across.filter);
            let narrow = Pixels {
                width: across.length,
                pixels: &narrow,
            };
            down_columns(&narrow, 0..seen_rows.len(), 0..narrow.width, &down.filter)
        }
    }
}

/// The pixels of the photo that `filter` uses for `frame`.
fn reached(frame: &Frame, filter: &Filter) -> Range<usize> {
    let reached = filter.reached();
    frame.visible.start + reached.start..frame.visible.start + reached.end
}

/// Filters each of `rows`, which have only `columns`.
fn along_rows<const N: usize>(
    source: &Pixels<'_, N>,
    rows: Range<usize>,
    columns: Range<usize>,
    filter: &Filter,
) -> Vec<[u8; N]> {
    let mut result = Vec::new();
    for row in source.rows(rows) {
        let row = &row[columns.clone()];
        result.extend(filter.iter().map(|(first, weights)| {
            let mut sums = [ROUNDING; N];
            for (pixel, weight) in row[first..].iter().zip(weights) {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += i32::from(*value) * weight;
                }
            }
            sums.map(pixel)
        }));
    }
    result
}

/// Filters each of `columns`, which have only `rows`, one row of the result at a time.
fn down_columns<const N: usize>(
    source: &Pixels<'_, N>,
    rows: Range<usize>,
    columns: Range<usize>,
    filter: &Filter,
) -> Vec<[u8; N]> {
    let mut result = Vec::new();
    let mut sums = vec![[ROUNDING; N]; columns.len()];
    for (first, weights) in filter.iter() {
        sums.fill([ROUNDING; N]);
        let rows = source.rows(rows.start + first..rows.end);
        for (row, weight) in rows.zip(weights) {
            let row = row[columns.clone()].as_flattened();
            for (sum, value) in sums.as_flattened_mut().iter_mut().zip(row) {
                *sum += i32::from(*value) * weight;
            }
        }
        result.extend(sums.iter().map(|sums| sums.map(pixel)));
    }
    result
}

impl<const N: usize> Pixels<'_, N> {
    fn rows(&self, range: Range<usize>) -> impl Iterator<Item = &[[u8; N]]> {
        self.pixels[range.start * self.width..range.end * self.width].chunks_exact(self.width)
    }
}
