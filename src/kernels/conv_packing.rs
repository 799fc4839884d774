//! Packing the weight of a convolution as a matrix product ([`Packing::Conv`]).

use std::borrow::Cow;
use std::ops::Range;

use super::conv_layout::{ConvLayout, ROWS, TILE, VALUES_AT_ONCE};
use super::packing::{Packing, Read};
use super::{QUAD, quads};
use crate::error::Result;

impl Packing {
    pub(super) fn write_conv(&self, read: Read<'_>, packed: &mut [[f32; QUAD]]) -> Result<()> {
        let (
            Packing::Conv {
                groups,
                transposed,
                taps,
                in_each,
                outputs,
                bias,
                ..
            },
            Some(layout),
        ) = (self, self.conv_layout())
        else {
            return Ok(());
        };
        let length = layout.filter_length();
        let all = outputs.start * length..outputs.end * length;
        let whole = if *transposed {
            let shape = [*in_each, outputs.len() / groups, *taps];
            Some(untransposed(&read(0, all.clone())?, shape, *groups))
        } else if all.len() <= VALUES_AT_ONCE {
            Some(read(0, all.clone())?)
        } else {
            None
        };
        let filters = |range: Range<usize>| match &whole {
            Some(values) => Ok(Cow::Borrowed(&values[range])),
            None => {
                let (begin, end) = (all.start + range.start, all.start + range.end);
                read(0, begin..end).map(Cow::Owned)
            }
        };
        layout.scatter_weight(filters, packed)?;
        if *bias {
            layout.scatter_bias(&read(1, outputs.clone())?, packed);
        }
        Ok(())
    }

    pub(super) fn conv_layout(&self) -> Option<ConvLayout> {
        let Packing::Conv {
            groups: stored_groups,
            merged,
            taps,
            in_each,
            outputs,
            ..
        } = self
        else {
            return None;
        };
        let groups_kept = if *merged { 1 } else { *stored_groups };
        let in_channels = in_each * stored_groups / groups_kept;
        let in_padded = in_channels.next_multiple_of(QUAD);
        let out_channels = outputs.len() / groups_kept;
        Some(ConvLayout {
            groups: groups_kept,
            merged: stored_groups / groups_kept,
            taps: *taps,
            in_stored: *in_each,
            in_padded,
            rows: (taps * in_padded).next_multiple_of(ROWS),
            out_channels,
            tiles: quads(out_channels).div_ceil(TILE),
        })
    }
}

/// Reorders `[groups * in_each, out_each, taps]` to `[groups * out_each, in_each, taps]`.
fn untransposed(weight: &[f32], [in_each, out_each, taps]: [usize; 3], groups: usize) -> Vec<f32> {
    let mut values = Vec::with_capacity(weight.len());
    for out in 0..groups * out_each {
        for channel in 0..in_each {
            let filter = (out / out_each * in_each + channel) * out_each + out % out_each;
            values.extend_from_slice(&weight[filter * taps..][..taps]);
        }
    }
    values
}
