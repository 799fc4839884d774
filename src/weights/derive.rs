//! Parameters that passes derive from stored ones: computed in f64, rounded to f32 once.

use std::iter;
use std::ops::Range;

use super::{Weights, first_not_finite};
use crate::error::Result;
use crate::graph::{BatchNormParameters, Derivation, Graph, Op, ParameterId};

/// Values that are derived at once: few enough to stay in a cache until they are rounded.
const DERIVED_AT_ONCE: usize = 1 << 15;

/// Values of the elements in `range` of the parameter `id`, stored or derived.
pub(super) fn values(
    weights: &Weights,
    graph: &Graph,
    id: ParameterId,
    range: Range<usize>,
) -> Result<Vec<f32>> {
    let parameter = graph.parameter(id);
    let begin = range.start;
    match parameter.derivation {
        Derivation::Stored => return stored(weights, graph, id, range),
        Derivation::Reshaped(of) => {
            check_count(weights, graph, id, graph.parameter(of).elements())?;
            return values(weights, graph, of, range);
        }
        Derivation::FoldedWeight { .. }
        | Derivation::FoldedBias { .. }
        | Derivation::Scaled { .. } => {}
    }
    let mut values = Vec::with_capacity(range.len());
    for first in range.clone().step_by(DERIVED_AT_ONCE) {
        let block = first..range.end.min(first + DERIVED_AT_ONCE);
        let exact = exact(weights, graph, id, block)?;
        values.extend(exact.into_iter().map(|value| value as f32));
    }
    match first_not_finite(&values) {
        Some(index) => {
            let change = match parameter.derivation {
                Derivation::Scaled { factor, .. } => format!("scaling it by {factor}"),
                _ => "folding a batch normalisation into it".into(),
            };
            let found = values[index];
            Err(weights.error(
                &parameter.name,
                format!("{change} gives {found} at index {}", begin + index),
            ))
        }
        None => Ok(values),
    }
}

/// Elements of a stored tensor; of one that a batch normalisation uses as variance, they must be such.
fn stored(
    weights: &Weights,
    graph: &Graph,
    id: ParameterId,
    range: Range<usize>,
) -> Result<Vec<f32>> {
    let parameter = graph.parameter(id);
    let begin = range.start;
    let values = weights.stored(graph, parameter, range)?;
    if !parameter.trainable {
        for node in graph.nodes() {
            if let Op::BatchNorm(op) = &node.op
                && op.parameters.variance == id
            {
                let epsilon = op.parameters.epsilon;
                check_variance(weights, &parameter.name, &values, begin, epsilon)?;
            }
        }
    }
    Ok(values)
}

/// Values before rounding, so that folds of folds round once. Ends, because a parameter can only be
/// derived from ones that were added before it.
fn exact(
    weights: &Weights,
    graph: &Graph,
    id: ParameterId,
    range: Range<usize>,
) -> Result<Vec<f64>> {
    let elements = |id: ParameterId| graph.parameter(id).elements();
    Ok(match graph.parameter(id).derivation {
        Derivation::Stored => widened(stored(weights, graph, id, range)?),
        Derivation::Reshaped(of) => {
            check_count(weights, graph, id, elements(of))?;
            exact(weights, graph, of, range)?
        }
        Derivation::Scaled { of, factor } => {
            check_count(weights, graph, id, elements(of))?;
            let mut values = exact(weights, graph, of, range)?;
            values.iter_mut().for_each(|value| *value *= factor);
            values
        }
        Derivation::FoldedWeight { weight, norm } => {
            check_count(weights, graph, id, elements(weight))?;
            let channels = elements(norm.variance);
            let per_channel = (elements(id) / channels.max(1)).max(1);
            if per_channel * channels != elements(id) {
                return Err(wrong_count(weights, graph, norm.gamma, channels));
            }
            let begin = range.start;
            let of_channels = begin / per_channel..range.end.div_ceil(per_channel);
            let behind_first = range.end.min((of_channels.start + 1) * per_channel) - begin;
            let scale = scale(weights, graph, norm, of_channels)?;
            let mut values = exact(weights, graph, weight, range)?;
            // The range may begin inside a channel.
            let (first, others) = values.split_at_mut(behind_first);
            let channels = iter::once(first).chain(others.chunks_mut(per_channel));
            for (channel, scale) in channels.zip(scale) {
                channel.iter_mut().for_each(|value| *value *= scale);
            }
            values
        }
        Derivation::FoldedBias { bias, norm } => {
            for of in [norm.mean, norm.beta, norm.variance]
                .into_iter()
                .chain(bias)
            {
                check_count(weights, graph, id, elements(of))?;
            }
            let scale = scale(weights, graph, norm, range.clone())?;
            let mean = exact(weights, graph, norm.mean, range.clone())?;
            let beta = exact(weights, graph, norm.beta, range.clone())?;
            let bias = match bias {
                Some(bias) => exact(weights, graph, bias, range.clone())?,
                None => vec![0.0; range.len()],
            };
            bias.iter()
                .zip(mean)
                .zip(scale)
                .zip(beta)
                .map(|(((bias, mean), scale), beta)| beta + (bias - mean) * scale)
                .collect()
        }
    })
}

/// `gamma / sqrt(variance + epsilon)` of each of these `channels`.
fn scale(
    weights: &Weights,
    graph: &Graph,
    norm: BatchNormParameters,
    channels: Range<usize>,
) -> Result<Vec<f64>> {
    let parameter = graph.parameter(norm.variance);
    check_count(weights, graph, norm.gamma, parameter.elements())?;
    let variance = values(weights, graph, norm.variance, channels.clone())?;
    let (name, first) = (&parameter.name, channels.start);
    check_variance(weights, name, &variance, first, norm.epsilon)?;
    let gamma = exact(weights, graph, norm.gamma, channels)?;
    let scale = gamma
        .iter()
        .zip(widened(variance))
        .map(|(gamma, variance)| gamma / (variance + norm.epsilon).sqrt());
    Ok(scale.collect())
}

/// Checks the variances that begin at the element `begin` of the tensor `name`.
fn check_variance(
    weights: &Weights,
    name: &str,
    values: &[f32],
    begin: usize,
    epsilon: f64,
) -> Result<()> {
    match values
        .iter()
        .position(|&value| f64::from(value) + epsilon <= 0.0)
    {
        Some(index) => Err(weights.error(
            name,
            format!(
                "expected a variance above {:?}, found {:?} at index {}",
                -epsilon,
                values[index],
                begin + index
            ),
        )),
        None => Ok(()),
    }
}

fn widened(values: Vec<f32>) -> Vec<f64> {
    values.into_iter().map(f64::from).collect()
}

/// Checks that there are `found` values for the parameter `id`.
fn check_count(weights: &Weights, graph: &Graph, id: ParameterId, found: usize) -> Result<()> {
    match graph.parameter(id).elements() == found {
        true => Ok(()),
        false => Err(wrong_count(weights, graph, id, found)),
    }
}

/// A pass derived a parameter from others that do not fit.
fn wrong_count(weights: &Weights, graph: &Graph, id: ParameterId, found: usize) -> crate::Error {
    let parameter = graph.parameter(id);
    weights.error(
        &parameter.name,
        format!("expected {} values, found {found}", parameter.elements()),
    )
}
