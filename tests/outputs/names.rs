//! Inputs and outputs go by name.

use menagerie::graph::{Conv, Graph, Window, network};
use menagerie::passes::{PassSet, optimize};
use menagerie::reference::{Operand, Reference};
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{ErrorKind, Tensor};

use crate::common::device::devices;
use crate::common::networks::published;
use crate::{SEED, assert_all_near, node};

/// The names are those of the graph's ports, and a session says which there are.
#[test]
fn inputs_and_outputs_have_names() {
    let mut graph = published("lenet5");
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
            format!("no output \"conv2\"; there are: {answer} (10x1x1), conv1 (6x28x28)"),
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
            "no input \"mask\"; there are: input (1x28x28)".to_owned(),
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
                assert_all_near(device, &found.into_tensors(), &expected);
            }
            // Written and recorded by hand.
            session
                .write_inputs(&[("picture", &picture), ("mask", &mask)])
                .unwrap();
            let mut encoder = gpu.device().create_command_encoder(&Default::default());
            session.record(&mut encoder);
            session.record_readback(&mut encoder);
            gpu.queue().submit([encoder.finish()]);
            assert_all_near(device, &session.read_outputs().unwrap(), &expected);
            refuse(&mut session, &picture, &mask);
            // What was refused has changed nothing.
            let found = session.run_named(&[("picture", &picture), ("mask", &mask)]);
            assert_all_near(device, &found.unwrap().into_tensors(), &expected);
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
            "two has no input \"depth\"; there are: picture (3x6x5), mask (5x6x5)",
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
