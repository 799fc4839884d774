//! The class maps of both kinds of endings, in pictures of many sizes and kinds.

use menagerie::frame::{ClassMapOutput, TextureTarget};
use menagerie::maps::{ClassMaps, Palette, ScoreMap, Style};
use menagerie::preprocess::CropRect;
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::top_k::top_k;
use menagerie::weights::{Weights, synthetic_input};

use crate::common::device::devices;
use crate::common::painting::{assert_similar, assert_varied, frame, opened, painted, target};

/// Where and how a map may be painted: size of the picture, what the network saw of it, how.
fn paintings() -> Vec<([u32; 2], CropRect, Style)> {
    let part = CropRect {
        left: 0.125,
        top: -0.3,
        right: 0.6,
        bottom: 0.9,
    };
    let beyond = CropRect {
        left: -1.0,
        top: -0.5,
        right: 1.3,
        bottom: 2.0,
    };
    let colours = vec![[255, 0, 0], [0, 255, 0], [0, 0, 255]];
    let palette = Palette::new(colours).unwrap();
    let own = Style {
        palette,
        threshold: None,
    };
    vec![
        ([64, 48], CropRect::WHOLE, Style::heat()),
        ([333, 217], part, Style::heat()),
        ([3, 5], part, Style::gray()),
        ([97, 61], beyond, own),
        ([1, 1], CropRect::WHOLE, Style::heat()),
    ]
}

#[test]
fn a_texture_shows_the_class_map_that_the_cpu_paints() {
    for name in ["mobilenet_v2", "squeezenet1_1", "densenet121"] {
        let graph = opened(name, Shape::new(3, 97, 129));
        let weights = Weights::synthetic(1);
        let maps = ClassMaps::new(&graph, &weights).unwrap();
        for (device, gpu) in devices() {
            let options = SessionOptions {
                batch: 2,
                ..SessionOptions::default()
            };
            let mut session = Session::new(gpu, &graph, &weights, &options).unwrap();
            let outputs = session
                .run_outputs(&synthetic_input(7, 2, graph.input_shape().unwrap()))
                .unwrap();
            for (index, (size, crop_rect, style)) in paintings().into_iter().enumerate() {
                let image = index % 2;
                let texture = target(gpu, size, 1);
                let target = TextureTarget {
                    crop_rect,
                    style: style.clone(),
                    image,
                    ..TextureTarget::new(&texture)
                };
                let mut output = ClassMapOutput::new(&session, &maps, &target).unwrap();
                let top = top_k(outputs[0].image(image), 1)[0].index;
                // The class that the run found, one that is chosen, and again that of the run.
                for class in [None, Some(maps.classes() - 1), Some(0), None] {
                    output.set_class(class).unwrap();
                    frame(gpu, |frame| output.record(frame));
                    let map = maps.map(&outputs, class.unwrap_or(top)).unwrap();
                    let map = ScoreMap::relative(&map, image).unwrap();
                    let expected = map
                        .paint(&crop_rect, size.map(|side| side as usize), &style)
                        .unwrap();
                    let case = format!("{name}, {device}, {size:?}, class {class:?}");
                    assert_similar(&case, &painted(gpu, &texture, 0), &expected);
                    if size == [64, 48] && name != "squeezenet1_1" {
                        assert_varied(&case, &expected);
                    }
                }
            }
        }
    }
}
