//! Fuses a batch normalisation, and the expression after it, into the convolution that reads it. The convolution
//! applies it to each input value at loading: with `s = gamma / sqrt(variance + epsilon)`, that is `x s + (beta -
//! mean s)`. The convolution's padding stays zero. The normalised input needs no memory of its own.
//!
//! This pass is optional, because no measurement shows that it is faster. The convolution computes a value again
//! for each tap and for each tile of output channels that reads it; a separate kernel computes it once.

use super::patch::{Outcome, described, needed_elsewhere};
use crate::graph::{Draft, Insertion, NodeId, Op, Pointwise, Reshape, Source};
use crate::tensor::Dims;

/// The most steps that computing the new constants adds.
const STEPS: usize = 3;

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let (Op::Conv2d(_), Some(source)) = (node.op(), node.input()) else {
        return Outcome::NoMatch;
    };
    let Some((_, before)) = draft.producer(source) else {
        return Outcome::NoMatch;
    };
    let (Op::BatchNorm(norm), &[Some(x), gamma, beta, Some(mean), Some(variance)]) =
        (before.op(), before.inputs())
    else {
        return Outcome::NoMatch;
    };
    let name = before.name();
    if let Some(reason) = needed_elsewhere(draft, source) {
        return Outcome::Refused(reason);
    }
    if !node.pre().is_identity() {
        let reason = format!("{} is computed before it already", described(node.pre()));
        return Outcome::Refused(reason);
    }
    let parameters = [gamma, beta, Some(mean), Some(variance)];
    let mut all = parameters.iter().flatten().chain(before.operands());
    if !all.all(|&parameter| draft.value(parameter).is_constant()) {
        return Outcome::Refused(format!(
            "{name} reads more than one tensor that is computed in each run"
        ));
    }
    if !draft.graph().can_be_computed(&parameters, STEPS) {
        return Outcome::Refused(format!(
            "{name} has parameters that are computed in too many steps"
        ));
    }
    let channels = draft.value(mean).ty().count();
    let Ok(per_channel) = Dims::new(&[channels, 1, 1]) else {
        return Outcome::NoMatch;
    };

    let value = |value| Some(Source::Value(value));
    let (scaled, shifted) = (format!("{name}.scale"), format!("{name}.shift"));
    let mut scaled_by = vec![value(variance)];
    scaled_by.extend(gamma.map(value));
    let scale = Insertion::new(
        scaled.as_str(),
        Op::Pointwise(norm.scale(gamma.is_some())),
        scaled_by,
    );
    // beta - mean * scale, where an absent beta is zero.
    let mut shifted_by = vec![value(mean), Some(Source::Inserted(0))];
    shifted_by.extend(beta.map(value));
    let beta = match beta {
        Some(_) => Pointwise::operand(2),
        None => Pointwise::constant(0.0),
    };
    let centre = Pointwise::operand(0).times(&Pointwise::operand(1));
    let shift = Insertion::new(
        shifted.as_str(),
        Op::Pointwise(beta.minus(&centre)),
        shifted_by,
    );
    let of_channels = |name: &str, inserted: usize| {
        let op = Op::Reshape(Reshape { dims: per_channel });
        Insertion::new(name, op, vec![Some(Source::Inserted(inserted))])
    };
    let inserted = vec![
        scale,
        shift,
        of_channels(&scaled, 0),
        of_channels(&shifted, 1),
    ];

    let mut fused = Insertion::like(node);
    fused.inputs[0] = value(x);
    let normalised = Pointwise::operand(0)
        .times(&Pointwise::operand(1))
        .plus(&Pointwise::operand(2));
    fused.pre = normalised.then(before.post());
    fused.pre_operands = vec![Source::Inserted(2), Source::Inserted(3)];
    let further = before.operands().iter().copied();
    fused.pre_operands.extend(further.map(Source::Value));
    Outcome::replace_and_insert(inserted, fused)
}
