//! Folds a scale and a shift of each channel, which are constants, into the parameters of the convolution, linear layer or
//! normalisation before it. Files have a batch normalisation in this form if their exporter computed its factors.
//! `scale (w x + b) + shift = (scale w) x + (scale b + shift)`.
//!
//! Numbers that are the same for all channels stay, because they are mostly part of an activation.

use super::patch::{Outcome, described, needed_elsewhere};
use crate::graph::{Draft, Insertion, Node, NodeId, Op, Pointwise, Reshape, Source, Step, ValueId};
use crate::tensor::{Dims, Repetition};

/// The most steps that computing the folded parameters adds.
const STEPS: usize = 8;

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let Some((formula, index, source)) = of_one_value(draft, node) else {
        return Outcome::NoMatch;
    };
    let Some((_, layer)) = draft.producer(source) else {
        return Outcome::NoMatch;
    };
    let (
        Op::Conv2d(_) | Op::Linear(_) | Op::LayerNorm(_) | Op::GroupNorm(_),
        [_, Some(weight), bias @ ..],
    ) = (layer.op(), layer.inputs())
    else {
        return Outcome::NoMatch;
    };
    let Some(affine) = formula.affine_in(index) else {
        return Outcome::NoMatch;
    };
    let bias = bias.first().copied().flatten();
    let name = layer.name();
    if let Some(reason) = needed_elsewhere(draft, source) {
        return Outcome::Refused(reason);
    }
    if !layer.operands().is_empty() || !layer.post().is_identity() {
        let post = described(layer.post());
        return Outcome::Refused(format!("{name} applies {post} before it"));
    }
    let constants = node.inputs().iter().filter(|&&input| input != Some(source));
    let mut parameters = vec![Some(*weight), bias];
    parameters.extend(constants);
    if !draft.graph().can_be_computed(&parameters, STEPS) {
        return Outcome::Refused(format!(
            "{name} has parameters that are not constant or take too many steps to compute"
        ));
    }

    // The parameter is the operand after those of the node.
    let own = Pointwise::operand(node.inputs().len());
    let scaled = |scale: &Pointwise| own.times(scale);
    let weight_formula = affine.scale.as_ref().map(scaled);
    let bias_formula = bias.map(|_| affine.scale.as_ref().map_or(own.clone(), scaled));
    let bias_formula = match (bias_formula, &affine.shift) {
        (Some(bias), Some(shift)) => Some(bias.plus(shift)),
        (bias, shift) => bias.or(shift.clone()),
    };
    if let (None, Some(shift)) = (bias, &affine.shift)
        && !reads_channels(draft, node, shift)
    {
        return Outcome::Refused(format!("{name} has no bias, and the shift is one number"));
    }
    let mut inserted = Vec::new();
    let mut folded = Insertion::like(layer);
    folded.inputs.resize(3, None);
    for (place, part, parameter, formula) in [
        (1, "weight", Some(*weight), weight_formula),
        (2, "bias", bias, bias_formula),
    ] {
        let Some(formula) = formula else { continue };
        let part = Part {
            name: format!("{name}.{part}.folded"),
            axes: parameter.map_or(1, |parameter| draft.value(parameter).ty().dims().rank()),
            parameter,
        };
        match part.computed(draft, node, &formula, &mut inserted) {
            Some(source) => folded.inputs[place] = Some(source),
            None => return Outcome::NoMatch,
        }
    }
    Outcome::replace_and_insert(inserted, folded)
}

/// Returns the formula of `node` if it reads one computed value, as a whole, and constants of which at least one has a
/// value for each channel. Also returns which operand the value is.
fn of_one_value<'a>(draft: &Draft, node: &'a Node) -> Option<(&'a Pointwise, usize, ValueId)> {
    let Op::Pointwise(formula) = node.op() else {
        return None;
    };
    let mut found = None;
    for (index, input) in node.inputs().iter().enumerate() {
        let value = (*input)?;
        match (draft.value(value).is_constant(), found) {
            (true, _) => {
                let result = draft.value(node.result()).ty();
                draft.value(value).ty().repetition_in(result)?;
            }
            (false, None) => found = Some((formula, index, value)),
            (false, Some(_)) => return None,
        }
    }
    let (.., value) = found?;
    let is_whole = draft.value(value).ty() == draft.value(node.result()).ty();
    (is_whole && reads_channels(draft, node, formula)).then_some(found?)
}

/// Returns whether `formula` of the inputs of `node` reads a constant with a value for each channel.
fn reads_channels(draft: &Draft, node: &Node, formula: &Pointwise) -> bool {
    let result = draft.value(node.result()).ty();
    formula.steps().iter().any(|step| match *step {
        Step::Operand(index) => node.inputs().get(index).is_some_and(|input| {
            let repetition = input.and_then(|input| draft.value(input).ty().repetition_in(result));
            repetition == Some(Repetition::ImagesAndPixels)
        }),
        _ => false,
    })
}

/// A parameter that is computed from the old one, if there is one.
struct Part {
    name: String,
    parameter: Option<ValueId>,
    /// Number of axes. The first one is the channels.
    axes: usize,
}

impl Part {
    /// Inserts the nodes that compute `formula` of the inputs of `node` and, as the operand after them, the old parameter.
    fn computed(
        &self,
        draft: &Draft,
        node: &Node,
        formula: &Pointwise,
        inserted: &mut Vec<Insertion>,
    ) -> Option<Source> {
        let mut read: Vec<usize> = Vec::new();
        let formula = formula.renumbered(|operand| {
            let found = read.iter().position(|&other| other == operand);
            found.unwrap_or_else(|| {
                read.push(operand);
                read.len() - 1
            })
        });
        let mut sources = Vec::with_capacity(read.len());
        for operand in read {
            let Some(input) = node.inputs().get(operand) else {
                sources.push(Some(self.parameter?.into()));
                continue;
            };
            let value = draft.value((*input)?);
            let mut extents = vec![1; self.axes];
            extents[0] = value.ty().count();
            let mut source = Source::Value((*input)?);
            if value.ty().dims()[..] != extents[..] {
                let dims = Dims::new(&extents).ok()?;
                let op = Op::Reshape(Reshape { dims });
                inserted.push(Insertion::new(value.name(), op, vec![Some(source)]));
                source = Source::Inserted(inserted.len() - 1);
            }
            sources.push(Some(source));
        }
        let op = Op::Pointwise(formula);
        inserted.push(Insertion::new(self.name.as_str(), op, sources));
        Some(Source::Inserted(inserted.len() - 1))
    }
}
