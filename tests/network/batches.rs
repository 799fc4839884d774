//! Batches that are too large for a device.

use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{ErrorKind, Network, Tensor};

use crate::common::application::Application;

const IMAGES: usize = 3;

/// The first result of MobileNet v2 takes 4.6 MiB for each image, and the device allows 128 MiB.
const TOO_MANY: usize = 32;

fn inputs() -> impl Iterator<Item = menagerie::Result<Tensor>> {
    let images = synthetic_input(0, IMAGES, Shape::new(3, 224, 224));
    (0..IMAGES).map(move |image| Tensor::new(1, images.shape(), images.image(image).to_vec()))
}

#[test]
fn a_batch_that_does_not_fit_becomes_smaller_if_it_may() {
    let gpu = Application::start().gpu();
    let network = || {
        Network::builder("mobilenet_v2")
            .weights(Weights::synthetic(0))
            .device(&gpu)
    };
    let scores = |network: &mut Network| -> menagerie::Result<Vec<Vec<f32>>> {
        let answers = network.classify_stream(inputs());
        answers
            .map(|answer| Ok(answer?.scores().to_vec()))
            .collect()
    };
    let single = scores(&mut network().load().unwrap()).unwrap();
    assert_eq!(single.len(), IMAGES);

    let mut fixed = network().batch(TOO_MANY).load().unwrap();
    assert_eq!(scores(&mut fixed).unwrap_err().kind(), ErrorKind::Limit);
    let mut smaller = network().batch_up_to(TOO_MANY).load().unwrap();
    let found = scores(&mut smaller).unwrap();
    assert_eq!(smaller.batch(), TOO_MANY / 2);
    for (found, expected) in found.iter().zip(&single) {
        let largest = expected.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
        let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-5 * largest;
        assert!(found.iter().zip(expected).all(near));
    }
    smaller.limit_batch(2);
    assert_eq!(scores(&mut smaller).unwrap().len(), IMAGES);
    assert_eq!(smaller.batch(), 2);
}
