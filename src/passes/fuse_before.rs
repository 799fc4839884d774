//! Fuses a point-wise expression, or a batch normalisation and the expression after it, into the convolution that reads
//! it. The convolution computes it of each input value at loading, so the value needs no memory of its own.
//!
//! With `s = gamma / sqrt(variance + epsilon)`, a batch normalisation is `x s + (beta - mean s)`. The gate of
//! squeeze-and-excitation is a product with one value for each channel of each image. The convolution's padding stays zero.
//!
//! The convolution computes a value again for each tap and for each tile of output channels that reads it; a separate
//! dispatch computes it once. Planning separates them where this is predicted to be faster on the device.

use super::patch::{Outcome, described, needed_elsewhere};
use crate::graph::{
    BatchNorm, Draft, Insertion, MAX_STEPS, MOST_OPERANDS, Node, NodeId, Op, Pointwise, Reshape,
    Source, ValueId,
};
use crate::tensor::{Dims, Repetition};

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
    let prologue = match (before.op(), before.op().as_pointwise()) {
        (Op::BatchNorm(norm), _) => of_norm(draft, before, norm),
        (_, Some(expression)) => of_expression(draft, before, &expression),
        _ => return Outcome::NoMatch,
    };
    if let Some(reason) = needed_elsewhere(draft, source) {
        return Outcome::Refused(reason);
    }
    if !node.pre().is_identity() {
        let reason = format!("{} is computed before it already", described(node.pre()));
        return Outcome::Refused(reason);
    }
    let prologue = match prologue {
        Ok(prologue) => prologue,
        Err(reason) => return Outcome::Refused(reason),
    };
    let mut fused = Insertion::like(node);
    fused.inputs[0] = Some(Source::Value(prologue.input));
    fused.pre = prologue.expression;
    fused.pre_operands = prologue.operands;
    fused.pre_name = Some(before.name().into());
    Outcome::replace_and_insert(prologue.inserted, fused)
}

/// What is computed in front of the convolution.
struct Prologue {
    /// Nodes that compute constants.
    inserted: Vec<Insertion>,
    input: ValueId,
    expression: Pointwise,
    operands: Vec<Source>,
}

/// The prologue of a node that is an expression of its inputs, or the reason why there is none.
fn of_expression(draft: &Draft, node: &Node, expression: &Pointwise) -> Result<Prologue, String> {
    let (name, ty) = (node.name(), draft.value(node.result()).ty());
    let expression = expression.then(node.post());
    let inputs = node.inputs().iter().copied().flatten();
    let reads: Vec<ValueId> = inputs.chain(node.operands().iter().copied()).collect();
    let is_whole = |&read: &ValueId| {
        let value = draft.value(read);
        !value.is_constant() && value.ty() == ty
    };
    let Some(input) = reads.iter().copied().find(is_whole) else {
        return Err(format!("{name} has no operand of {ty}"));
    };
    // A value that is read several times becomes one operand.
    let mut values = vec![input];
    for &read in &reads {
        if values.contains(&read) {
            continue;
        }
        let value = draft.value(read);
        match (value.is_constant(), value.ty().repetition_in(ty)) {
            (true, Some(Repetition::ImagesAndPixels | Repetition::All))
            | (false, Some(Repetition::Pixels)) => values.push(read),
            _ => return Err(format!("{name} reads {} of {}", value.name(), value.ty())),
        }
    }
    let place = |read: ValueId| values.iter().position(|&value| value == read);
    let expression = expression.renumbered(|index| place(reads[index]).unwrap_or(0));
    if values.len() - 1 > MOST_OPERANDS || expression.steps().len() > MAX_STEPS {
        return Err(format!("{name} computes too much before it"));
    }
    // Operands that the expression does not use are not read.
    values.truncate(expression.operands().max(1));
    Ok(Prologue {
        inserted: Vec::new(),
        input,
        expression,
        operands: values[1..].iter().copied().map(Source::Value).collect(),
    })
}

/// The prologue of a batch normalisation, or the reason why there is none.
fn of_norm(draft: &Draft, node: &Node, norm: &BatchNorm) -> Result<Prologue, String> {
    let name = node.name();
    let &[Some(x), gamma, beta, Some(mean), Some(variance)] = node.inputs() else {
        return Err(format!("{name} has no mean and variance"));
    };
    let parameters = [gamma, beta, Some(mean), Some(variance)];
    let mut all = parameters.iter().flatten().chain(node.operands());
    if !all.all(|&parameter| draft.value(parameter).is_constant()) {
        return Err(format!(
            "{name} reads more than one tensor that is computed in each run"
        ));
    }
    if !draft.graph().can_be_computed(&parameters, STEPS) {
        return Err(format!(
            "{name} has parameters that are computed in too many steps"
        ));
    }
    let channels = draft.value(mean).ty().count();
    let per_channel = Dims::new(&[channels, 1, 1]).map_err(|error| error.to_string())?;

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
    let normalised = Pointwise::operand(0)
        .times(&Pointwise::operand(1))
        .plus(&Pointwise::operand(2));
    let mut operands = vec![Source::Inserted(2), Source::Inserted(3)];
    let further = node.operands().iter().copied();
    operands.extend(further.map(Source::Value));
    Ok(Prologue {
        inserted: vec![
            scale,
            shift,
            of_channels(&scaled, 0),
            of_channels(&shifted, 1),
        ],
        input: x,
        expression: normalised.then(node.post()),
        operands,
    })
}
