//! Answers of the zoo's networks on the device, against the reference executor.

use menagerie::gpu::Gpu;
use menagerie::graph::Graph;
use menagerie::program::Precision;
use menagerie::reference::Reference;
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::zoo::{self, Model};
use menagerie::{ErrorKind, Network, NetworkBuilder, Result, Tensor};
use serde_json::{Value, json};

use super::budget::Budget;
use super::{failed, left_out};

/// Largest difference over largest magnitude. Synthetic weights with small images amplify the rounding of some networks to
/// 1e-5 in f32; a wrong kernel is off by much more.
fn tolerance(precision: Precision) -> f64 {
    match precision {
        Precision::F32 => 1e-4,
        _ => 2e-2,
    }
}

/// Height and width of images, if a network takes them. The reference executor needs seconds for a large image.
const SIZE: [usize; 2] = [97, 81];

/// The precisions that differ on the device: without matrix units, `f16` is `f16-storage`.
pub fn precisions(gpu: &Gpu) -> Vec<Precision> {
    let has_units = !gpu.profile().matrix_sizes.is_empty();
    let all = Precision::ALL.into_iter();
    all.filter(|precision| has_units || *precision != Precision::F16)
        .collect()
}

/// The networks, those with the fewest operations first, so that as many as possible fit into the time. At most `most` of
/// them run.
pub fn of_zoo(gpu: &Gpu, most: usize, budget: Budget) -> Vec<Value> {
    let mut networks: Vec<(u64, &Model, Result<Graph>)> = zoo::models()
        .iter()
        .map(|model| {
            let graph = graph_of(model);
            let flops = graph.as_ref().map_or(0, |graph| {
                let nodes = graph.computed();
                nodes.map(|(id, _)| graph.cost(id).flops).sum()
            });
            (flops, model, graph)
        })
        .collect();
    networks.sort_by_key(|(flops, model, _)| (*flops, model.name));
    let precisions = precisions(gpu);
    let mut entries = Vec::new();
    for (_, model, graph) in networks.into_iter().take(most) {
        let entry =
            |precision: Precision| json!({ "model": model.name, "precision": precision.name() });
        if budget.is_over() {
            entries.extend(
                precisions
                    .iter()
                    .map(|&precision| left_out(entry(precision))),
            );
            continue;
        }
        let answers = graph.and_then(Answers::of);
        entries.extend(precisions.iter().map(|&precision| {
            let entry = entry(precision);
            match &answers {
                Ok(answers) => answers.entry(entry, gpu, precision),
                Err(error) => failed(entry, error),
            }
        }));
    }
    entries
}

fn graph_of(model: &Model) -> Result<Graph> {
    let [height, width] = SIZE;
    let small = model.graph_for(Shape::new(model.input.channels, height, width));
    small.or_else(|_| model.graph())
}

/// A network, and what the reference executor answers.
struct Answers {
    graph: Graph,
    input: Tensor,
    expected: Tensor,
}

impl Answers {
    fn of(graph: Graph) -> Result<Self> {
        let weights = Weights::synthetic(0);
        let input = synthetic_input(0, 1, graph.input_shape()?);
        let expected = Reference::new(graph.clone(), &weights)?.run(&input)?;
        Ok(Self {
            graph,
            input,
            expected,
        })
    }

    /// `entry` with what the device answers. The layers that leave the range of `precision` are kept in f32: synthetic weights
    /// are not trained to keep a network's values small.
    fn entry(&self, mut entry: Value, gpu: &Gpu, precision: Precision) -> Value {
        let mut kept = Vec::new();
        let found = self.found(gpu, precision, &mut kept);
        if !kept.is_empty() {
            entry["kept_f32"] = json!(kept);
        }
        match found {
            Ok(found) => {
                let difference = difference(&found, &self.expected);
                value(entry, self.input.shape(), difference, precision)
            }
            Err(error) => failed(entry, &error),
        }
    }

    /// The device's answer, and in `kept` the layers that had to be kept in f32.
    fn found(&self, gpu: &Gpu, precision: Precision, kept: &mut Vec<String>) -> Result<Tensor> {
        loop {
            let network = Network::of_graph(self.graph.clone(), Weights::synthetic(0))
                .device(gpu.clone())
                .precision(precision);
            let network = kept.iter().fold(network, NetworkBuilder::keep_f32);
            let mut network = network.load()?;
            let error = match network.run(&self.input) {
                Err(error) if error.kind() == ErrorKind::BeyondRange => error,
                answer => return answer,
            };
            let input = &self.graph.inputs()[0].name;
            let layers = network.layer_errors(&[(input, &self.input)])?;
            let beyond = layers.into_iter().filter(|layer| layer.beyond_range);
            let before = kept.len();
            kept.extend(beyond.map(|layer| layer.layer));
            if kept.len() == before {
                return Err(error);
            }
        }
    }
}

/// The networks of `entries` whose answers are wrong or failed.
pub fn wrong(entries: &Value) -> Vec<&str> {
    let entries = entries.as_array().into_iter().flatten();
    let is_wrong = |entry: &&Value| entry["agrees"] == false || entry.get("error").is_some();
    let wrong = entries.filter(is_wrong);
    wrong.filter_map(|entry| entry["model"].as_str()).collect()
}

/// NaN if there is one.
fn difference(found: &Tensor, expected: &Tensor) -> f64 {
    let largest = expected
        .data()
        .iter()
        .fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
    let pairs = found.data().iter().zip(expected.data());
    let differences = pairs.map(|(&found, &expected)| {
        (f64::from(found) - f64::from(expected)).abs() / f64::from(largest)
    });
    // Nothing compares with a NaN, so it stays the largest.
    differences.fold(0.0, |most, difference| {
        match difference <= most || most.is_nan() {
            true => most,
            false => difference,
        }
    })
}

fn value(mut entry: Value, shape: Shape, difference: f64, precision: Precision) -> Value {
    entry["input"] = json!([shape.channels, shape.height, shape.width]);
    entry["largest_difference"] = json!(difference);
    entry["agrees"] = (difference <= tolerance(precision)).into();
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nan_is_the_largest_difference() {
        let tensor = |values: [f32; 3]| Tensor::new(1, Shape::vector(3), values.to_vec()).unwrap();
        let expected = tensor([1.0, -4.0, 2.0]);
        assert_eq!(difference(&tensor([1.0, -3.0, 2.5]), &expected), 0.25);
        for place in 0..3 {
            let mut found = [1.0, -4.0, 2.0];
            found[place] = f32::NAN;
            assert!(difference(&tensor(found), &expected).is_nan());
        }
    }
}
