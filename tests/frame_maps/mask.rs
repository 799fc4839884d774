//! The mask of a U-Net that was trained.

use menagerie::frame::{MaskOutput, TextureTarget};
use menagerie::maps::{ScoreMap, Style};
use menagerie::passes::{PassSet, optimize};
use menagerie::preprocess::CropRect;
use menagerie::session::{Session, SessionOptions};
use menagerie::zoo;

use crate::common::device::devices;
use crate::common::painting::{assert_similar, assert_varied, frame, painted, target};
use crate::common::photos::{photo, pixels_of};

#[test]
fn a_texture_shows_the_mask_that_the_cpu_paints() {
    let model = zoo::find("unet_small").unwrap();
    let checkpoint = model.checkpoint().unwrap();
    let ([width, height], rgb) = pixels_of("samples/cells.png");
    let [columns, rows] = [width, height].map(|side| side as usize);
    let photo = photo([width, height], rgb);
    let preprocess = checkpoint.preprocess().for_size(rows, columns);
    let input = preprocess.apply(&photo).unwrap();
    let graph = model.graph_for(input.shape()).unwrap();
    // As the answer, and behind another one.
    let [input_value, answer] = [graph.inputs()[0].value, graph.answer().unwrap()];
    let behind = graph
        .ending_at(&[("photo", input_value), ("mask", answer)])
        .unwrap();
    let alone = graph.ending_at(&[("mask", answer)]).unwrap();
    let graphs = [alone, behind].map(|graph| optimize(&graph, &PassSet::all()).unwrap());
    let cases = devices()
        .iter()
        .flat_map(|device| graphs.iter().map(move |graph| (device, graph)));
    for ((device, gpu), graph) in cases {
        let mut session =
            Session::new(gpu, graph, checkpoint.weights(), &SessionOptions::default()).unwrap();
        let outputs = session.run_named(&[("input", &input)]).unwrap();
        let answer = outputs.get("mask").unwrap();
        let map = ScoreMap::foreground(answer, 0).unwrap();
        let threshold = Style {
            threshold: Some(0.5),
            ..Style::gray()
        };
        for (size, style) in [
            ([width, height], Style::gray()),
            ([width, height], threshold),
            ([177, 211], Style::heat()),
        ] {
            let texture = target(gpu, size, 1);
            let target = TextureTarget {
                style: style.clone(),
                ..TextureTarget::new(&texture)
            };
            let output = MaskOutput::new(session.output("mask").unwrap(), &target).unwrap();
            session.write_input(&input).unwrap();
            frame(gpu, |frame| {
                session.record(frame);
                output.record(frame);
            });
            let expected = map
                .paint(&CropRect::WHOLE, size.map(|side| side as usize), &style)
                .unwrap();
            let case = format!("{device}, {size:?}, {style:?}");
            assert_similar(&case, &painted(gpu, &texture, 0), &expected);
            assert_varied(&case, &expected);
        }
    }
}
