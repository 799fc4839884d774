//! Parts that the kernels share which compute a pair of convolutions: a depthwise one, and one of 1x1.

use super::packing::Packing;
use super::reason::Reason;
use super::{Instance, QUAD, Site, clamp_of};
use crate::graph::Op;

/// Which convolution of a pair is the depthwise one.
#[derive(Clone, Copy)]
pub enum Depthwise {
    First,
    Second,
}

/// Checks that `site` is a pair with its depthwise convolution at this place, and with a square window of the size `KERNEL` of
/// `instance`.
pub fn accept(site: &Site<'_>, instance: &Instance, depthwise: Depthwise) -> Result<(), Reason> {
    let Op::ConvPair(pair) = site.op() else {
        return Err(Reason::new("needs a pair of convolutions"));
    };
    let weight = site.parameters().first().and_then(Option::as_deref);
    let between = weight.map_or(0, |weight| weight.dims()[0]);
    let (is_pair, needed) = match depthwise {
        Depthwise::First => (
            pair.first.is_depthwise(site.in_channels(), between) && pair.second.is_of_pixels(),
            "needs a depthwise convolution, then one of 1x1",
        ),
        Depthwise::Second => (
            pair.first.is_of_pixels() && pair.second.is_depthwise(between, site.out_channels()),
            "needs a convolution of 1x1, then a depthwise one",
        ),
    };
    if !is_pair {
        return Err(Reason::new(needed));
    }
    let (side, [height, width]) = (instance.constant("KERNEL"), pair.window().kernel);
    if [height, width] != [side, side] {
        return Err(Reason::new(format!(
            "needs a window of {side}x{side}, found {height}x{width}"
        )));
    }
    Ok(())
}

/// The clamp between the convolutions, if there is no other expression.
pub fn between(site: &Site<'_>) -> [f32; 2] {
    let clamp = match site.op() {
        Op::ConvPair(pair) => clamp_of(&pair.between),
        _ => None,
    };
    clamp.unwrap_or([f32::NEG_INFINITY, f32::INFINITY])
}

/// The multiply-adds that what is between the convolutions counts as, for each quad.
pub fn between_work(site: &Site<'_>) -> usize {
    match site.op() {
        Op::ConvPair(pair) => QUAD * pair.between.flops() as usize,
        _ => 0,
    }
}

/// The packing of the parameters: those of the convolution of 1x1, then those of the depthwise one.
pub fn pack(site: &Site<'_>, depthwise: Depthwise) -> Option<Packing> {
    let ([depthwise, conv], channels) = match depthwise {
        Depthwise::First => ([0, 2], site.in_channels()),
        Depthwise::Second => ([2, 0], site.out_channels()),
    };
    let depthwise_packing = Packing::Depthwise {
        channels,
        taps: site.window().kernel.iter().product(),
        bias: site.has_parameter(depthwise + 1),
    };
    let conv_packing = Packing::Conv {
        groups: 1,
        merged: false,
        transposed: false,
        taps: 1,
        in_each: site.in_channels(),
        outputs: 0..site.out_channels(),
        bias: site.has_parameter(conv + 1),
    };
    Some(Packing::Pair([
        (conv, Box::new(conv_packing)),
        (depthwise, Box::new(depthwise_packing)),
    ]))
}
