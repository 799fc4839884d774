//! Features of photos and tensors, against those of reference frameworks, and which weights they take.

use std::fs;
use std::pin::pin;

use menagerie::features::cosine;
use menagerie::graph::{Conv, Graph, image_network};
use menagerie::network::Device;
use menagerie::preprocess::Preprocess;
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::zoo::WeightsSource;
use menagerie::{Error, ErrorKind, Network, NetworkBuilder, Photo, Tensor};
use safetensors::SafeTensors;

use crate::common::driven::driven;
use crate::common::golden::{Golden, TOLERANCE};
use crate::{devices, digits, gpu, loaded, photo, refusal};

/// Of each network the module that ends in its spatial features.
#[test]
fn features_are_those_of_reference_frameworks() {
    let goldens = Golden::all();
    for (case, module) in [
        ("lenet5-seed0-29x31", "pool2"),
        ("resnet18-seed0-224x224-batch3", "layer4"),
        ("squeezenet1_1-seed0-193x161", "features"),
        ("mobilenet_v2-seed0-193x161", "features"),
    ] {
        let golden = goldens.iter().find(|golden| golden.case == case).unwrap();
        let (features, input) = (golden.features().unwrap(), golden.input());
        for device in devices() {
            let builder = || {
                Network::builder(&golden.model)
                    .weights(WeightsSource::Synthetic(golden.seed))
                    .device(device.clone())
                    .batch(2)
            };
            let networks = [
                builder(),
                builder().without_classifier(),
                builder().layer(module),
            ];
            let [whole, vector, spatial] = networks.map(|network| {
                let mut network = network.load().unwrap();
                network.features_inputs(&input).unwrap()
            });
            assert_eq!(whole, vector, "{case} on {device}");
            let compared = features.compare(case, &[vector, spatial], TOLERANCE);
            compared.unwrap_or_else(|what| panic!("{device}: {what}"));
        }
    }
}

/// Weights of LeNet-5 without its last layer.
fn headless() -> Weights {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/weights/lenet5.safetensors");
    let bytes = fs::read(path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut tensors = file.tensors();
    tensors.retain(|(name, _)| !name.starts_with("fc3."));
    let bytes = safetensors::serialize(tensors, None).unwrap();
    Weights::from_bytes("headless", bytes).unwrap()
}

#[test]
fn weights_need_no_classifier() {
    let photos = digits();
    for device in devices() {
        let mut whole = loaded("lenet5", &device);
        let expected = whole.features_all(&photos).unwrap();
        let lenet5 = || Network::builder("lenet5").device(device.clone());
        let error = refusal(lenet5().weights(headless()));
        assert_eq!(error.kind(), ErrorKind::Weights);

        let network = lenet5().weights(headless()).without_classifier().batch(4);
        let mut network = network.load().unwrap();
        assert_eq!(network.features_shape().unwrap(), Shape::vector(84));
        let found = network.features_all(&photos).unwrap();
        near(&found, &expected);
        near(&[network.features(&photos[3]).unwrap()], &expected[3..4]);
        assert!(network.features_all(&[]).unwrap().is_empty());
        assert!(!network.running_time().is_zero());
        let error = network.classify(&photos[3]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Weights, "{error}");

        // Features first, and then the answer of the same parameters.
        let mut network = lenet5().without_classifier().load().unwrap();
        near(&[network.features(&photos[3]).unwrap()], &expected[3..4]);
        assert_eq!(network.classify(&photos[3]).unwrap().top(1)[0].index, 3);
    }
}

fn near(found: &[Tensor], expected: &[Tensor]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.shape(), expected.shape());
        let similarity = cosine(found.data(), expected.data()).unwrap();
        assert!(similarity > 0.999_999_9, "{similarity}");
    }
}

#[test]
fn a_stream_has_the_features_of_each_photo_in_its_place() {
    let photos = digits();
    for device in devices() {
        let mut expected = loaded("lenet5", &device);
        let expected = expected.features_all(&photos).unwrap();
        let network = Network::builder("lenet5").device(device.clone());
        let mut network = network.batch(4).load().unwrap();
        let preprocess = network.preprocess().unwrap();
        let good = photos.iter().map(|photo| preprocess.apply(photo));
        let broken = [Err(Error::new(ErrorKind::Input, "no photo"))];
        let mut stream = network.features_stream(broken.into_iter().chain(good));
        assert_eq!(stream.next().unwrap().unwrap_err().to_string(), "no photo");
        let found: Vec<Tensor> = stream.by_ref().map(Result::unwrap).collect();
        near(&found, &expected);
        assert!(!stream.has_failed());

        let small = |_| Ok(Tensor::zeros(1, Shape::new(1, 2, 2)));
        let mut stream = network.features_stream((0..5).map(small));
        assert!(stream.next().unwrap().is_err());
        assert!(stream.has_failed() && stream.next().is_none());
    }
}

#[test]
fn nothing_has_to_wait_for_features() {
    let (gpu, photos) = (gpu(), digits());
    let builder = || Network::builder("lenet5").device(&gpu).batch(4);
    let expected = builder().load().unwrap().features_all(&photos).unwrap();
    let mut network = builder().load().unwrap();
    let found = driven(&gpu, network.features_all_async(&photos)).unwrap();
    assert_eq!(found, expected);
    let one = driven(&gpu, network.features_async(&photos[2])).unwrap();
    near(&[one], &expected[2..3]);
    let preprocess = network.preprocess().unwrap();
    let inputs: Vec<_> = photos.iter().map(|photo| preprocess.apply(photo)).collect();
    let mut stream = network.features_stream(inputs);
    let mut found = Vec::new();
    while let Some(features) = driven(&gpu, pin!(stream.next_async())) {
        found.push(features.unwrap());
    }
    assert_eq!(found, expected);
}

/// A network that tells two classes apart.
fn own_graph() -> Graph {
    let graph = image_network("own", Shape::new(3, 16, 16), |net, x| {
        let x = net.conv("block.conv", x, Conv::new(5, 3).bias())?;
        let x = net.relu("block.relu", x)?;
        net.linear("classes", net.global_average_pool("pool", x)?, 2)
    });
    graph.unwrap()
}

fn own<'a>(device: &Device) -> NetworkBuilder<'a> {
    Network::of_graph(own_graph(), Weights::synthetic(1))
        .preprocess(Preprocess::IMAGENET)
        .device(device.clone())
}

#[test]
fn any_network_has_the_result_of_any_layer() {
    let cat = photo("samples/cat.png");
    for device in devices() {
        let mut vector = own(&device).load().unwrap();
        let pooled = vector.features(&cat).unwrap();
        assert_eq!(pooled.shape(), Shape::vector(5));
        // The mean of each feature map.
        let mut maps = own(&device).layer("block").load().unwrap();
        let maps = maps.features(&cat).unwrap();
        assert_eq!(maps.shape(), Shape::new(5, 14, 14));
        let means = maps.data().chunks(14 * 14);
        let means: Vec<f32> = means.map(|map| map.iter().sum::<f32>() / 196.0).collect();
        let means = Tensor::new(1, Shape::vector(5), means).unwrap();
        near(&[means], &[pooled]);
        let mut answer = own(&device).layer("classes").load().unwrap();
        let scores = answer.features(&cat).unwrap();
        assert_eq!(scores.data(), answer.classify(&cat).unwrap().scores());
        // The input itself.
        let mut input = own(&device).layer("input").load().unwrap();
        let expected = input.preprocess().unwrap().apply(&cat).unwrap();
        assert_eq!(input.features(&cat).unwrap(), expected);
    }
    // In one size, whatever the photo's.
    let mut unet = Network::builder("unet_small")
        .layer("down4")
        .load()
        .unwrap();
    let shape = unet.features_shape().unwrap();
    for photo in [cat, Photo::new(1, 1, [7; 3]).unwrap()] {
        assert_eq!(unet.features(&photo).unwrap().shape(), shape);
    }
}

#[test]
fn what_has_no_features_says_why() {
    let no_features = "unet_small has no features: it would have to end in a layer that scores classes, linear or a \
                       1x1 convolution with global average pooling, but outc.conv (conv2d) reads \
                       up4.conv.double_conv.5 (activation)";
    let device = Device::Reference;
    let mut unet = loaded("unet_small", &device);
    let error = unet.features(&digits()[0]).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Input, no_features)
    );
    let zoo = |name: &str| {
        let network = Network::builder(name).device(Device::Reference);
        network.weights(Weights::synthetic(0))
    };
    for (builder, kind, says) in [
        (
            zoo("unet_small").without_classifier(),
            ErrorKind::Input,
            no_features,
        ),
        (
            zoo("resnet50").layer("layr3.5"),
            ErrorKind::UnknownLayer,
            "resnet50: no layer is called \"layr3.5\"; did you mean layer3.5?",
        ),
        (
            own(&device).layer("blok"),
            ErrorKind::UnknownLayer,
            "own: no layer is called \"blok\"; did you mean block?",
        ),
    ] {
        let error = refusal(builder);
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, says));
    }
}
