//! Resizing as Pillow does it (`libImaging/Resample.c`): separable filters, 8 bits between the passes.
//!
//! Written out here because the order of the passes and the rounding in between show in the pixels:
//! where a cubic filter overshoots, the other order is off by 6 of 255.

use std::ops::Range;

use super::Interpolation;
use super::filter::{Filter, ROUNDING, pixel};
use super::geometry::Frame;

/// 8-bit pixels of `N` channels side by side.
pub(super) struct Pixels<'a, const N: usize> {
    pub width: usize,
    pub pixels: &'a [[u8; N]],
}

/// The part of `source` that `rows` and `columns` frame, in their lengths.
pub(super) fn resample<const N: usize>(
    source: &Pixels<'_, N>,
    rows: &Frame,
    columns: &Frame,
    interpolation: Interpolation,
) -> Vec<[u8; N]> {
    let down = Filter::new(rows, interpolation);
    let across = Filter::new(columns, interpolation);
    let seen_rows = reached(rows, &down);
    let seen_columns = reached(columns, &across);
    let down = down.without_first(seen_rows.start - rows.visible.start);
    let across = across.without_first(seen_columns.start - columns.visible.start);
    // Pillow 13 begins with the columns where the height shrinks by far more than the width; up to
    // version 12 it never did.
    if rows.shrinkage() > 0 && rows.shrinkage() > 2 * columns.shrinkage() {
        let low = down_columns(source, seen_rows, seen_columns.clone(), &down);
        let low = Pixels {
            width: seen_columns.len(),
            pixels: &low,
        };
        along_rows(&low, 0..rows.length, 0..low.width, &across)
    } else {
        let narrow = along_rows(source, seen_rows.clone(), seen_columns, &across);
        let narrow = Pixels {
            width: columns.length,
            pixels: &narrow,
        };
        down_columns(&narrow, 0..seen_rows.len(), 0..narrow.width, &down)
    }
}

/// The pixels of the photo that `filter` looks at for `frame`.
fn reached(frame: &Frame, filter: &Filter) -> Range<usize> {
    let reached = filter.reached();
    frame.visible.start + reached.start..frame.visible.start + reached.end
}

/// Filters each of `rows`, of which `columns` are given.
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

/// Filters each of `columns`, of which `rows` are given: a row of the result at a time.
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
