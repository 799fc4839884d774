//! Which pixels speak for a class.

use menagerie::maps::{ClassMaps, ScoreMap, Style, with_features};
use menagerie::reference::Reference;
use menagerie::{ErrorKind, zoo};

use crate::{devices, loaded, photo};

/// By the lower door, on the reference executor and without passes.
#[test]
fn an_explanation_is_the_class_map_of_the_run_that_classifies() {
    let cat = photo("samples/cat.png");
    let model = zoo::find("mobilenet_v2").unwrap();
    let checkpoint = model.checkpoint().unwrap();
    let graph = with_features(&checkpoint.graph(model.input).unwrap()).unwrap();
    let maps = ClassMaps::new(&graph, checkpoint.weights()).unwrap();
    let reference = Reference::new(graph, checkpoint.weights()).unwrap();
    let preprocess = checkpoint.preprocess();
    let outputs = reference
        .run_outputs(&preprocess.apply(&cat).unwrap())
        .unwrap();
    let seen = preprocess.crop_rect(cat.height(), cat.width()).unwrap();
    let size = [cat.width(), cat.height()];

    for device in devices() {
        let mut network = loaded("mobilenet_v2", &device);
        let answer = network.classify(&cat).unwrap();
        for class in [None, Some(967)] {
            let explained = network.explain(&cat, class).unwrap();
            let index = class.unwrap_or(285);
            let expected = answer.class(index).unwrap();
            assert_eq!(
                (explained.index(), explained.label()),
                (index, expected.label)
            );
            let share = explained.probability();
            assert!(
                (share - expected.probability).abs() < 1e-5,
                "{device}: {share}"
            );
            assert_eq!(*explained.crop_rect(), seen);
            let map = ScoreMap::relative(&maps.map(&outputs, index).unwrap(), 0).unwrap();
            let expected = map.paint(&seen, size, &Style::heat()).unwrap();
            let found = explained.paint(&Style::heat()).unwrap();
            let far = found
                .iter()
                .zip(&expected)
                .map(|(a, b)| a.abs_diff(*b))
                .max();
            assert!(far <= Some(2), "{device}, {class:?}: {far:?}");
            // Half of both, and nothing where the network did not look.
            let over = explained.over(cat.clone(), 0.5).unwrap();
            let pixels = over.rgb().iter().zip(cat.rgb()).enumerate();
            for (place, (&over, &photo)) in pixels {
                let heat = &found[4 * (place / 3)..][..4];
                let expected = match heat[3] {
                    0 => photo,
                    _ => photo.midpoint(heat[place % 3]),
                };
                assert!(
                    over.abs_diff(expected) <= 1,
                    "{place}: {over}, not {expected}"
                );
            }
        }
        assert!(network.explain(&cat, 1000).is_err());
    }
}

#[test]
fn a_network_of_another_end_has_no_explanation() {
    for device in devices() {
        let mut network = loaded("lenet5", &device);
        let error = network
            .explain(&photo("samples/cat.png"), None)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(
            error
                .to_string()
                .starts_with("lenet5 has no class activation maps: ")
        );
        // It still does what it can.
        network
            .classify(&photo("samples/digits/digit_3.png"))
            .unwrap();
    }
    let explained = loaded("mobilenet_v2", &devices()[0]).explain(&photo("samples/cat.png"), None);
    assert!(
        explained
            .unwrap()
            .over(photo("samples/cells.png"), 0.5)
            .is_err()
    );
}
