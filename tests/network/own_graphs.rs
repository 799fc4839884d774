//! Networks of one's own, on any device.

use menagerie::graph::{Conv, Graph, network};
use menagerie::preprocess::{Colour, Framing, Interpolation, Preprocess};
use menagerie::tensor::{Element, Shape, Type};
use menagerie::weights::{Weights, synthetic_input, synthetic_inputs};
use menagerie::zoo::{self, Task};
use menagerie::{ErrorKind, Network, Photo, Tensor};
use safetensors::tensor::{Dtype, TensorView, serialize};

use crate::{devices, digits, photo, refusal};

#[test]
fn a_graph_of_one_s_own_answers_as_the_zoo_s_does() {
    let model = zoo::find("lenet5").unwrap();
    let checkpoint = model.checkpoint().unwrap();
    for device in devices() {
        let graph = checkpoint.graph(model.input).unwrap();
        let mut network = Network::of_graph(graph, checkpoint.weights().clone())
            .preprocess(checkpoint.preprocess())
            .labels([
                "null", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
            ])
            .device(device)
            .batch(3)
            .load()
            .unwrap();
        let answers = network.classify_all(&digits()).unwrap();
        let found: Vec<usize> = answers
            .iter()
            .map(|answer| answer.top(1)[0].index)
            .collect();
        assert_eq!(found, (0..10).collect::<Vec<_>>());
        assert_eq!(answers[8].top(1)[0].label, "eight");
        assert_eq!(network.class("nine").unwrap(), 9);
        assert!(network.checkpoint().is_none());
        assert_eq!(network.summary().unwrap().total(), 61_706);
    }
}

/// One weight for each colour: what is bright is probable.
fn brightness() -> (Graph, Weights) {
    let graph = network("brightness", |net| {
        let x = net.image("photo", Shape::new(3, 1, 2))?;
        let x = net.conv("scores", x, Conv::new(1, 1).bias())?;
        net.output("scores", x)
    })
    .unwrap();
    let bytes = |values: &[f32]| -> Vec<u8> {
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect()
    };
    // From -3 ln 3 for black to 3 ln 3 for white.
    let ln3 = 3f32.ln();
    let (weight, bias) = (bytes(&[2.0 * ln3; 3]), bytes(&[-3.0 * ln3]));
    let view = |shape: Vec<usize>, bytes| TensorView::new(Dtype::F32, shape, bytes).unwrap();
    let tensors = [
        ("scores.weight", view(vec![1, 3, 1, 1], &weight)),
        ("scores.bias", view(vec![1], &bias)),
    ];
    let file = serialize(tensors, None).unwrap();
    (graph, Weights::from_bytes("brightness", file).unwrap())
}

/// The photo is twice as large as what the network sees. A triangle as wide as four of its pixels makes 1/7 of white of
/// the black half, and 6/7 of the white one, in 8 bits.
#[test]
fn a_mask_worked_out_by_hand() {
    let plain = Preprocess {
        framing: Framing::Squash(1.0),
        interpolation: Interpolation::Bilinear,
        crop: [1, 2],
        colour: Colour::Rgb,
        mean: [0.0; 3],
        std: [1.0; 3],
    };
    // Left half black, right half white, twice as large as the network's input.
    let row = [[0; 6], [255; 6]].concat();
    let picture = Photo::new(4, 2, [row.clone(), row].concat()).unwrap();
    for device in devices() {
        let (graph, weights) = brightness();
        let network = Network::of_graph(graph, weights).preprocess(plain);
        let mut network = network.device(device.clone()).load().unwrap();
        assert_eq!(network.task().unwrap(), Task::Segment);
        let mask = network.segment(&picture).unwrap();
        let [low, high] = [36.0, 219.0].map(|level: f32| {
            let score = 3f32.ln() * (6.0 * level / 255.0 - 3.0);
            1.0 / (1.0 + (-score).exp())
        });
        // A quarter of the way from pixel to pixel of what the network saw.
        let row = [
            low,
            0.75 * low + 0.25 * high,
            0.25 * low + 0.75 * high,
            high,
        ];
        let expected = [row, row].concat();
        for (found, expected) in mask.probabilities().iter().zip(expected) {
            let found = (found, mask.probabilities());
            assert!(
                (found.0 - expected).abs() < 1e-5,
                "{device}: {found:?}, not {expected}"
            );
        }
        assert_eq!(mask.covered_share(0.5), 0.5);
    }
}

#[test]
fn what_a_graph_of_one_s_own_lacks_is_told() {
    let model = zoo::find("lenet5").unwrap();
    let graph = || model.graph().unwrap();
    let own = || Network::of_graph(graph(), Weights::synthetic(0));
    for device in devices() {
        let mut network = own().device(device).load().unwrap();
        let error = network.classify(&photo("samples/cat.png")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        assert_eq!(
            error.to_string(),
            "lenet5: photos need a preprocessing, and none was given for this graph"
        );
    }
    let vectors = || {
        network("vectors", |net| {
            let ty = Type::per_image(Element::F32, &[5, 2])?;
            let x = net.input("words", ty)?;
            net.output("words", x)
        })
    };
    for (builder, says) in [
        (
            Network::of_graph(vectors().unwrap(), Weights::synthetic(0)).size(32, 32),
            "vectors: a graph of your own has no image as its input, found a size for one",
        ),
        (
            own().labels(["a", "b"]),
            "lenet5 tells 10 classes apart, found 2 labels",
        ),
        (
            own().size(32, 32),
            "lenet5: a graph of your own has the size 28x28, found another one",
        ),
        (
            own().weights(Weights::synthetic(1)),
            "lenet5: a graph of your own comes with its weights, found others beside them",
        ),
    ] {
        let error = refusal(builder);
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Input, says)
        );
    }
    let others = zoo::find("mobilenet_v2").unwrap().checkpoint().unwrap();
    let error = refusal(Network::of_graph(graph(), others.weights().clone()));
    assert_eq!(error.kind(), ErrorKind::Weights);
}

/// Tensors by name.
type Named<'a> = &'a [(&'a str, &'a Tensor)];

#[test]
fn a_graph_of_several_inputs_runs_by_name() {
    let shape = Shape::new(5, 3, 2);
    let graph = || {
        network("sum", |net| {
            let [left, right] = [net.image("left", shape)?, net.image("right", shape)?];
            let sum = net.add("sum", left, right)?;
            let doubled = net.add("doubled", sum, sum)?;
            net.output("sum", sum)?;
            net.output("doubled", doubled)
        })
        .unwrap()
    };
    let [left, right] = [1, 2].map(|seed| synthetic_input(seed, 2, shape));
    for device in devices() {
        let network = Network::of_graph(graph(), Weights::synthetic(0));
        let mut network = network.device(device.clone()).batch(2).load().unwrap();
        network.prepare().unwrap();
        let signature = network.signature().unwrap();
        assert_eq!(network.summary().unwrap().total(), 0);
        assert!(device.gpu().is_none() || network.profile(1).unwrap().dispatches.len() == 2);
        let inputs = synthetic_inputs(1, 2, &signature).unwrap();
        assert_eq!(inputs, [left.clone(), right.clone()]);
        assert_eq!(
            signature.named(&inputs),
            [("left", &left), ("right", &right)]
        );
        let outputs = network
            .run_named(&[("right", &right), ("left", &left)])
            .unwrap();
        let sums = left.data().iter().zip(right.data()).map(|(a, b)| a + b);
        assert!(
            outputs
                .get("sum")
                .unwrap()
                .data()
                .iter()
                .copied()
                .eq(sums.clone()),
            "{device}"
        );
        let doubled = outputs.get("doubled").unwrap().data().iter().copied();
        assert!(doubled.eq(sums.map(|sum| 2.0 * sum)), "{device}");
        // More images than a batch has.
        let [left, right] = [1, 2].map(|seed| synthetic_input(seed, 5, shape));
        let outputs = network.run_named(&[("left", &left), ("right", &right)]);
        let sums = left.data().iter().zip(right.data()).map(|(a, b)| a + b);
        let outputs = outputs.unwrap();
        assert!(outputs.get("sum").unwrap().data().iter().copied().eq(sums));

        assert!(network.run(&left).is_err());
        let one = synthetic_input(1, 1, shape);
        let wide = synthetic_input(1, 5, Shape::new(5, 3, 3));
        let takes =
            "; it takes left (5x3x2) and right (5x3x2), and gives sum (5x3x2) and doubled (5x3x2)";
        let cases: [(Named<'_>, &str, &str); 5] = [
            (&[("left", &left)], "sum needs the input \"right\"", takes),
            (
                &[("left", &left), ("top", &right)],
                "sum has no input \"top\"",
                takes,
            ),
            (
                &[("left", &left), ("right", &right), ("left", &left)],
                "sum got the input \"left\" twice",
                takes,
            ),
            (
                &[("left", &left), ("right", &wide)],
                "sum got 5x3x3 as input \"right\"",
                takes,
            ),
            (
                &[("left", &left), ("right", &one)],
                "sum takes as many images of each input, found 5 and 1",
                "",
            ),
        ];
        for (inputs, says, lists) in cases {
            let error = network.run_named(inputs).map(drop).unwrap_err();
            assert_eq!(error.to_string(), format!("{says}{lists}"));
        }
    }
}
