//! Any value can be an output: it is what it would be as an answer, and keeps its memory.

use menagerie::device::DeviceProfile;
use menagerie::graph::{Graph, Node, ValueId, network};
use menagerie::kernels::Resource;
use menagerie::passes::{PassSet, optimize, optimize_with_report};
use menagerie::program::{Dispatch, Planning, Program};
use menagerie::reference::Reference;
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{ErrorKind, Tensor};

use crate::common::device::devices;
use crate::common::networks::published;
use crate::common::quads;
use crate::{SEED, assert_all_near, networks, node};

/// `graph` with its input and every `step`th result behind it as outputs, and what they are.
fn opened(graph: &Graph, step: usize) -> (Graph, Vec<ValueId>) {
    let mut opened = graph.clone();
    let mut values = vec![graph.answer().unwrap()];
    let input = graph.inputs()[0].value;
    let results = graph.nodes().iter().map(Node::result);
    for value in [input].into_iter().chain(results).step_by(step) {
        let name = values.len().to_string();
        assert_eq!(opened.add_output(name, value).unwrap(), values.len());
        values.push(value);
    }
    (opened, values)
}

/// What these values of `graph` are, each computed as the answer of a network of its own.
fn expected(graph: &Graph, values: &[ValueId], input: &Tensor) -> Vec<Tensor> {
    let answer = |&value: &ValueId| {
        let graph = graph.ending_at(&[("answer", value)]).unwrap();
        let network = Reference::new(graph, &Weights::synthetic(SEED)).unwrap();
        network.run(input).unwrap()
    };
    values.iter().map(answer).collect()
}

#[test]
fn every_output_is_what_it_is_as_an_answer() {
    for graph in networks() {
        let input = synthetic_input(SEED, 1, graph.input_shape().unwrap());
        let step = graph.nodes().len().div_ceil(40);
        for step in [step, 3 * step] {
            let (opened, values) = opened(&graph, step);
            let expected = expected(&graph, &values, &input);
            for passes in [PassSet::all(), PassSet::none()] {
                let opened = optimize(&opened, &passes).unwrap();
                let case = format!(
                    "{}, step {step}, {} passes",
                    graph.name(),
                    passes.names().len()
                );
                let weights = Weights::synthetic(SEED);
                let reference = Reference::new(opened.clone(), &weights).unwrap();
                assert_all_near(&case, &reference.run_outputs(&input).unwrap(), &expected);
                for (device, gpu) in devices() {
                    let options = SessionOptions::default();
                    let mut session = Session::new(gpu, &opened, &weights, &options).unwrap();
                    let found = session.run_outputs(&input).unwrap();
                    assert_all_near(&format!("{case}, {device}"), &found, &expected);
                    // The answer alone is still there for who wants no more.
                    assert_eq!(session.run(&input).unwrap(), found[0], "{case}, {device}");
                }
            }
        }
    }
}

/// What is the same in every run has no place on the device.
#[test]
fn a_constant_is_no_output_of_a_program() {
    let graph = network("constant", |net| {
        let x = net.image("x", Shape::new(4, 3, 3))?;
        net.output("answer", net.relu("relu", x)?)?;
        net.output("slope", net.parameter("slope", &[4])?)
    });
    let program = Program::new(
        &graph.unwrap(),
        &DeviceProfile::WEBGPU,
        &Planning::default(),
    );
    let error = program.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(
        error.to_string(),
        "slope: expected a value that depends on an input, found the constant f32[4]"
    );
}

/// Nothing is written to where an output lies, once it is there.
#[test]
fn an_output_has_its_memory_to_itself() {
    for graph in networks() {
        for passes in [PassSet::all(), PassSet::none()] {
            let middle = graph.nodes()[graph.nodes().len() / 2].result();
            let mut graph = graph.clone();
            graph.add_output("middle", middle).unwrap();
            let graph = optimize(&graph, &passes).unwrap();
            let plan = Program::new(&graph, &DeviceProfile::WEBGPU, &Planning::default()).unwrap();
            let kept = graph.outputs()[1].value;
            let output = quads::of(&plan.outputs()[1].view, plan.batch());
            let writes_to_it = |dispatch: &&Dispatch| {
                let written = quads::of(&dispatch.output, plan.batch());
                // Behind the kernel's own bindings come those of an expression.
                let last = dispatch.kernel.bindings.len() - 1;
                let Resource::Activations(bound) = &dispatch.resources[last] else {
                    panic!("{}: {:?}", dispatch.node, dispatch.resources);
                };
                let end = bound.begin + bound.length;
                let range = (bound.begin / quads::BYTES) as usize..(end / quads::BYTES) as usize;
                let is_bound = |(slot, quad)| slot == bound.slot && range.contains(&quad);
                assert!(written.iter().copied().all(is_bound), "{}", dispatch.node);
                !written.is_disjoint(&output)
            };
            let last = plan.dispatches().iter().rfind(writes_to_it).unwrap();
            assert_eq!(last.node, graph.value(kept).name(), "{}", graph.name());
            assert_eq!(plan.outputs()[1].view.shape, graph.shape(kept).unwrap());
        }
    }
}

#[test]
fn a_listing_names_all_outputs() {
    let graph = published("lenet5");
    let last = graph.to_string().lines().last().unwrap().to_owned();
    let mut graph = graph;
    let input = graph.inputs()[0].value;
    graph.add_output("digit", input).unwrap();
    let found = graph.to_string();
    assert_eq!(found.lines().last().unwrap(), format!("{last}, %0"));
}

/// A convolution whose result is an output stays as it is, and is not computed a second time with what comes
/// behind it.
#[test]
fn an_output_is_not_fused_with_its_reader() {
    let mut graph = published("lenet5");
    let conv = node(&graph, "conv1").result();
    graph.add_output("conv1", conv).unwrap();
    let (found, report) = optimize_with_report(&graph, &PassSet::all(), None).unwrap();
    let count = |graph: &Graph| {
        let nodes = graph.nodes().iter();
        nodes.filter(|node| node.name().contains("conv1")).count()
    };
    assert_eq!(count(&found), count(&graph));
    let refusals = report
        .refusals
        .iter()
        .map(|refusal| refusal.reason.as_str());
    assert!(
        refusals
            .clone()
            .any(|reason| reason == "conv1 is an output")
    );
}
