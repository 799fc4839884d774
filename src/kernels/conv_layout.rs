//! Packing the filters of a convolution into the tiles that kernels read ([`super::packing::Packing::Conv`]).

use std::borrow::Cow;
use std::ops::Range;

use super::QUAD;
use crate::error::Result;

/// Quads of output channels in a tile of convolution weights.
pub const TILE: usize = 8;

/// The number of rows of a tile is a multiple of this. It is the most rows that a kernel reads at once.
pub const ROWS: usize = 8;

/// Values of a weight that are read at once. They stay in a core's own cache until they are packed.
pub(super) const VALUES_AT_ONCE: usize = 1 << 17;

/// Values of a filter that are transposed at once: 64 bytes.
const BLOCK: usize = 16;

/// Input channels whose rows are written at once: for each tap, this number of consecutive rows.
const CHANNELS_AT_ONCE: usize = 16;

/// Extents of a packed convolution, for each group as the kernel sees it.
pub(super) struct ConvLayout {
    pub(super) groups: usize,
    /// Stored groups that are merged into one of `groups`.
    pub(super) merged: usize,
    pub(super) taps: usize,
    pub(super) in_stored: usize,
    pub(super) in_padded: usize,
    /// Rows of a tile.
    pub(super) rows: usize,
    pub(super) out_channels: usize,
    pub(super) tiles: usize,
}

impl ConvLayout {
    /// Number of stored values of a filter.
    pub(super) fn filter_length(&self) -> usize {
        self.in_stored * self.taps
    }

    /// Packs the weight. `values` reads a range of it.
    pub(super) fn scatter_weight<'a>(
        &self,
        values: impl Fn(Range<usize>) -> Result<Cow<'a, [f32]>>,
        packed: &mut [[f32; QUAD]],
    ) -> Result<()> {
        let packed = packed.as_flattened_mut();
        let out_per_stored_group = self.out_channels / self.merged;
        for tile in 0..self.groups * self.tiles {
            let (group, first) = (tile / self.tiles, tile % self.tiles * TILE * QUAD);
            let end = self.out_channels.min(first + TILE * QUAD);
            // Filters of the same group read the same inputs.
            let mut begin = first;
            while begin < end {
                let stored_group = begin / out_per_stored_group;
                let group_end = end.min((stored_group + 1) * out_per_stored_group);
                let offset = group * self.out_channels;
                let filters = offset + begin..offset + group_end;
                let row = tile * self.rows + stored_group * self.in_stored;
                self.scatter_filters(
                    &values,
                    filters,
                    begin - first..group_end - first,
                    &mut packed[row * TILE * QUAD..],
                )?;
                begin = group_end;
            }
        }
        Ok(())
    }

    /// Packs `filters`, which read the same inputs, into `columns` of a tile's rows. Long filters are read in parts: the
    /// first part of every filter, then the second part of every filter, and so on.
    fn scatter_filters<'a>(
        &self,
        values: &impl Fn(Range<usize>) -> Result<Cow<'a, [f32]>>,
        filters: Range<usize>,
        columns: Range<usize>,
        rows: &mut [f32],
    ) -> Result<()> {
        let length = self.filter_length();
        let parts = (filters.len() * length).div_ceil(VALUES_AT_ONCE).max(1);
        if parts == 1 {
            let whole = values(filters.start * length..filters.end * length)?;
            let filters: Vec<&[f32]> = whole.chunks_exact(length).collect();
            self.transpose(&filters, columns, rows);
            return Ok(());
        }
        let channels_at_once = self.in_stored.div_ceil(parts);
        for channel in (0..self.in_stored).step_by(channels_at_once) {
            let end = self.in_stored.min(channel + channels_at_once);
            let part = channel * self.taps..end * self.taps;
            let filters = filters.clone().map(|filter| {
                let begin = filter * length;
                values(begin + part.start..begin + part.end)
            });
            let filters: Vec<Cow<'_, [f32]>> = filters.collect::<Result<_>>()?;
            self.transpose(
                &filters,
                columns.clone(),
                &mut rows[channel * TILE * QUAD..],
            );
        }
        Ok(())
    }

    /// Transposes input channels of filters into `columns` of a tile's rows. The first channel goes to the first row of
    /// each tap.
    ///
    /// It works in two steps. The first transposes the filters block by block into temporary rows, in the order of the
    /// filters' values. The second copies these rows to the rows of each tap. So reads and writes are whole cache
    /// lines, and the temporary rows stay in the cache.
    fn transpose(&self, filters: &[impl AsRef<[f32]>], columns: Range<usize>, rows: &mut [f32]) {
        const WIDTH: usize = TILE * QUAD;
        let length = filters.first().map_or(0, |filter| filter.as_ref().len());
        let at_once = CHANNELS_AT_ONCE * self.taps;
        let mut transposed = vec![[0.0; WIDTH]; at_once.min(length)];
        for first in (0..length).step_by(at_once) {
            let transposed = &mut transposed[..at_once.min(length - first)];
            for (block, begin) in transposed.chunks_mut(BLOCK).zip((first..).step_by(BLOCK)) {
                for (filter, column) in filters.iter().zip(columns.clone()) {
                    for (row, &value) in block.iter_mut().zip(&filter.as_ref()[begin..]) {
                        row[column] = value;
                    }
                }
            }
            for tap in 0..self.taps {
                let begin = tap * self.in_padded + first / self.taps;
                let rows = rows[begin * WIDTH..].chunks_exact_mut(WIDTH);
                for (row, channel) in rows.zip(transposed.chunks_exact(self.taps)) {
                    row[columns.clone()].copy_from_slice(&channel[tap][columns.clone()]);
                }
            }
        }
    }

    pub(super) fn scatter_bias(&self, bias: &[f32], packed: &mut [[f32; QUAD]]) {
        let first = self.groups * self.tiles * self.rows * TILE;
        for (index, &value) in bias.iter().enumerate() {
            let (group, out) = (index / self.out_channels, index % self.out_channels);
            packed[first + group * self.tiles * TILE + out / QUAD][out % QUAD] = value;
        }
    }
}
