//! What a network does not do, in one line each.

use std::error::Error as _;
use std::path::Path;

use menagerie::gpu::AdapterChoice;
use menagerie::network::Device;
use menagerie::weights::Weights;
use menagerie::{ErrorKind, Network, Photo, Tensor, tensor::Shape};

use crate::{devices, loaded, photo, refusal};

#[test]
fn what_cannot_be_loaded() {
    let synthetic = |name: &str| {
        let network = Network::builder(name).device(Device::Reference);
        network.weights(Weights::synthetic(0))
    };
    let lenet5 = || Path::new("weights/lenet5.safetensors");
    for (builder, kind, says) in [
        (
            Network::builder("resnet51"),
            ErrorKind::UnknownModel,
            "no model is called \"resnet51\"; did you mean resnet50?",
        ),
        (
            Network::builder("resnet18").weights(lenet5()),
            ErrorKind::Weights,
            "weights/lenet5.safetensors: expected the weights of resnet18, found those of lenet5",
        ),
        (
            synthetic("lenet5").batch(0),
            ErrorKind::Input,
            "a network takes a batch of at least 1 image, found 0",
        ),
        (
            synthetic("lenet5").labels(["a", "b"]),
            ErrorKind::Input,
            "lenet5 tells 10 classes apart, found 2 labels",
        ),
        (
            synthetic("vgg11").size(31, 400),
            ErrorKind::Shape,
            "vgg11: expected images of at least 32x32, found 3x31x400",
        ),
    ] {
        let error = refusal(builder);
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, says));
    }
    let error = refusal(synthetic("lenet5").device(AdapterChoice::Name("abacus".into())));
    assert_eq!(error.kind().code(), "unknown_adapter");
    let error = refusal(Network::builder("lenet5").weights(Path::new("no/such.file")));
    assert_eq!(error.kind(), ErrorKind::Io);
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<std::io::Error>());
    assert_eq!(cause.unwrap().kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn a_task_that_is_not_the_network_s() {
    let cat = photo("samples/cat.png");
    for device in devices() {
        let mut unet = loaded("unet_small", &device);
        let mut lenet = loaded("lenet5", &device);
        for error in [
            unet.classify(&cat).unwrap_err(),
            unet.classify_all(std::slice::from_ref(&cat)).unwrap_err(),
            unet.explain(&cat, None).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::WrongTask);
            let says = "unet_small answers for each pixel and not for the photo";
            assert_eq!(error.to_string(), says);
        }
        let error = lenet.segment(&cat).unwrap_err();
        assert_eq!(error.kind().code(), "wrong_task");
        assert_eq!(
            error.to_string(),
            "lenet5 answers for the photo and not for each pixel"
        );
    }
}

#[test]
fn what_cannot_be_run() {
    for device in devices() {
        let mut network = loaded("lenet5", &device);
        for (input, says) in [
            (
                Tensor::zeros(1, Shape::new(3, 28, 28)),
                "lenet5: expected images of 1 channels, found 3x28x28",
            ),
            (
                Tensor::zeros(1, Shape::new(1, 2, 2)),
                "lenet5: expected images of at least 28x28, found 1x2x2",
            ),
        ] {
            let error = network.run(&input).unwrap_err();
            assert_eq!(
                (error.kind(), error.to_string().as_str()),
                (ErrorKind::Shape, says)
            );
        }
        let image = Tensor::zeros(1, Shape::new(1, 28, 28));
        for inputs in [
            &[][..],
            &[("photo", &image)],
            &[("input", &image), ("input", &image)],
        ] {
            let error = network.run_named(inputs).map(drop).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Input, "{device}: {error}");
        }
        // A single pixel is a photo.
        network
            .classify(&Photo::new(1, 1, [7; 3]).unwrap())
            .unwrap();
    }
    let error = loaded("lenet5", &Device::Reference).profile(1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_photo_that_is_too_large_is_told_which_size_is_not() {
    let large = Photo::new(3000, 3000, vec![0; 27_000_000]).unwrap();
    let network = Network::builder("unet").weights(Weights::synthetic(0));
    let mut network = network.device(Device::Reference).load().unwrap();
    let error = network.segment(&large).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(
        error.to_string(),
        "3000x3000 pixels are too many for unet on cpu (reference executor), which takes up to 2896x2896 of this \
         shape; make the photo smaller"
    );
    assert_eq!(
        network.largest_size([3000, 3000]).unwrap(),
        Some([2896, 2896])
    );
    assert_eq!(network.largest_size([20, 30]).unwrap(), Some([20, 30]));
}
