//! The reference executor against the frameworks: the committed answers of one seed, and features.

mod common;

use std::time::Instant;

use common::families::LARGER;
use common::golden::{Golden, TOLERANCE};
use menagerie::reference::Reference;
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::zoo::Task;
use menagerie::{Tensor, zoo};

/// Weights of another seed take the same way through the executor.
const SEED: u64 = 0;
/// Operations, at most, of a network at its own size. The executor is slow: above that, the answer at the
/// odd, smaller size must do, and the other is left to the GPU.
const MOST_FLOPS: u64 = 12_000_000_000;
/// Answers left: one of each network at an odd size, of some at their own, two more of each U-Net, and one
/// of a batch.
const AT_LEAST: usize = 44 + 22 + 2 * 3 + 1;
/// Networks with answers at their own size. Those that were written after them have one answer at a small size.
const AT_THEIR_OWN_SIZE: usize = 36;

#[test]
fn agrees_with_the_frameworks() {
    let mut goldens = Golden::of_zoo();
    goldens.retain(|golden| golden.seed == SEED);
    let mut answers = 0;
    let mut failures = Vec::new();
    for golden in &goldens {
        let model = zoo::find(&golden.model).unwrap();
        let graph = golden.graph();
        let flops: u64 = graph.iter().map(|(id, _)| graph.cost(id).flops).sum();
        if golden.shape == model.input && flops > MOST_FLOPS {
            continue;
        }
        answers += 1;
        let network = Reference::new(graph, &golden.weights()).unwrap();
        let input = golden.input();
        let begin = Instant::now();
        let outputs = network.run_outputs(&input).unwrap();
        let seconds = begin.elapsed().as_secs_f64();
        match golden.compare_outputs(&outputs, TOLERANCE) {
            Ok(difference) => println!("{}: {difference:.1e}, {seconds:.2} s", golden.case),
            Err(failure) => failures.push(failure),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(answers >= AT_LEAST, "only {answers} answers");
}

/// Every network of the zoo has an answer at an odd size, and many at their own size with two seeds. Maps are as
/// large as their inputs, so the committed ones are of a small size. The larger networks of a family have no features.
#[test]
fn every_network_has_answers() {
    let goldens = Golden::all();
    let mut at_their_own_size = 0;
    for model in zoo::models() {
        let of_model = || goldens.iter().filter(|golden| golden.model == model.name);
        let input = match model.task {
            Task::Segment => Shape::new(3, 64, 48),
            _ => model.input,
        };
        let seeds: Vec<u64> = of_model()
            .filter(|golden| golden.shape == input && golden.batch == 1)
            .map(|golden| golden.seed)
            .collect();
        assert!(seeds == [0, 1] || seeds.is_empty(), "{}", model.name);
        at_their_own_size += usize::from(!seeds.is_empty());
        assert!(
            of_model().any(|golden| golden.shape.height % 2 == 1),
            "{}",
            model.name
        );
        let with_features = of_model().filter(|golden| golden.features().is_some());
        let expected = match (model.task, model.name) {
            (Task::Segment, _) => 0,
            // And those of a batch.
            (_, "resnet18") => 2,
            (_, name) if LARGER.contains(&name) => 0,
            _ => 1,
        };
        assert_eq!(with_features.count(), expected, "{}", model.name);
    }
    assert!(
        at_their_own_size >= AT_THEIR_OWN_SIZE,
        "only {at_their_own_size}"
    );
}

/// A comparison that cannot fail proves nothing.
#[test]
fn a_wrong_value_is_caught() {
    let golden = Golden {
        case: "planted".into(),
        model: "none".into(),
        seed: 0,
        batch: 2,
        shape: Shape::new(1, 1, 1),
        classes: 6,
        pixel_stride: 1,
        scales: None,
        output: vec![
            6.0, 5.0, 4.0, 3.0, 2.0, -10.0, 1.0, 2.0, 3.0, 4.0, 4.00001, 6.0,
        ],
    };
    let exact: Vec<f32> = golden.output.iter().map(|&value| value as f32).collect();
    type Change<'a> = &'a dyn Fn(&mut Vec<f32>);
    let compare = |change: Change<'_>| {
        let mut values = exact.clone();
        change(&mut values);
        let answer = Tensor::new(2, Shape::vector(6), values).unwrap();
        golden.compare(&answer, TOLERANCE)
    };
    assert!(compare(&|_| {}).unwrap() < 1e-7);
    let cases: [(Change<'_>, &str); 4] = [
        (
            &|values| values[7] += 0.001,
            "planted: image 1, class 1: expected 2, found 2.001: 1.00e-4 of the largest magnitude, \
             more than 1e-5",
        ),
        (
            &|values| values[2] = f32::NAN,
            "planted: image 0, class 2: expected 4, found NaN: NaN of the largest magnitude, more \
             than 1e-5",
        ),
        (
            &|values| values[11] = f32::INFINITY,
            "planted: image 1, class 5: expected 6, found inf: inf of the largest magnitude, more \
             than 1e-5",
        ),
        (
            &|values| values.swap(9, 10),
            "planted: image 1: expected the classes [5, 4, 3, 2, 1] first, found [5, 3, 4, 2, 1]",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(compare(change).unwrap_err(), expected);
    }
    let short = Tensor::zeros(1, Shape::vector(6));
    assert_eq!(
        golden.compare(&short, TOLERANCE).unwrap_err(),
        "planted: expected 2 x 6x1x1, found 1 x 6x1x1"
    );
}

/// Two classes of a map that are nearly equal, the wrong way round.
#[test]
fn a_wrong_pixel_is_caught() {
    let golden = Golden {
        case: "planted".into(),
        model: "none".into(),
        seed: 0,
        batch: 1,
        shape: Shape::new(1, 1, 3),
        classes: 6,
        pixel_stride: 1,
        scales: None,
        output: vec![6.0, 5.0, 4.0, 1.0, 2.0, 4.00001],
    };
    let mut values: Vec<f32> = golden.output.iter().map(|&value| value as f32).collect();
    let map = |values: &[f32]| Tensor::new(1, Shape::new(2, 1, 3), values.to_vec()).unwrap();
    assert!(golden.compare(&map(&values), TOLERANCE).unwrap() < 1e-7);
    values.swap(2, 5);
    assert_eq!(
        golden.compare(&map(&values), TOLERANCE).unwrap_err(),
        "planted: image 0, pixel 2: expected class 1, found 0"
    );
    let transposed = Tensor::zeros(1, Shape::new(2, 3, 1));
    assert_eq!(
        golden.compare(&transposed, TOLERANCE).unwrap_err(),
        "planted: expected 1 x 2x1x3, found 1 x 2x3x1"
    );
}

/// Features that are not those of the framework.
#[test]
fn a_wrong_feature_is_caught() {
    let golden = Golden::of_case("lenet5-seed0-29x31");
    let features = golden.features().unwrap();
    let network = Reference::new(golden.graph(), &Weights::synthetic(golden.seed)).unwrap();
    let found = network.run_outputs(&golden.input()).unwrap();
    type Change<'a> = &'a dyn Fn(&mut Vec<Tensor>);
    let compare = |change: Change<'_>| {
        let mut found = found[1..].to_vec();
        change(&mut found);
        features.compare("planted", &found, TOLERANCE)
    };
    assert!(compare(&|_| {}).unwrap() < 1e-6);
    let cases: [(Change<'_>, &str); 4] = [
        (
            &|found| found[0].data_mut()[83] += 0.001,
            "planted: feature 83: ",
        ),
        (
            &|found| found[1].data_mut()[399] = f32::NAN,
            "planted: spatial feature 399: ",
        ),
        (&|found| found.truncate(1), "planted: expected features of "),
        (&|found| found.swap(0, 1), "planted: expected features of "),
    ];
    for (change, expected) in cases {
        let failure = compare(change).unwrap_err();
        assert!(failure.starts_with(expected), "{failure}");
    }
}
