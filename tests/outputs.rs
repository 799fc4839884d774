//! Graphs with more outputs than the answer: every executor keeps them to the end of a run, with and without
//! passes.

mod common;

use common::device::devices;
use common::quads;
use menagerie::device::DeviceProfile;
use menagerie::graph::{Conv, Graph, Node, ValueId, Window, network};
use menagerie::kernels::Resource;
use menagerie::passes::{PassSet, optimize, optimize_with_report};
use menagerie::program::{Dispatch, Planning, Program};
use menagerie::reference::{Operand, Reference};
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::zoo;
use menagerie::{ErrorKind, Tensor};

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

/// The node of this name.
fn node<'a>(graph: &'a Graph, name: &str) -> &'a Node {
    let mut nodes = graph.nodes().iter();
    nodes.find(|node| node.name() == name).unwrap()
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

/// The names are those of the graph's ports, and a session says which there are.
#[test]
fn inputs_and_outputs_have_names() {
    let mut graph = zoo::find("lenet5").unwrap().graph().unwrap();
    let conv = node(&graph, "conv1").result();
    graph.add_output("conv1", conv).unwrap();
    let answer = graph.outputs()[0].name.clone();
    let (_, gpu) = &devices()[0];
    let (weights, options) = (Weights::synthetic(SEED), SessionOptions::default());
    let mut session = Session::new(gpu, &graph, &weights, &options).unwrap();
    let names: Vec<&str> = session.outputs().map(|output| output.name()).collect();
    assert_eq!(names, [answer.as_str(), "conv1"]);
    let inputs: Vec<_> = session.inputs().map(|input| input.name()).collect();
    assert_eq!(inputs, ["input"]);
    let shape = graph.input_shape().unwrap();
    assert_eq!(session.input("input").unwrap().shape(), shape);
    assert_eq!(
        session.output("conv1").unwrap().shape(),
        graph.shape(conv).unwrap()
    );

    let image = synthetic_input(SEED, 1, graph.input_shape().unwrap());
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

/// A picture and a mask of it: a network of two inputs and four outputs, one of them an input, and one another's twin.
fn two_inputs() -> Graph {
    let graph = network("two", |net| {
        let picture = net.image("picture", Shape::new(3, 6, 5))?;
        let mask = net.image("mask", Shape::new(5, 6, 5))?;
        let filtered = net.conv("conv", picture, Conv::new(8, 3).padding(1).bias())?;
        let together = net.concat("concat", &[filtered, mask])?;
        let pooled = net.max_pool("pool", together, Window::square(2, 2))?;
        net.output("answer", pooled)?;
        net.output("edges", filtered)?;
        net.output("mask", mask)?;
        net.output("again", pooled)
    });
    graph.unwrap()
}

#[test]
fn several_inputs_and_outputs_go_by_name() {
    let graph = two_inputs();
    let weights = Weights::synthetic(SEED);
    let picture = synthetic_input(1, 2, Shape::new(3, 6, 5));
    let mask = synthetic_input(2, 2, Shape::new(5, 6, 5));
    let reference = Reference::new(graph.clone(), &weights).unwrap();
    let operands = [&picture, &mask].map(|tensor| Operand::of_tensor(tensor).unwrap());
    let expected = reference.run_all(&operands).unwrap().into_iter();
    let expected: Vec<Tensor> = expected.map(|found| found.into_tensor().unwrap()).collect();
    for passes in [PassSet::all(), PassSet::none()] {
        let graph = optimize(&graph, &passes).unwrap();
        for (device, gpu) in devices() {
            let options = SessionOptions {
                batch: 3,
                ..SessionOptions::default()
            };
            let mut session = Session::new(gpu, &graph, &weights, &options).unwrap();
            let inputs: Vec<_> = session
                .inputs()
                .map(|input| (input.name().to_owned(), input.shape()))
                .collect();
            let expected_inputs = [("picture", picture.shape()), ("mask", mask.shape())];
            assert_eq!(
                inputs,
                expected_inputs.map(|(name, shape)| (name.to_owned(), shape))
            );
            // In any order, fewer images than the session takes.
            for inputs in [
                [("picture", &picture), ("mask", &mask)],
                [("mask", &mask), ("picture", &picture)],
            ] {
                let found = session.run_named(&inputs).unwrap();
                let names: Vec<&str> = found.iter().map(|(name, _)| name).collect();
                assert_eq!(names, ["answer", "edges", "mask", "again"], "{device}");
                assert_eq!(found.get("mask"), Some(&mask), "{device}");
                hold(device, &found.into_tensors(), &expected);
            }
            // Written and recorded by hand.
            session
                .write_inputs(&[("picture", &picture), ("mask", &mask)])
                .unwrap();
            let mut encoder = gpu.device().create_command_encoder(&Default::default());
            session.record(&mut encoder);
            session.record_readback(&mut encoder);
            gpu.queue().submit([encoder.finish()]);
            hold(device, &session.read_outputs().unwrap(), &expected);
            refuse(&mut session, &picture, &mask);
            // What was refused has changed nothing.
            let found = session.run_named(&[("picture", &picture), ("mask", &mask)]);
            hold(device, &found.unwrap().into_tensors(), &expected);
        }
    }
}

/// A run of several inputs has all of them, each once, as many images of each.
fn refuse(session: &mut Session, picture: &Tensor, mask: &Tensor) {
    let one = synthetic_input(2, 1, mask.shape());
    let many = |shape| synthetic_input(2, 4, shape);
    let (pictures, masks) = (many(picture.shape()), many(mask.shape()));
    let cases: [(&[(&str, &Tensor)], &str); 6] = [
        (
            &[("picture", picture)],
            "two takes one tensor as input \"mask\", found none",
        ),
        (
            &[("picture", picture), ("mask", mask), ("picture", picture)],
            "two takes one tensor as input \"picture\", found several",
        ),
        (
            &[("picture", picture), ("depth", mask)],
            "two has no input \"depth\"; there are: picture, mask",
        ),
        (
            &[("picture", mask), ("mask", picture)],
            "two takes images of 3x6x5, found 5x6x5",
        ),
        (
            &[("picture", picture), ("mask", &one)],
            "two takes as many images of each input, found 2 and 1",
        ),
        (
            &[("picture", &pictures), ("mask", &masks)],
            "this session takes at most 3 images at once, found 4",
        ),
    ];
    for (inputs, expected) in cases {
        let error = session.run_named(inputs).map(|_| ()).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Input, expected)
        );
    }
    let error = session.run(picture).unwrap_err();
    assert_eq!(error.to_string(), "two takes 2 inputs by name, found 1");
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
    let graph = zoo::find("lenet5").unwrap().graph().unwrap();
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
    let mut graph = zoo::find("lenet5").unwrap().graph().unwrap();
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
