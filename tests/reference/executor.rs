//! The reference executor as a whole: batches, order, folded graphs, and what it refuses.

use menagerie::graph::{Conv, Graph, Padding, image_network, network};
use menagerie::passes::{PassSet, optimize};
use menagerie::reference::{Operand, Reference};
use menagerie::tensor::{Element, HostTensor, Shape, Type};
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{ErrorKind, Tensor};

use crate::common::networks::published;

const INPUT: Shape = Shape::new(3, 9, 7);
const CHANNELS: usize = 5;

/// A convolution with bias, two batch normalisations after it and a ReLU.
fn chain() -> Graph {
    let chain = image_network("chain", INPUT, |net, x| {
        let conv = Conv::new(CHANNELS, 3).stride(2).padding(1).bias();
        let x = net.conv("conv", x, conv)?;
        let x = net.batch_norm("bn1", x, 1e-3)?;
        let x = net.batch_norm("bn2", x, 1e-3)?;
        net.relu("relu", x)
    });
    chain.unwrap()
}

#[test]
fn folded_layers_give_the_same_answer() {
    let weights = Weights::synthetic(5);
    let input = synthetic_input(5, 2, INPUT);
    let run = |graph| {
        Reference::new(graph, &weights)
            .unwrap()
            .run(&input)
            .unwrap()
    };
    let plain = chain();
    let folded = optimize(&plain, &PassSet::all()).unwrap();
    assert_eq!(
        (plain.computed().count(), folded.computed().count()),
        (4, 1)
    );
    let (plain, folded) = (run(plain), run(folded));
    assert_eq!(plain.shape(), folded.shape());
    assert!(plain.data().iter().any(|&value| value > 0.5));
    for (plain, folded) in plain.data().iter().zip(folded.data()) {
        assert!((plain - folded).abs() < 2e-6, "{plain} {folded}");
    }
}

#[test]
fn a_batch_is_its_images() {
    let graph = published("lenet5");
    let shape = graph.input_shape().unwrap();
    let network = Reference::new(graph, &Weights::synthetic(0)).unwrap();
    let batch = synthetic_input(0, 3, shape);
    let answers = network.run(&batch).unwrap();
    assert_eq!(answers.batch(), 3);
    for index in 0..3 {
        let image = Tensor::new(1, shape, batch.image(index).to_vec()).unwrap();
        assert_eq!(network.run(&image).unwrap().data(), answers.image(index));
    }
}

/// The answer may be the input, be read again later, or lie before nodes that nobody asked for.
#[test]
fn any_value_can_be_the_answer() {
    let input = Tensor::new(1, Shape::vector(1), vec![1.5]).unwrap();
    for asked in 0..4 {
        let sums = image_network("sums", Shape::vector(1), |net, x| {
            let mut values = vec![x];
            for index in 0..3 {
                let last = values[index];
                values.push(net.add(&format!("double{index}"), last, last)?);
            }
            Ok(values[asked])
        });
        let network = Reference::new(sums.unwrap(), &Weights::synthetic(0)).unwrap();
        let answer = network.run(&input).unwrap();
        assert_eq!(answer.data(), [1.5 * (1 << asked) as f32]);
    }
}

#[test]
fn refuses_images_of_another_shape() {
    let graph = published("lenet5");
    let network = Reference::new(graph, &Weights::synthetic(0)).unwrap();
    let error = network.run(&Tensor::zeros(1, INPUT)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert_eq!(
        error.to_string(),
        "lenet5: expected images of 1x28x28, found 3x9x7"
    );
}

/// A few numbers can ask for more memory than any machine has.
#[test]
fn results_without_end_are_refused() {
    let border = Padding {
        bottom: (1 << 16) - 1,
        right: (1 << 15) - 1,
        ..Padding::default()
    };
    let graph = image_network("vast", Shape::new(1, 1, 1), |net, x| {
        net.pad("pad", x, border)
    });
    let graph = graph.unwrap();
    let network = Reference::new(graph, &Weights::synthetic(0)).unwrap();
    let error = network
        .run(&Tensor::zeros(1, Shape::new(1, 1, 1)))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(
        error.to_string(),
        "pad: a tensor of 8589934592 bytes does not fit: the reference executor allows 4294967296 bytes; \
         try a smaller batch or size"
    );
}

fn operand(ty: Type, images: usize, values: &[f32]) -> Operand<'static> {
    Operand::new(ty, images, values.to_vec()).unwrap()
}

/// Two inputs, one of them shared by all images; outputs that are a sum, a part, an input, a constant.
fn ports() -> Graph {
    let ports = network("ports", |net| {
        let photo = net.image("photo", Shape::new(2, 1, 2))?;
        let gain = net.input("gain", Type::shared(Element::F32, &[2, 1, 1])?)?;
        let bright = net.multiply("bright", photo, gain)?;
        let parts = net.split("parts", bright, &[1, 1])?;
        let table = net.known("table", HostTensor::new(&[2], vec![0.5_f32, 0.25])?)?;
        net.output("second", parts[1])?;
        net.output("bright", bright)?;
        net.output("photo", photo)?;
        net.output("gain", gain)?;
        net.output("table", table)
    });
    ports.unwrap()
}

#[test]
fn several_inputs_and_outputs() {
    let graph = ports();
    let types: Vec<Type> = graph.values().iter().map(|value| *value.ty()).collect();
    let [photo, gain] =
        [graph.inputs()[0].value, graph.inputs()[1].value].map(|id| types[id.index()]);
    let network = Reference::new(graph, &Weights::synthetic(0)).unwrap();
    let photo = operand(photo, 2, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    let gain = operand(gain, 1, &[10.0, -1.0]);
    let outputs = network.run_all(&[photo.clone(), gain.clone()]).unwrap();
    let found: Vec<(String, usize, &[f32])> = outputs
        .iter()
        .map(|output| (output.ty().to_string(), output.images(), output.data()))
        .collect();
    assert_eq!(
        found,
        [
            ("1x1x2".into(), 2, &[-3.0, -4.0, -7.0, -8.0][..]),
            (
                "2x1x2".into(),
                2,
                &[10.0, 20.0, -3.0, -4.0, 50.0, 60.0, -7.0, -8.0]
            ),
            ("2x1x2".into(), 2, photo.data()),
            ("f32[2, 1, 1]".into(), 1, gain.data()),
            ("f32[2]".into(), 1, &[0.5, 0.25]),
        ]
    );
    // The same after all passes.
    let optimized = optimize(network.graph(), &PassSet::all()).unwrap();
    let optimized = Reference::new(optimized, &Weights::synthetic(0)).unwrap();
    assert_eq!(optimized.run_all(&[photo, gain]).unwrap(), outputs);
}

#[test]
fn inputs_that_are_none_of_the_graph_s_are_refused() {
    let network = Reference::new(ports(), &Weights::synthetic(0)).unwrap();
    let photo = |images| {
        let ty = Type::image(Shape::new(2, 1, 2)).unwrap();
        operand(ty, images, &vec![1.0; 4 * images])
    };
    let gain = operand(
        Type::shared(Element::F32, &[2, 1, 1]).unwrap(),
        1,
        &[1.0; 2],
    );
    for (inputs, message) in [
        (vec![photo(1)], "ports: expected 2 inputs, found 1"),
        (
            vec![photo(1), gain.clone(), photo(1)],
            "ports: expected 2 inputs, found 3",
        ),
        (
            vec![gain.clone(), photo(1)],
            "ports: expected photo of 2x1x2, found f32[2, 1, 1]",
        ),
    ] {
        let error = network.run_all(&inputs).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Input, message)
        );
    }
    let error = network
        .run(&Tensor::zeros(1, Shape::new(2, 1, 2)))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Shape);
    let message = error.to_string();
    let expected =
        "ports: expected 1 input, found 2; it takes photo (2x1x2) and gain (f32[2, 1, 1])";
    assert!(message.starts_with(expected), "{message}");

    let two = network_of_two_photos();
    let error = two.run_all(&[photo(2), photo(3)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert_eq!(
        error.to_string(),
        "pair: expected 2 images of right, like in the other inputs, found 3"
    );
    let sum = two.run_all(&[photo(2), photo(2)]).unwrap();
    assert_eq!(sum[0].data(), [2.0; 8]);
}

fn network_of_two_photos() -> Reference {
    let pair = network("pair", |net| {
        let left = net.image("left", Shape::new(2, 1, 2))?;
        let right = net.image("right", Shape::new(2, 1, 2))?;
        net.output("sum", net.add("sum", left, right)?)
    });
    Reference::new(pair.unwrap(), &Weights::synthetic(0)).unwrap()
}

#[test]
fn operands_hold_what_their_type_says() {
    let image = Type::image(Shape::new(2, 1, 2)).unwrap();
    let bytes = Type::shared(Element::U8, &[2]).unwrap();
    for (ty, images, count, message) in [
        (
            image,
            0,
            0,
            "0 x 2x1x2 needs 0 values of f32 and at least one image, found 0",
        ),
        (
            image,
            2,
            7,
            "2 x 2x1x2 needs 8 values of f32 and at least one image, found 7",
        ),
        (
            bytes,
            1,
            2,
            "1 x u8[2] needs 2 values of f32 and at least one image, found 2",
        ),
        (
            image,
            usize::MAX,
            4,
            "18446744073709551615 x 2x1x2 needs 18446744073709551615 values of f32 and at least one \
             image, found 4",
        ),
    ] {
        let error = Operand::new(ty, images, vec![0.0; count]).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Input, message)
        );
    }
}

#[test]
fn a_network_without_an_answer_is_refused() {
    let error = Reference::new(Graph::new("empty"), &Weights::synthetic(0)).map(|_| ());
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Shape);
    assert_eq!(error.to_string(), "empty: expected an output, found none");
}

/// A window may reach far where neither what goes in nor what comes out is large.
#[test]
fn borders_without_end_are_refused() {
    let conv = Conv::new(1, 2);
    for (conv, bytes) in [
        (conv.padding(1 << 29).stride(1 << 30), "4611686035607257104"),
        (
            conv.padding(1 << 29).dilation(1 << 30),
            "4611686052787126336",
        ),
        (conv.padding(1 << 20).stride(1 << 20), "17592219598864"),
    ] {
        let graph = image_network("far", Shape::new(1, 4, 4), |net, x| {
            net.conv("conv", x, conv)
        });
        let network = Reference::new(graph.unwrap(), &Weights::synthetic(0)).unwrap();
        let error = network
            .run(&Tensor::zeros(1, Shape::new(1, 4, 4)))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_eq!(
            error.to_string(),
            format!(
                "conv: a tensor of {bytes} bytes does not fit: the reference executor allows 4294967296 bytes; \
                 try a smaller batch or size"
            )
        );
    }
}
