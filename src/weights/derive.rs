//! Parameters that passes derive from stored ones: computed in f64, rounded to f32 once.

use super::Weights;
use crate::error::Result;
use crate::graph::{BatchNormParameters, Derivation, Graph, Op, ParameterId};

/// Values of the parameter `id`, stored or derived.
pub(super) fn value(weights: &Weights, graph: &Graph, id: ParameterId) -> Result<Vec<f32>> {
    let parameter = graph.parameter(id);
    let values: Vec<f32> = match parameter.derivation {
        Derivation::Stored => return stored(weights, graph, id),
        Derivation::Reshaped(of) => value(weights, graph, of)?,
        Derivation::FoldedWeight { .. }
        | Derivation::FoldedBias { .. }
        | Derivation::Scaled { .. } => {
            let exact = exact(weights, graph, id)?;
            exact.into_iter().map(|value| value as f32).collect()
        }
    };
    if values.len() != parameter.elements() {
        return Err(wrong_count(weights, graph, id, values.len()));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => {
            let change = match parameter.derivation {
                Derivation::Scaled { factor, .. } => format!("scaling it by {factor}"),
                _ => "folding a batch normalisation into it".into(),
            };
            let found = values[index];
            Err(weights.error(
                &parameter.name,
                format!("{change} gives {found} at index {index}"),
            ))
        }
        None => Ok(values),
    }
}

/// A stored tensor; one that a batch normalisation uses as variance must be one.
fn stored(weights: &Weights, graph: &Graph, id: ParameterId) -> Result<Vec<f32>> {
    let parameter = graph.parameter(id);
    let values = weights.stored(graph, parameter)?;
    if !parameter.trainable {
        for node in graph.nodes() {
            if let Op::BatchNorm(op) = &node.op
                && op.parameters.variance == id
            {
                check_variance(weights, &parameter.name, &values, op.parameters.epsilon)?;
            }
        }
    }
    Ok(values)
}

/// Values before rounding, so that folds of folds round once. Ends, because a parameter can only be
/// derived from ones that were added before it.
fn exact(weights: &Weights, graph: &Graph, id: ParameterId) -> Result<Vec<f64>> {
    let values = match graph.parameter(id).derivation {
        Derivation::Stored => widened(stored(weights, graph, id)?),
        Derivation::Reshaped(of) => exact(weights, graph, of)?,
        Derivation::Scaled { of, factor } => {
            let mut values = exact(weights, graph, of)?;
            values.iter_mut().for_each(|value| *value *= factor);
            values
        }
        Derivation::FoldedWeight { weight, norm } => {
            let mut values = exact(weights, graph, weight)?;
            let scale = scale(weights, graph, norm)?;
            let per_channel = values.len() / scale.len().max(1);
            if per_channel * scale.len() != values.len() {
                return Err(wrong_count(weights, graph, norm.gamma, scale.len()));
            }
            for (taps, scale) in values.chunks_mut(per_channel.max(1)).zip(scale) {
                taps.iter_mut().for_each(|tap| *tap *= scale);
            }
            values
        }
        Derivation::FoldedBias { bias, norm } => {
            let scale = scale(weights, graph, norm)?;
            let mean = exact(weights, graph, norm.mean)?;
            let beta = exact(weights, graph, norm.beta)?;
            let bias = match bias {
                Some(bias) => exact(weights, graph, bias)?,
                None => vec![0.0; scale.len()],
            };
            for (id, values) in [(norm.mean, &mean), (norm.beta, &beta), (id, &bias)] {
                if values.len() != scale.len() {
                    return Err(wrong_count(weights, graph, id, values.len()));
                }
            }
            bias.iter()
                .zip(mean)
                .zip(scale)
                .zip(beta)
                .map(|(((bias, mean), scale), beta)| beta + (bias - mean) * scale)
                .collect()
        }
    };
    if values.len() != graph.parameter(id).elements() {
        return Err(wrong_count(weights, graph, id, values.len()));
    }
    Ok(values)
}

/// `gamma / sqrt(variance + epsilon)` of each channel.
fn scale(weights: &Weights, graph: &Graph, norm: BatchNormParameters) -> Result<Vec<f64>> {
    let variance = value(weights, graph, norm.variance)?;
    let name = &graph.parameter(norm.variance).name;
    check_variance(weights, name, &variance, norm.epsilon)?;
    let gamma = exact(weights, graph, norm.gamma)?;
    if gamma.len() != variance.len() {
        return Err(wrong_count(weights, graph, norm.variance, variance.len()));
    }
    let scale = gamma
        .iter()
        .zip(widened(variance))
        .map(|(gamma, variance)| gamma / (variance + norm.epsilon).sqrt());
    Ok(scale.collect())
}

fn check_variance(weights: &Weights, name: &str, values: &[f32], epsilon: f64) -> Result<()> {
    match values
        .iter()
        .position(|&value| f64::from(value) + epsilon <= 0.0)
    {
        Some(index) => Err(weights.error(
            name,
            format!(
                "expected a variance above {:?}, found {:?} at index {index}",
                -epsilon, values[index]
            ),
        )),
        None => Ok(()),
    }
}

fn widened(values: Vec<f32>) -> Vec<f64> {
    values.into_iter().map(f64::from).collect()
}

/// A pass derived a parameter from others that do not fit.
fn wrong_count(weights: &Weights, graph: &Graph, id: ParameterId, found: usize) -> crate::Error {
    let parameter = graph.parameter(id);
    weights.error(
        &parameter.name,
        format!("expected {} values, found {found}", parameter.elements()),
    )
}
