//! Folds a batch normalisation into the convolution before it. With `s = gamma / sqrt(variance + epsilon)`,
//! `(conv(x, w) + b - mean) s + beta = conv(x, s w) + (b - mean) s + beta`. The result keeps the convolution's name
//! and the expression after the batch normalisation. The folded weight and bias are constants. They are computed
//! once and rounded once.

use super::patch::{Outcome, described, needed_elsewhere};
use crate::graph::{Draft, Insertion, NodeId, Op, Pointwise, Reshape, Source};
use crate::tensor::Dims;

/// The most steps that computing the folded constants adds.
const STEPS: usize = 4;

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let (Op::BatchNorm(norm), Some(source)) = (node.op(), node.input()) else {
        return Outcome::NoMatch;
    };
    let name = draft.value(source).name();
    let conv = match draft.producer(source) {
        Some((_, producer)) if matches!(producer.op(), Op::Conv2d(_)) => producer,
        Some((_, producer)) => {
            let kind = producer.op().kind();
            return Outcome::Refused(format!("{name} is {kind}, not conv2d"));
        }
        None => return Outcome::Refused(format!("{name} is input, not conv2d")),
    };
    if let Some(reason) = needed_elsewhere(draft, source) {
        return Outcome::Refused(reason);
    }
    if !conv.operands().is_empty() {
        return Outcome::Refused(format!("{name} adds a residual before it"));
    }
    if !conv.post().is_identity() {
        return Outcome::Refused(format!(
            "{name} applies {} before it",
            described(conv.post())
        ));
    }
    let parameters = [&conv.inputs()[1..], &node.inputs()[1..]].concat();
    let mut all = parameters.iter().flatten();
    let all_constant = all.all(|&parameter| draft.value(parameter).is_constant());
    let (&[_, Some(weight), bias], &[_, gamma, beta, Some(mean), Some(variance)]) =
        (conv.inputs(), node.inputs())
    else {
        return Outcome::NoMatch;
    };
    if !all_constant {
        return Outcome::Refused(format!(
            "{name} has parameters that are computed in each run"
        ));
    }
    if !draft.graph().can_be_computed(&parameters, STEPS) {
        return Outcome::Refused(format!(
            "{name} has parameters that are computed in too many steps"
        ));
    }
    let channels = draft.value(weight).ty().dims()[0];
    let Ok(per_filter) = Dims::new(&[channels, 1, 1, 1]) else {
        return Outcome::NoMatch;
    };

    let value = |value| Some(Source::Value(value));
    let mut scaled_by = vec![value(variance)];
    scaled_by.extend(gamma.map(value));
    let scale = Insertion::new(
        format!("{}.scale", node.name()),
        Op::Pointwise(norm.scale(gamma.is_some())),
        scaled_by,
    );
    let of_filters = Insertion::new(
        format!("{}.scale", node.name()),
        Op::Reshape(Reshape { dims: per_filter }),
        vec![Some(Source::Inserted(0))],
    );
    let folded_weight = Insertion::new(
        format!("{name}.weight.folded"),
        Op::Pointwise(Pointwise::operand(0).times(&Pointwise::operand(1))),
        vec![value(weight), Some(Source::Inserted(1))],
    );
    // beta + (bias - mean) * scale, where an absent bias or beta is zero.
    let mut read = vec![value(mean), Some(Source::Inserted(0))];
    let mut further = |source: Option<_>| {
        source.map(|source| {
            read.push(value(source));
            Pointwise::operand(read.len() - 1)
        })
    };
    let (bias, beta) = (further(bias), further(beta));
    let zero = Pointwise::constant(0.0);
    let centred = bias.unwrap_or(zero).minus(&Pointwise::operand(0));
    let scaled = centred.times(&Pointwise::operand(1));
    let shifted = match beta {
        Some(beta) => beta.plus(&scaled),
        None => scaled,
    };
    let folded_bias = Insertion::new(format!("{name}.bias.folded"), Op::Pointwise(shifted), read);
    let mut folded = Insertion::like(conv);
    folded.inputs[1] = Some(Source::Inserted(2));
    folded.inputs[2] = Some(Source::Inserted(3));
    folded.post = node.post().clone();
    folded.operands = node.operands().iter().copied().map(Source::Value).collect();
    Outcome::replace_and_insert(vec![scale, of_filters, folded_weight, folded_bias], folded)
}
