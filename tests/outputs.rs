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
use menagerie::{ErrorKind, Tensor, zoo};

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

/// The names are those of the graph's nodes, and a session says which there are.
#[test]
fn inputs_and_outputs_have_names() {
    let mut graph = zoo::find("lenet5").unwrap().graph().unwrap();
    let (conv, _) = graph.iter().find(|(_, node)| node.name == "conv1").unwrap();
    graph.add_output(conv);
    let answer = graph.node(graph.output()).name.clone();
    let (_, gpu) = &devices()[0];
    let (weights, options) = (Weights::synthetic(SEED), SessionOptions::default());
    let mut session = Session::new(gpu, &graph, &weights, &options).unwrap();
    let names: Vec<&str> = session.outputs().map(|output| output.name()).collect();
    assert_eq!(names, [answer.as_str(), "conv1"]);
    let inputs: Vec<_> = session.inputs().map(|input| input.name()).collect();
    assert_eq!(inputs, ["input"]);
    assert_eq!(session.input("input").unwrap().shape(), graph.input_shape());
    assert_eq!(
        session.output("conv1").unwrap().shape(),
        graph.node(conv).shape
    );

    let image = synthetic_input(SEED, 1, graph.input_shape());
    let expected = session.run_outputs(&image).unwrap();
    let found = session.run_named(&[("input", &image)]).unwrap();
    assert_eq!(found.get(&answer), Some(&expected[0]));
    assert_eq!(found.get("conv1"), Some(&expected[1]));
    assert_eq!(found.get("conv2"), None);
    assert_eq!(found.into_tensors(), expected);

    let output = session.output("conv2").map(|_| ()).unwrap_err();
    let mut run = |inputs: &[(&str, &Tensor)]| session.run_named(inputs).map(|_| ()).unwrap_err();
    let refusals = [
        (
            output,
            format!("no output \"conv2\"; there are: {answer}, conv1"),
        ),
        (
            run(&[]),
            "takes one tensor as input \"input\", found none".to_owned(),
        ),
        (
            run(&[("input", &image), ("input", &image)]),
            "takes one tensor as input \"input\", found several".to_owned(),
        ),
        (
            run(&[("input", &image), ("mask", &image)]),
            "no input \"mask\"; there are: input".to_owned(),
        ),
    ];
    for (error, expected) in refusals {
        assert_eq!(error.kind(), ErrorKind::Input);
        let line = error.to_string();
        assert!(
            line.starts_with("lenet5 ") && line.ends_with(&expected),
            "{line}"
        );
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
