//! A photo in an application's texture, classified on the application's device.

use menagerie::frame::{Answers, TextureInput, TextureSource};
use menagerie::likeliest::likeliest;
use menagerie::preprocess::Photo;
use menagerie::session::Session;
use menagerie::{wgpu, zoo};

use crate::common::application::{Application, pixels_of, texture, with_alpha};
use crate::common::device::devices;
use crate::networks::{encoder, network, wait};

/// On a device of the application's, with the limits that WebGPU promises, and from its texture, which never
/// comes back to the host.
#[test]
fn classifies_a_texture_of_the_application() {
    let application = Application::start();
    let model = zoo::find("mobilenet_v2").unwrap();
    let weights = model.weights().unwrap();
    let graph = network(model.name);
    let (size, rgb) = pixels_of("samples/cat.png");
    let photo = Photo {
        width: size[0] as usize,
        height: size[1] as usize,
        rgb: &rgb,
    };
    let expected = {
        let (_, gpu) = &devices()[0];
        let mut session = Session::new(gpu, &graph, &weights, &Default::default()).unwrap();
        session
            .run(&model.preprocess.apply(photo).unwrap())
            .unwrap()
    };

    let gpu = application.gpu();
    let session = Session::new(&gpu, &graph, &weights, &Default::default()).unwrap();
    let format = wgpu::TextureFormat::Rgba8UnormSrgb;
    let texture = texture(&gpu, format, size, &with_alpha(&rgb));
    let source = TextureSource::new(&texture);
    let input = TextureInput::new(&session, &source, &model.preprocess, 0).unwrap();
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
    let classes = |guesses: Vec<menagerie::likeliest::Guess>| -> Vec<usize> {
        guesses.iter().map(|guess| guess.index).collect()
    };
    let found = classes(answer.likeliest(0, 5));
    assert_eq!(found, classes(likeliest(expected.data(), 5)));
    assert!(model.labels.names()[found[0]].contains("cat"), "{found:?}");
}
