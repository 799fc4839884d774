//! Resizing as Pillow does it: separable filters, along the rows first, 8 bits between the passes.
//!
//! Written out here because the order of the passes and the rounding in between show in the pixels:
//! where a cubic filter overshoots, a library that goes down the columns first is off by 6 of 255.

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
    let reached = down.reached();
    let first_row = rows.visible.start + reached.start;
    let needed = first_row..first_row + reached.len();
    let narrow = along_rows(source, needed, columns.visible.clone(), &across);
    let narrow = Pixels {
        width: columns.length,
        pixels: &narrow,
    };
    down_columns(&narrow, &down.without_first(reached.start))
}

/// Filters each of `rows`, of which `visible` is a part.
fn along_rows<const N: usize>(
    source: &Pixels<'_, N>,
    rows: Range<usize>,
    visible: Range<usize>,
    filter: &Filter,
) -> Vec<[u8; N]> {
    let mut result = Vec::new();
    for row in source
        .pixels
        .chunks_exact(source.width)
        .take(rows.end)
        .skip(rows.start)
    {
        let row = &row[visible.clone()];
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

/// Filters the columns, a row of the result at a time.
fn down_columns<const N: usize>(source: &Pixels<'_, N>, filter: &Filter) -> Vec<[u8; N]> {
    let mut result = Vec::new();
    let mut sums = vec![[ROUNDING; N]; source.width];
    for (first, weights) in filter.iter() {
        sums.fill([ROUNDING; N]);
        let rows = source.pixels.chunks_exact(source.width).skip(first);
        for (row, weight) in rows.zip(weights) {
            for (sum, value) in sums.as_flattened_mut().iter_mut().zip(row.as_flattened()) {
                *sum += i32::from(*value) * weight;
            }
        }
        result.extend(sums.iter().map(|sums| sums.map(pixel)));
    }
    result
}
