//! All that an application does in a frame, and what it takes.

use menagerie::frame::{ClassMapOutput, MaskOutput, TextureInput, TextureSource, TextureTarget};
use menagerie::maps::{ClassMaps, ScoreMap, Style};
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::top_k::top_k;
use menagerie::weights::Weights;
use menagerie::wgpu::{self, TextureFormat};
use menagerie::zoo;

use crate::common::application::{Application, texture, with_alpha};
use crate::common::painting::{
    assert_similar, assert_varied, frame, opened, painted, target, target_with_views,
};
use crate::common::photos::pixels_of;

/// A photo in a texture, an answer and a map of it, in one submission of an application that knows nothing of
/// networks.
#[test]
fn an_application_gets_answer_and_map_from_one_frame() {
    let application = Application::start();
    let gpu = application.gpu();
    let model = zoo::find("mobilenet_v2").unwrap();
    let checkpoint = model.checkpoint().unwrap();
    let (weights, preprocess) = (checkpoint.weights(), checkpoint.preprocess());
    let graph = opened("mobilenet_v2", model.input);
    let maps = ClassMaps::new(&graph, weights).unwrap();
    let mut session = Session::new(&gpu, &graph, weights, &SessionOptions::default()).unwrap();
    let (size, rgb) = pixels_of("samples/cat.png");
    let photo = texture(&gpu, TextureFormat::Rgba8Unorm, size, &with_alpha(&rgb));
    let source = TextureSource::new(&photo);
    let input = TextureInput::new(&session, &source, &preprocess, 0).unwrap();
    let [width, height] = size.map(|side| side as usize);
    let colours = match application.has_view_formats() {
        true => vec![TextureFormat::Rgba8UnormSrgb],
        false => Vec::new(),
    };
    let heat = target_with_views(&gpu, size, 3, &colours);
    let crop_rect = preprocess.crop_rect(height, width).unwrap();
    let target = TextureTarget {
        crop_rect,
        view: wgpu::TextureViewDescriptor {
            base_mip_level: 1,
            ..Default::default()
        },
        ..TextureTarget::new(&heat)
    };
    let output = ClassMapOutput::new(&session, &maps, &target).unwrap();
    frame(&gpu, |frame| {
        input.record(frame);
        session.record(frame);
        session.record_readback(frame);
        output.record(frame);
    });
    let outputs = session.read_outputs().unwrap();
    let top = top_k(outputs[0].image(0), 1)[0].index;
    assert_eq!(checkpoint.labels().name(top), Some("Egyptian cat"));
    let map = ScoreMap::relative(&maps.map(&outputs, top).unwrap(), 0).unwrap();
    let expected = map
        .paint(&crop_rect, [width / 2, height / 2], &Style::heat())
        .unwrap();
    assert_similar("mip level 1", &painted(&gpu, &heat, 1), &expected);
    assert_varied("mip level 1", &expected);
}

/// What wgpu holds of each kind of resource that a recording could make.
fn resources(application: &Application) -> [usize; 6] {
    let report = application
        .instance
        .generate_report()
        .expect("a native instance");
    let hub = report.hub_report();
    [
        &hub.buffers,
        &hub.textures,
        &hub.texture_views,
        &hub.bind_groups,
        &hub.compute_pipelines,
        &hub.shader_modules,
    ]
    .map(|registry| registry.num_allocated + registry.num_kept_from_user)
}

/// From the first frame on nothing is made, whichever class is painted, and all that is submitted is the
/// frame.
#[test]
fn a_frame_takes_nothing_of_the_device() {
    let application = Application::start();
    let gpu = application.gpu();
    let graph = opened("mobilenet_v2", Shape::new(3, 33, 33));
    let weights = Weights::synthetic(0);
    let maps = ClassMaps::new(&graph, &weights).unwrap();
    let session = Session::new(&gpu, &graph, &weights, &SessionOptions::default()).unwrap();
    let texture = target(&gpu, [50, 40], 1);
    let target = TextureTarget::new(&texture);
    let mut output = ClassMapOutput::new(&session, &maps, &target).unwrap();
    let mask = MaskOutput::new(&session, &target).unwrap();
    let mut held = None;
    let mut numbers = Vec::new();
    for index in 0..10 {
        output.set_class((index % 3 == 0).then_some(index)).unwrap();
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        session.record(&mut encoder);
        output.record(&mut encoder);
        mask.record(&mut encoder);
        let submission = gpu.queue().submit([encoder.finish()]);
        gpu.device()
            .poll(wgpu::PollType::wait_indefinitely())
            .unwrap();
        numbers.push(format!("{submission:?}"));
        let now = resources(&application);
        assert_eq!(*held.get_or_insert(now), now, "frame {index}");
    }
    // wgpu numbers submissions one by one.
    let number = |text: &String| -> u64 {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    let steps = numbers
        .windows(2)
        .map(|pair| number(&pair[1]) - number(&pair[0]));
    assert!(steps.clone().all(|step| step == 1), "{numbers:?}");
}
