//! Single operations of the reference executor, and tables of cases for them.

use menagerie::graph::{Derivation, Graph, Op, Parameter, ParameterId};
use menagerie::tensor::Shape;
use menagerie::reference::evaluate;
use menagerie::{Result, Tensor};

/// Parameters under construction: their values by id.
pub struct Parameters {
    graph: Graph,
    values: Vec<Vec<f32>>,
}

impl Parameters {
    pub fn new() -> Self {
        Self {
            graph: Graph::new("parameters", Shape::vector(1)),
            values: Vec::new(),
        }
    }

    pub fn add(&mut self, values: &[f32]) -> ParameterId {
        self.values.push(values.to_vec());
        self.graph.add_parameter(Parameter {
            name: format!("{}", self.values.len()),
            shape: vec![values.len()],
            trainable: true,
            derivation: Derivation::Stored,
        })
    }

    pub fn evaluate(&self, op: &Op, inputs: &[&Tensor]) -> Result<Tensor> {
        evaluate(op, &|id| &self.values[id.index()], inputs)
    }
}

pub fn tensor(batch: usize, shape: [usize; 3], values: &[f32]) -> Tensor {
    let [channels, height, width] = shape;
    Tensor::new(batch, Shape::new(channels, height, width), values.to_vec()).unwrap()
}

/// 1, 2, 3 and so on.
pub fn counting(shape: [usize; 3]) -> Tensor {
    let count = shape.iter().product();
    let values: Vec<f32> = (1..=count).map(|value| value as f32).collect();
    tensor(1, shape, &values)
}

/// Runs every case before it fails.
pub fn expect_all(cases: Vec<(&str, Result<Tensor>, Tensor)>) {
    let mut failures = Vec::new();
    for (name, found, expected) in cases {
        match found {
            Ok(found) if found == expected => {}
            other => failures.push(format!("{name}:\n expected {expected:?}\n found {other:?}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
