//! Graphs with more outputs than the answer: every executor keeps them to the end of a run, with and without
//! passes.

mod common;

use common::device::devices;
use menagerie::device::DeviceProfile;
use menagerie::graph::{Graph, NodeId, Shape};
use menagerie::kernels::Resource;
use menagerie::passes::{PassSet, optimize, optimize_with_report};
use menagerie::program::{Dispatch, Planning, Program};
use menagerie::reference::Reference;
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Tensor, zoo};

const SEED: u64 = 3;

/// Networks with branches, concatenations and sums, for images that are quick to compute.
fn networks() -> Vec<Graph> {
    [
        ("lenet5", Shape::new(1, 28, 28)),
        ("squeezenet1_1", Shape::new(3, 39, 33)),
        ("resnet18", Shape::new(3, 33, 39)),
        ("densenet121", Shape::new(3, 33, 33)),
    ]
    .map(|(name, input)| zoo::find(name).unwrap().graph_for(input).unwrap())
    .into()
}

/// `graph` with every `step`th result as an output, and whose they are.
fn opened(graph: &Graph, step: usize) -> (Graph, Vec<NodeId>) {
    let mut opened = graph.clone();
    let mut ids = vec![graph.output()];
    for (id, _) in graph.iter().step_by(step) {
        assert_eq!(opened.add_output(id), ids.len());
        ids.push(id);
    }
    (opened, ids)
}

/// What each node of `graph` gives, each computed as the answer of a network of its own.
fn expected(graph: &Graph, ids: &[NodeId], input: &Tensor) -> Vec<Tensor> {
    let answer = |&id: &NodeId| {
        let mut graph = graph.clone();
        graph.set_output(id);
        let network = Reference::new(graph, &Weights::synthetic(SEED)).unwrap();
        network.run(input).unwrap()
    };
    ids.iter().map(answer).collect()
}

fn hold(case: &str, found: &[Tensor], expected: &[Tensor]) {
    assert_eq!(found.len(), expected.len(), "{case}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found.shape(), expected.shape(), "{case}: output {index}");
        let pairs = || found.data().iter().zip(expected.data());
        let largest = pairs().fold(0.0_f32, |largest, (_, value)| largest.max(value.abs()));
        for (found, expected) in pairs() {
            let near = (found - expected).abs() <= 2e-5 * largest;
            assert!(near, "{case}: output {index}: {found}, not {expected}");
        }
    }
}

#[test]
fn every_output_is_what_it_is_as_an_answer() {
    for graph in networks() {
        let input = synthetic_input(SEED, 1, graph.input_shape());
        let step = graph.nodes().len().div_ceil(40);
        for step in [step, 3 * step] {
            let (opened, ids) = opened(&graph, step);
            let expected = expected(&graph, &ids, &input);
            for passes in [PassSet::all(), PassSet::none()] {
                let opened = optimize(&opened, &passes).unwrap();
                let case = format!(
                    "{}, step {step}, {} passes",
                    graph.name(),
                    passes.names().len()
                );
                let weights = Weights::synthetic(SEED);
                let reference = Reference::new(opened.clone(), &weights).unwrap();
                hold(&case, &reference.run_outputs(&input).unwrap(), &expected);
                for (device, gpu) in devices() {
                    let options = SessionOptions::default();
                    let mut session = Session::new(gpu, &opened, &weights, &options).unwrap();
                    let found = session.run_outputs(&input).unwrap();
                    hold(&format!("{case}, {device}"), &found, &expected);
                    // The answer alone is still there for who wants no more.
                    assert_eq!(session.run(&input).unwrap(), found[0], "{case}, {device}");
                }
            }
        }
    }
}

/// Nothing is written to where an output lies, once it is there.
#[test]
fn an_output_has_its_memory_to_itself() {
    for graph in networks() {
        for passes in [PassSet::all(), PassSet::none()] {
            let middle = graph.iter().nth(graph.nodes().len() / 2).unwrap().0;
            let mut graph = graph.clone();
            graph.add_output(middle);
            let graph = optimize(&graph, &passes).unwrap();
            let plan = Program::new(&graph, &DeviceProfile::WEBGPU, &Planning::default()).unwrap();
            let kept = graph.node(graph.outputs()[1]);
            let output = plan.outputs()[1].view.place;
            let writes_to_it = |dispatch: &&Dispatch| match dispatch.resources.last() {
                Some(Resource::Activations(written)) => {
                    written.slot == output.slot
                        && written.begin < output.begin + output.length
                        && output.begin < written.begin + written.length
                }
                other => panic!("{}: written is {other:?}", dispatch.node),
            };
            let last = plan.dispatches().iter().rfind(writes_to_it).unwrap();
            assert_eq!(last.node, kept.name, "{}", graph.name());
            assert_eq!(plan.outputs()[1].view.shape, kept.shape);
        }
    }
}

#[test]
fn a_listing_names_all_outputs() {
    let graph = zoo::find("lenet5").unwrap().graph().unwrap();
    let last = graph.to_string().lines().last().unwrap().to_owned();
    let mut graph = graph;
    let input = graph.input();
    graph.add_output(input);
    let found = graph.to_string();
    assert_eq!(found.lines().last().unwrap(), format!("{last}, %0"));
}

/// A convolution whose result is an output stays as it is, and is not computed a second time with what comes
/// behind it.
#[test]
fn an_output_is_not_fused_with_its_reader() {
    let mut graph = zoo::find("lenet5").unwrap().graph().unwrap();
    let (conv, _) = graph.iter().find(|(_, node)| node.name == "conv1").unwrap();
    graph.add_output(conv);
    let (found, report) = optimize_with_report(&graph, &PassSet::all(), None).unwrap();
    let count = |graph: &Graph| {
        let nodes = graph.nodes().iter();
        nodes.filter(|node| node.name.contains("conv1")).count()
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
