//! Single operations of the reference executor, and tables of cases for them.

use menagerie::graph::{Activation, Add, Graph, Op};
use menagerie::passes::{PassSet, optimize};
use menagerie::reference::{Operand, Reference, evaluate};
use menagerie::tensor::{Element, Shape, Type};
use menagerie::weights::Weights;
use menagerie::{Result, Tensor};

use super::safetensors_file::{Data, file};

/// A parameter of such extents.
pub fn parameter(extents: &[usize], values: &[f32]) -> Operand<'static> {
    let ty = Type::shared(Element::F32, extents).unwrap();
    Operand::new(ty, 1, values.to_vec()).unwrap()
}

/// The only result of `op` for these images and the parameters behind them.
pub fn evaluate_one(
    op: &Op,
    images: &[&Tensor],
    parameters: &[Option<&Operand<'_>>],
) -> Result<Tensor> {
    let images = images.iter().map(|image| Operand::of_tensor(image));
    let images: Vec<Operand<'_>> = images.collect::<Result<_>>()?;
    let inputs = images.iter().map(Some).chain(parameters.iter().copied());
    let mut results = evaluate(op, &inputs.collect::<Vec<_>>())?;
    assert_eq!(results.len(), 1);
    results.swap_remove(0).into_tensor()
}

/// An operation, and what the passes put behind it.
pub struct Fused<'a> {
    pub op: Op,
    pub parameters: &'a [Option<&'a Operand<'a>>],
    pub activation: Activation,
}

impl Fused<'_> {
    /// `activation(op(images) + residual)`, computed by a single node.
    pub fn run(&self, images: &[&Tensor], residual: Option<&Tensor>) -> Result<Tensor> {
        let mut graph = Graph::new("fused");
        let mut inputs = Vec::new();
        let mut ports = Vec::new();
        for (index, image) in images.iter().copied().chain(residual).enumerate() {
            let image = Operand::of_tensor(image)?;
            ports.push(Some(graph.add_input(format!("input{index}"), *image.ty())?));
            inputs.push(image);
        }
        let mut stored = Vec::new();
        let mut reads = ports[..images.len()].to_vec();
        for (index, parameter) in self.parameters.iter().enumerate() {
            reads.push(match parameter {
                Some(parameter) => {
                    let name = format!("parameter{index}");
                    let id = graph.add_stored(name.as_str(), *parameter.ty(), true)?;
                    stored.push((name, *parameter));
                    Some(id)
                }
                None => None,
            });
        }
        let mut x = graph.add("op", self.op.clone(), reads)?[0];
        if let Some(&other) = ports.get(images.len()) {
            x = graph.add("add", Op::Add(Add::default()), vec![Some(x), other])?[0];
        }
        let activation = Op::Activation(self.activation);
        x = graph.add("activation", activation, vec![Some(x)])?[0];
        graph.add_output("output", x)?;
        let graph = optimize(&graph, &PassSet::all())?;
        assert_eq!(graph.computed().count(), 1, "{graph}");

        let tensors: Vec<(&str, &[usize], Data<'_>)> = stored
            .iter()
            .map(|(name, tensor)| {
                (
                    name.as_str(),
                    &tensor.ty().dims()[..],
                    Data::F32(tensor.data()),
                )
            })
            .collect();
        let weights = Weights::from_bytes("fused.safetensors", file(&tensors))?;
        let mut outputs = Reference::new(graph, &weights)?.run_all(&inputs)?;
        outputs.swap_remove(0).into_tensor()
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
