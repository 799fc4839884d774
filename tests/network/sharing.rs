//! Several networks on one device, and on an application's own.

use std::thread;

use menagerie::Network;
use menagerie::weights::{Weights, synthetic_input};

use crate::common::application::Application;
use crate::{gpu, loaded, photo};

#[test]
fn networks_on_one_device_do_not_meet() {
    let gpu = gpu();
    let device = menagerie::network::Device::Gpu(Box::new(gpu.clone()));
    let (cat, seven) = (
        photo("samples/cat.png"),
        photo("samples/digits/digit_7.png"),
    );
    let [expected_cat, expected_seven] = [("mobilenet_v2", &cat), ("lenet5", &seven)]
        .map(|(name, photo)| loaded(name, &device).classify(photo).unwrap());
    let (mut large, mut small) = (loaded("mobilenet_v2", &device), loaded("lenet5", &device));
    // In turns, and on threads of their own: a network goes where it is taken.
    for _ in 0..3 {
        assert_eq!(
            large.classify(&cat).unwrap().scores(),
            expected_cat.scores()
        );
        assert_eq!(
            small.classify(&seven).unwrap().scores(),
            expected_seven.scores()
        );
    }
    let threads = [
        thread::spawn(move || large.classify(&cat).unwrap().scores().to_vec()),
        thread::spawn(move || small.classify(&seven).unwrap().scores().to_vec()),
    ];
    let found = threads.map(|thread| thread.join().unwrap());
    assert_eq!(found, [expected_cat.scores(), expected_seven.scores()]);
}

/// On a device that was made without thinking of networks; the answer is that of any other.
#[test]
fn an_application_brings_its_own_device() {
    let application = Application::start();
    let mut network = Network::builder("mobilenet_v2")
        .device(application.gpu())
        .load()
        .unwrap();
    let answer = network.classify(&photo("samples/cat.png")).unwrap();
    assert_eq!(answer.top(1)[0].label, "Egyptian cat");
    assert!((answer.top(1)[0].probability - 0.7179).abs() < 1e-3);
}

/// The lower door of what was prepared last.
#[test]
fn a_network_opens_its_session() {
    let network = Network::builder("resnet18").weights(Weights::synthetic(0));
    let mut network = network.device(gpu()).size(40, 50).batch(2).load().unwrap();
    assert!(network.session().is_none());
    network.prepare().unwrap();
    let input = synthetic_input(1, 2, menagerie::tensor::Shape::new(3, 40, 50));
    let expected = network.run(&input).unwrap();
    let session = network.session().unwrap();
    assert_eq!(session.run(&input).unwrap(), expected);
    let profile = network.profile(1).unwrap();
    assert_eq!(
        profile.dispatches.len(),
        network.session().unwrap().program().dispatches().len()
    );
}
