//! NaN and infinity: an error that names where they come from, or computed with if that is asked for.

use menagerie::network::Device;
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::{Error, ErrorKind, Network, NetworkBuilder, Photo, Tensor};
use safetensors::SafeTensors;

use crate::{devices, loaded};

/// The bytes of LeNet-5's weights after `change` of the values of the tensor `name`.
fn changed(name: &str, change: impl Fn(usize, f32) -> f32) -> Vec<u8> {
    let mut bytes = std::fs::read("weights/lenet5.safetensors").unwrap();
    let range = place(&bytes, name);
    let (values, _) = bytes[range].as_chunks_mut::<4>();
    for (index, value) in values.iter_mut().enumerate() {
        *value = change(index, f32::from_le_bytes(*value)).to_le_bytes();
    }
    bytes
}

/// Where the values of the tensor `name` are.
fn place(bytes: &[u8], name: &str) -> std::ops::Range<usize> {
    let file = SafeTensors::deserialize(bytes).unwrap();
    let data = file.tensor(name).unwrap().data();
    let begin = data.as_ptr() as usize - bytes.as_ptr() as usize;
    begin..begin + data.len()
}

fn builder(bytes: Vec<u8>, device: &Device) -> NetworkBuilder<'static> {
    let weights = Weights::from_bytes("changed", bytes).unwrap();
    Network::builder("lenet5")
        .weights(weights)
        .device(device.clone())
}

fn digit() -> Tensor {
    let pixels = (0..28 * 28).map(|index| (index % 7) as f32 / 7.0);
    Tensor::new(1, Shape::new(1, 28, 28), pixels.collect()).unwrap()
}

fn refused(result: menagerie::Result<Tensor>) -> Error {
    result.expect_err("an error")
}

#[test]
fn a_parameter_that_is_not_finite_is_named_unless_it_is_allowed() {
    for device in devices() {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let bytes = changed(
                "conv2.weight",
                |index, old| if index == 5 { value } else { old },
            );
            let error = refused(
                builder(bytes.clone(), &device)
                    .load()
                    .unwrap()
                    .run(&digit()),
            );
            assert_eq!(error.kind(), ErrorKind::NotFinite);
            assert_eq!(
                error.to_string(),
                format!(
                    "changed: conv2.weight: expected finite f32 values, found {value} at index 5"
                )
            );
            let allowed = builder(bytes, &device).allow_non_finite();
            let answer = allowed.load().unwrap().run(&digit()).unwrap();
            assert_eq!(answer.shape(), Shape::vector(10));
        }
    }
}

/// Finite weights whose products are not.
#[test]
fn the_first_layer_with_a_result_that_is_not_finite_is_named() {
    for device in devices() {
        for (tensor, layer) in [
            ("conv1.weight", "conv1"),
            ("conv2.weight", "conv2"),
            ("fc1.weight", "fc1"),
            ("fc3.weight", "fc3"),
        ] {
            let bytes = changed(tensor, |index, _| if index % 2 == 0 { 3e38 } else { 2e38 });
            let mut network = builder(bytes.clone(), &device).load().unwrap();
            let error = refused(network.run(&digit()));
            assert_eq!(error.kind(), ErrorKind::NotFinite, "{error}");
            let message = error.to_string();
            assert!(
                message.starts_with(&format!("lenet5: {layer} (")),
                "{device}: {tensor}: {message}"
            );
            assert!(
                message.ends_with("the first layer with such a result"),
                "{message}"
            );
            let allowed = builder(bytes, &device).allow_non_finite();
            let answer = allowed.load().unwrap().run(&digit()).unwrap();
            // A device may hide the NaN of a layer.
            assert_eq!(answer.shape(), Shape::vector(10));
        }
    }
}

#[test]
fn an_input_that_is_not_finite_is_refused_unless_it_is_allowed() {
    for device in devices() {
        let mut input = digit();
        input.data_mut()[3] = f32::NAN;
        let lenet5 = || Network::builder("lenet5").device(device.clone());
        let error = refused(lenet5().load().unwrap().run(&input));
        assert_eq!(error.kind(), ErrorKind::Input);
        assert_eq!(
            error.to_string(),
            "lenet5: input: expected finite values, found NaN at index 3"
        );
        lenet5()
            .allow_non_finite()
            .load()
            .unwrap()
            .run(&input)
            .unwrap();
    }
}

/// The answer of weights with one flipped bit is finite, or an error says that it is not.
#[test]
fn no_flipped_bit_gives_an_answer_that_is_not_finite_in_silence() {
    let bytes = std::fs::read("weights/lenet5.safetensors").unwrap();
    let mut refusals = 0;
    for device in devices() {
        for name in [
            "conv1.weight",
            "conv2.bias",
            "fc1.weight",
            "fc2.weight",
            "fc3.bias",
        ] {
            let range = place(&bytes, name);
            for bit in [22, 23, 27, 29, 30, 31] {
                let mut bytes = bytes.clone();
                let value = range.start + range.len() / 8 * 4;
                bytes[value + bit / 8] ^= 1 << (bit % 8);
                match builder(bytes, &device).load().unwrap().run(&digit()) {
                    Ok(answer) => {
                        assert!(
                            answer.data().iter().all(|value| value.is_finite()),
                            "{name} {bit}"
                        );
                    }
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::NotFinite, "{error}");
                        refusals += 1;
                    }
                }
            }
        }
    }
    println!("{refusals} refused");
}

/// Scores of zero weights are the bias, so all classes are equally probable.
#[test]
fn weights_of_zero_and_denormal_weights_give_the_right_answer() {
    let least = f32::from_bits(1);
    for device in devices() {
        for value in [0.0, -0.0, least, -least, f32::MIN_POSITIVE] {
            let mut bytes = changed("fc3.weight", |_, _| value);
            let range = place(&bytes, "fc3.bias");
            bytes[range].fill(0);
            let answer = builder(bytes, &device)
                .load()
                .unwrap()
                .run(&digit())
                .unwrap();
            let largest = answer
                .data()
                .iter()
                .fold(0.0_f32, |largest, score| largest.max(score.abs()));
            assert!(largest < 1e-30, "{device}: {value:e}: {largest:e}");
        }
    }
}

/// Each task answers on photos without any difference between their pixels.
#[test]
fn photos_of_one_colour_have_finite_answers() {
    for device in devices() {
        for level in [0, 128, 255] {
            let photo = Photo::new(40, 30, vec![level; 3 * 40 * 30]).unwrap();
            let mut mobilenet = loaded("mobilenet_v2", &device);
            let answer = mobilenet.classify(&photo).unwrap();
            let top = answer.top(1000);
            let sum: f64 = top.iter().map(|guess| guess.probability).sum();
            assert!((sum - 1.0).abs() < 1e-6, "{sum}");
            let explanation = mobilenet.explain(&photo, None).unwrap();
            explanation.heat_map().unwrap();
            assert!(explanation.probability().is_finite());
            let mut unet = loaded("unet_small", &device);
            let share = unet.segment(&photo).unwrap().covered_share(0.5);
            assert!((0.0..=1.0).contains(&share), "{share}");
        }
    }
}
