//! What networks say of photos and tensors, against labels that people gave and the answers of reference frameworks.

use menagerie::Network;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::zoo::WeightsSource;

use crate::common::golden::{Golden, TOLERANCE};
use crate::{devices, digits, loaded, photo};

/// What PyTorch makes of the photo with the weights that are built in.
const CAT: f64 = 0.7179;

#[test]
fn photos_are_classified() {
    for device in devices() {
        let mut network = loaded("mobilenet_v2", &device);
        for (path, expected) in [
            ("samples/cat.png", "Egyptian cat"),
            ("samples/coffee.png", "espresso"),
        ] {
            let answer = network.classify(&photo(path)).unwrap();
            let top = answer.top(5);
            assert_eq!(
                (top.len(), top[0].label.as_ref()),
                (5, expected),
                "{device}"
            );
            assert_eq!(answer.class(top[0].index).unwrap(), top[0]);
            assert!(top.is_sorted_by(|a, b| a.probability >= b.probability));
            let all = answer.top(usize::MAX);
            let sum: f64 = all.iter().map(|guess| guess.probability).sum();
            assert!(all.len() == 1000 && (sum - 1.0).abs() < 1e-9, "{sum}");
            if expected == "Egyptian cat" {
                assert!((top[0].probability - CAT).abs() < 1e-3, "{top:?}");
            }
        }
        assert!(!network.running_time().is_zero());
    }
}

#[test]
fn many_photos_are_answered_in_their_order() {
    let photos = digits();
    for device in devices() {
        for batch in [1, 3, 16] {
            let network = Network::builder("lenet5").device(device.clone());
            let mut network = network.batch(batch).load().unwrap();
            let answers = network.classify_all(&photos).unwrap();
            let found: Vec<usize> = answers
                .iter()
                .map(|answer| answer.top(1)[0].index)
                .collect();
            assert_eq!(found, (0..10).collect::<Vec<_>>(), "{device}, {batch}");
            assert!(network.classify_all(&[]).unwrap().is_empty());
        }
    }
}

#[test]
fn a_stream_is_answered_in_its_order_around_what_is_no_input() {
    let photos = digits();
    for device in devices() {
        let network = Network::builder("lenet5").device(device.clone());
        let mut network = network.batch(4).load().unwrap();
        let preprocess = network.preprocess().unwrap();
        let broken = || {
            let message = "no photo";
            Err(menagerie::Error::new(menagerie::ErrorKind::Input, message))
        };
        let good = photos.iter().map(|photo| preprocess.apply(photo));
        let inputs = [broken()].into_iter().chain(good).chain([broken()]);
        let mut answers = network.classify_stream(inputs);
        let found: Vec<Option<usize>> = answers
            .by_ref()
            .map(|answer| answer.ok().map(|answer| answer.top(1)[0].index))
            .collect();
        let expected = (0..10).map(Some);
        let expected: Vec<Option<usize>> =
            [None].into_iter().chain(expected).chain([None]).collect();
        assert_eq!(found, expected, "{device}");
        assert!(!answers.has_failed());
    }
}

/// An input that the network does not take is the network's failure, and the last item.
#[test]
fn a_stream_ends_where_the_network_fails() {
    for device in devices() {
        let network = Network::builder("vgg11").weights(Weights::synthetic(0));
        let mut network = network.device(device).batch(2).load().unwrap();
        let small = |_| {
            Ok(menagerie::Tensor::zeros(
                1,
                menagerie::tensor::Shape::new(3, 8, 8),
            ))
        };
        let mut answers = network.classify_stream((0..5).map(small));
        assert!(answers.next().unwrap().is_err());
        assert!(answers.has_failed() && answers.next().is_none());
    }
}

/// More images than go through at once are taken in parts.
#[test]
fn tensors_give_what_reference_frameworks_compute() {
    let goldens = Golden::all();
    for case in [
        "lenet5-seed0-29x31",
        "lenet5-seed1-28x28",
        "resnet18-seed0-224x224-batch3",
        "unet_small-seed0-51x45",
    ] {
        let golden = goldens.iter().find(|golden| golden.case == case).unwrap();
        let input = golden.input();
        for device in devices() {
            let mut network = Network::builder(&golden.model)
                .weights(WeightsSource::Synthetic(golden.seed))
                .device(device.clone())
                .batch(2)
                .load()
                .unwrap();
            let answer = network.run(&input).unwrap();
            let compared = golden.compare(&answer, TOLERANCE);
            compared.unwrap_or_else(|what| panic!("{case} on {device}: {what}"));
            let named = network.run_named(&[("input", &synthetic_input(1, 2, golden.shape))]);
            assert_eq!(named.unwrap().iter().len(), 1);
        }
    }
}
