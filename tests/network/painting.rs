//! Maps that are painted into a texture on the network's device, against those that tasks compute in host memory.

use menagerie::frame::{TextureSource, TextureTarget};
use menagerie::graph::{Conv, Graph, network};
use menagerie::maps::Style;
use menagerie::network::Device;
use menagerie::preprocess::{Colour, Framing, Interpolation, Preprocess};
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::{ErrorKind, Network, wgpu};

use crate::common::painting::{assert_similar, assert_varied, painted, target};
use crate::textures::texture;
use crate::{gpu, loaded, photo};

fn device() -> Device {
    Device::Gpu(Box::new(gpu()))
}

/// A network of one's own for photos, which it sees as 24 by 32 pixels.
fn own(graph: Graph) -> Network {
    let preprocess = Preprocess {
        framing: Framing::Squash(1.0),
        interpolation: Interpolation::Bilinear,
        crop: [24, 32],
        colour: Colour::Rgb,
        mean: [0.5; 3],
        std: [0.25; 3],
    };
    let network = Network::of_graph(graph, Weights::synthetic(3)).preprocess(preprocess);
    network.device(device()).load().unwrap()
}

/// One score that separates two classes.
fn one_score() -> Graph {
    network("one_score", |net| {
        let x = net.image("photo", Shape::new(3, 24, 32))?;
        let x = net.conv("features", x, Conv::new(8, 3))?;
        let x = net.relu("relu", x)?;
        let x = net.global_average_pool("pool", x)?;
        let x = net.linear("score", x, 1)?;
        net.output("score", x)
    })
    .unwrap()
}

/// A score for each of 21 classes at each pixel.
fn classes() -> Graph {
    network("classes", |net| {
        let x = net.image("photo", Shape::new(3, 24, 32))?;
        let x = net.conv("scores", x, Conv::new(21, 1))?;
        net.output("scores", x)
    })
    .unwrap()
}

#[test]
fn an_explanation_is_painted_as_the_host_paints_it() {
    let cat = photo("samples/cat.png");
    let size = [cat.width(), cat.height()].map(|side| side as u32);
    let seen = texture(&cat);
    let cases = [
        (
            loaded("mobilenet_v2", &device()),
            [None, Some(967), Some(0), None],
        ),
        (own(one_score()), [None, Some(0), Some(1), None]),
    ];
    for (mut network, classes) in cases {
        for class in classes {
            let case = format!("{}, class {class:?}", network.name());
            let expected = network.explain(&cat, class).unwrap();
            let heat = expected.paint(&Style::heat()).unwrap();
            assert_varied(&case, &heat);
            // The texture, and the photo in host memory.
            for is_texture in [true, false] {
                let map = target(&gpu(), size, 1);
                let into = TextureTarget::new(&map);
                let answer = match is_texture {
                    true => network.paint_explanation(TextureSource::new(&seen), class, into),
                    false => network.paint_explanation(&cat, class, into),
                };
                let answer = answer.unwrap();
                let index = expected.index();
                assert!(class.is_some() || answer.top(1)[0].index == index, "{case}");
                let found = answer.class(index).unwrap();
                assert_eq!(found.label, expected.label(), "{case}");
                let far = (found.probability - expected.probability()).abs();
                assert!(far < 1e-6, "{case}: {far}");
                assert_similar(&case, &painted(&gpu(), &map, 0), &heat);
            }
        }
    }
}

#[test]
fn a_segmentation_is_painted_as_the_host_paints_it() {
    let cells = photo("samples/cells.png");
    let size = [cells.width(), cells.height()].map(|side| side as u32);
    let seen = texture(&cells);
    let map = target(&gpu(), size, 1);

    let mut network = loaded("unet_small", &device());
    let into = TextureTarget {
        style: Style::foreground(),
        ..TextureTarget::new(&map)
    };
    network.paint_mask(TextureSource::new(&seen), into).unwrap();
    let found = painted(&gpu(), &map, 0);
    let (found, _) = found.as_chunks::<4>();
    let mask = network.segment(&cells).unwrap();
    for (found, &probability) in found.iter().zip(mask.probabilities()) {
        let expected = match probability >= 0.5 {
            true => [0, 229, 255, 255],
            false => [0; 4],
        };
        // Rounding may decide otherwise at the threshold.
        let is_near = (probability - 0.5).abs() < 1e-4;
        assert!(is_near || *found == expected, "{probability}: {found:?}");
    }

    let mut network = own(classes());
    let cat = photo("samples/cat.png");
    let size = [cat.width(), cat.height()].map(|side| side as u32);
    let map = target(&gpu(), size, 1);
    let into = TextureTarget::new(&map);
    network.paint_classes(&cat, into).unwrap();
    let found = painted(&gpu(), &map, 0);
    let expected = network.segment_classes(&cat).unwrap();
    assert!(expected.shares().len() >= 2, "{:?}", expected.shares());
    let colours = expected.picture().unwrap();
    let pixels = expected.classes().iter().zip(colours.rgb().chunks(3));
    let expected = pixels.map(|(&class, rgb)| [rgb[0], rgb[1], rgb[2], u8::from(class > 0) * 255]);
    let (found, _) = found.as_chunks::<4>();
    let differing = found.iter().zip(expected).filter(|(a, b)| **a != *b);
    // Where two classes have equal scores, rounding decides.
    let differing = differing.count();
    assert!(
        differing * 1000 <= found.len(),
        "{differing} of {} pixels",
        found.len()
    );
}

#[test]
fn what_cannot_be_painted_is_refused() {
    let cat = photo("samples/cat.png");
    let map = target(&gpu(), [8, 8], 1);
    let plain = texture(&cat);
    let refused = |network: &mut Network, class: Option<usize>, texture: &wgpu::Texture| {
        let painted = network.paint_explanation(&cat, class, TextureTarget::new(texture));
        let error = painted.expect_err("a refusal");
        (error.kind(), error.to_string())
    };
    let mut mobilenet = loaded("mobilenet_v2", &device());
    let found = refused(&mut mobilenet, Some(1000), &map);
    let expected = "there is no class 1000: the network has 1000, they count from 0";
    assert_eq!(found, (ErrorKind::Input, expected.to_owned()));
    let (kind, message) = refused(&mut mobilenet, None, &plain);
    assert_eq!(kind, ErrorKind::Input);
    assert!(message.contains("STORAGE_BINDING"), "{message}");

    let (kind, message) = refused(&mut loaded("lenet5", &device()), None, &map);
    assert_eq!(kind, ErrorKind::Input);
    assert!(message.contains("no class activation maps"), "{message}");
    let (kind, _) = refused(&mut loaded("unet_small", &device()), None, &map);
    assert_eq!(kind, ErrorKind::WrongTask);

    let mut reference = loaded("mobilenet_v2", &Device::Reference);
    let (kind, message) = refused(&mut reference, None, &map);
    assert_eq!(kind, ErrorKind::Unsupported);
    assert_eq!(
        message,
        "the reference executor has no textures to paint into"
    );
    let mut mask = loaded("unet_small", &device());
    let error = mask.paint_classes(&cat, TextureTarget::new(&map));
    // It has two classes, which are classes as well.
    error.unwrap();
}
