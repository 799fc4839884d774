//! A photo in an application's texture, classified on the application's device.

use menagerie::frame::{Answers, TextureInput, TextureSource};
use menagerie::session::Session;
use menagerie::top_k::{Ranked, top_k};
use menagerie::{wgpu, zoo};

use crate::common::application::{Application, texture, with_alpha};
use crate::common::device::devices;
use crate::common::networks::optimized;
use crate::common::photos::{photo, pixels_of};
use crate::networks::{encoder, wait};

/// On a device of the application's, with the limits that WebGPU promises, and from its texture, which never
/// comes back to the host.
#[test]
fn classifies_a_texture_of_the_application() {
    let application = Application::start();
    let model = zoo::find("mobilenet_v2").unwrap();
    let checkpoint = model.checkpoint().unwrap();
    let (weights, preprocess) = (checkpoint.weights(), checkpoint.preprocess());
    let graph = optimized(model.name);
    let (size, rgb) = pixels_of("samples/cat.png");
    let photo = photo(size, rgb.clone());
    let expected = {
        let (_, gpu) = &devices()[0];
        let mut session = Session::new(gpu, &graph, weights, &Default::default()).unwrap();
        session.run(&preprocess.apply(&photo).unwrap()).unwrap()
    };

    let gpu = application.gpu();
    let session = Session::new(&gpu, &graph, weights, &Default::default()).unwrap();
    let format = wgpu::TextureFormat::Rgba8UnormSrgb;
    let texture = texture(&gpu, format, size, &with_alpha(&rgb));
    let source = TextureSource::new(&texture);
    let input = TextureInput::new(&session, &source, &preprocess, 0).unwrap();
    let mut answers = Answers::new(&session, 2).unwrap();
    let mut frame = encoder(&gpu);
    input.record(&mut frame);
    session.record(&mut frame);
    answers.record(&mut frame).unwrap();
    application.queue.submit([frame.finish()]);
    wait(&gpu);
    let answer = answers.latest().unwrap().unwrap();
    for (found, expected) in answer.values.data().iter().zip(expected.data()) {
        assert!((found - expected).abs() < 1e-2, "{found} {expected}");
    }
    let classes =
        |ranked: Vec<Ranked>| -> Vec<usize> { ranked.iter().map(|class| class.index).collect() };
    let found = classes(answer.top_k(0, 5));
    assert_eq!(found, classes(top_k(expected.data(), 5)));
    assert!(
        checkpoint.labels().label(found[0]).contains("cat"),
        "{found:?}"
    );
}
