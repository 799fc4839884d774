//! What is beyond the range of f16 is an error that names the layer, whatever comes behind it.

use menagerie::graph::{Conv, Graph, network};
use menagerie::network::Device;
use menagerie::program::Precision;
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::{Error, ErrorKind, Network, NetworkBuilder, Tensor};

use crate::common::device::devices;
use crate::common::safetensors_file::{self, Data};

const INPUT: Shape = Shape::new(1, 4, 4);

/// Three 1x1 convolutions; the second one's results are clamped to 6 behind its activation.
fn graph() -> Graph {
    let graph = network("gain", |net| {
        let x = net.image("photo", INPUT)?;
        let x = net.conv("block.first", x, Conv::new(4, 1))?;
        let x = net.conv("block.second", x, Conv::new(4, 1))?;
        let x = net.max_pool("pool", x, menagerie::graph::Window::square(2, 2))?;
        let x = net.relu6("clamp", x)?;
        let x = net.conv("third", x, Conv::new(2, 1))?;
        net.output("scores", x)
    });
    graph.unwrap()
}

/// Its weights: each convolution multiplies by one of these, and adds up.
fn weights(gains: [f32; 3]) -> Weights {
    let [first, second, third] = gains.map(|gain| [gain; 16]);
    let bytes = safetensors_file::file(&[
        ("block.first.weight", &[4, 1, 1, 1], Data::F32(&first[..4])),
        ("block.second.weight", &[4, 4, 1, 1], Data::F32(&second)),
        ("third.weight", &[2, 4, 1, 1], Data::F32(&third[..8])),
    ]);
    Weights::from_bytes("gains", bytes).unwrap()
}

fn gain<'a>(gains: [f32; 3]) -> NetworkBuilder<'a> {
    let (_, gpu) = &devices()[0];
    Network::of_graph(graph(), weights(gains))
        .device(Device::Gpu(Box::new(gpu.clone())))
        .precision(Precision::F16Storage)
}

fn ones() -> Tensor {
    Tensor::new(1, INPUT, vec![1.0; 16]).unwrap()
}

fn refused(builder: NetworkBuilder<'_>) -> Error {
    builder.load().unwrap().run(&ones()).expect_err("an error")
}

#[test]
fn a_layer_that_leaves_the_range_is_named_even_if_a_later_one_hides_it() {
    // 300 * 4 * 300 = 360000, then clamped to 6.
    let gains = [300.0, 300.0, 1.0];
    let error = refused(gain(gains));
    assert_eq!(error.kind(), ErrorKind::BeyondRange, "{error}");
    assert_eq!(
        error.to_string(),
        "gain: block.second: expected results within +-65504, the range of f16, found one beyond; it is the first such \
         layer, and it can be kept in f32"
    );
    // What it says helps. Pooling stores the values again.
    for kept in [&["block.second", "pool"][..], &["block", "pool"]] {
        let kept = kept
            .iter()
            .fold(gain(gains), |network, name| network.keep_f32(*name));
        let answer = kept.load().unwrap().run(&ones()).unwrap();
        assert_eq!(answer.data()[0], 24.0);
    }
    let answer = gain(gains).allow_non_finite().load().unwrap().run(&ones());
    assert_eq!(answer.unwrap().data()[0], 24.0);
    // The next run is judged by itself.
    let mut network = gain(gains).load().unwrap();
    assert!(network.run(&ones()).is_err());
    assert!(network.run(&Tensor::zeros(1, INPUT)).is_ok());
    assert!(network.run(&ones()).is_err());
}

#[test]
fn results_up_to_the_largest_are_within_the_range() {
    // 4 * 128 * 127.9375 = 65504.
    let answer = gain([128.0, 127.9375, 1.0]).load().unwrap().run(&ones());
    assert_eq!(answer.unwrap().data()[0], 24.0);
}

#[test]
fn a_parameter_beyond_the_range_is_named() {
    let gains = [1.0, 7e4, 1.0];
    let error = refused(gain(gains));
    assert_eq!(error.kind(), ErrorKind::BeyondRange, "{error}");
    assert_eq!(
        error.to_string(),
        "block.second.weight: expected parameters within +-65504, the range of f16, found 70000; the layer can be kept in \
         f32"
    );
    let kept = gain([1e-3, 7e4, 1.0]).keep_f32("block.second");
    let answer = kept.load().unwrap().run(&ones()).unwrap();
    assert_eq!(answer.data()[0], 24.0);
}

#[test]
fn an_input_beyond_the_range_is_refused() {
    let mut network = gain([1.0; 3]).load().unwrap();
    let input = Tensor::new(1, INPUT, vec![1e5; 16]).unwrap();
    let error = network.run(&input).expect_err("an error");
    assert_eq!(error.kind(), ErrorKind::BeyondRange, "{error}");
    let message = error.to_string();
    assert!(
        message.starts_with("gain: photo: expected values within +-65504"),
        "{message}"
    );
}

#[test]
fn a_name_that_no_layer_has_gets_a_suggestion() {
    let error = gain([1.0; 3]).keep_f32("block.secnd").load().err().unwrap();
    assert_eq!(error.kind(), ErrorKind::UnknownLayer);
    assert_eq!(
        error.to_string(),
        "gain: no layer is called \"block.secnd\"; did you mean block.second?"
    );
}

#[test]
fn the_reference_executor_has_no_f16() {
    let network = Network::builder("lenet5").device(Device::Reference);
    let error = network
        .precision(Precision::F16Storage)
        .load()
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(
        error.to_string(),
        "lenet5: expected the precision f32 on the reference executor, found f16-storage"
    );
}

/// On every kind of device, and through a session as well.
#[test]
fn every_kind_of_device_watches() {
    for (device, gpu) in devices() {
        let options = SessionOptions {
            precision: Precision::F16Storage,
            ..SessionOptions::default()
        };
        let weights = weights([300.0, 300.0, 1.0]);
        let mut session = Session::new(gpu, &graph(), &weights, &options).unwrap();
        let error = session.run(&ones()).expect_err("an error");
        assert_eq!(error.kind(), ErrorKind::BeyondRange, "{device}: {error}");
        assert!(session.run(&Tensor::zeros(1, INPUT)).is_ok(), "{device}");
    }
}
