//! A device that has no more memory: each allocation in turn is refused, of all that is made on a device. There is an error
//! that names it, all that was allocated is freed, and the next try has the same answer.

use std::sync::{Arc, Mutex};

use menagerie::frame::{
    Answers, BufferInput, BufferLayout, BufferOutput, ClassMapOutput, MaskOutput, TextureInput,
    TextureSource, TextureTarget,
};
use menagerie::gpu::Gpu;
use menagerie::graph::{Conv, Graph, image_network};
use menagerie::maps::{ClassMaps, with_features};
use menagerie::preprocess::{Colour, Framing, Preprocess};
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{ErrorKind, Network, Photo, Result, wgpu};

use crate::ONE_AT_A_TIME;
use crate::common::application::{Application, texture};
use crate::common::device::open;
use crate::common::driven::driven;
use crate::common::networks::optimized;

/// Side of the pictures.
const SIDE: usize = 6;

/// Does `work` on devices of which the first refuses the first allocation, the second the second, and so on, until all are
/// allowed. Returns how many were refused, and of how many refusals `work` had an answer all the same.
fn refusing_each(device: impl Fn() -> Gpu, work: impl Fn(&Gpu) -> Result<Vec<f32>>) -> [usize; 2] {
    let expected = work(&device()).unwrap();
    let mut answered = 0;
    for refused in 0.. {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let labels = Arc::clone(&asked);
        let gpu = device().with_memory_guard(move |new| {
            let mut labels = labels.lock().unwrap();
            labels.push(new.label.to_owned());
            labels.len() != refused + 1
        });
        let first = work(&gpu);
        settle(&gpu);
        assert_eq!(gpu.allocated_bytes(), 0, "{refused}: {first:?}");
        let label = asked.lock().unwrap().get(refused).cloned();
        match (first, label) {
            (Ok(found), None) => {
                assert_eq!(found, expected);
                return [refused, answered];
            }
            (Ok(found), Some(label)) => {
                assert_eq!(found, expected, "{label}");
                answered += 1;
            }
            (Err(error), label) => {
                assert_eq!(error.kind(), ErrorKind::OutOfMemory, "{error}");
                let label = label.unwrap();
                assert!(error.to_string().contains(&label), "{label}: {error}");
                assert_eq!(work(&gpu).unwrap(), expected, "after {error}");
            }
        }
    }
    unreachable!("every device refuses something")
}

/// What was dropped is given back when the device is next asked how far it has come.
fn settle(gpu: &Gpu) {
    let waited = gpu.device().poll(wgpu::PollType::wait_indefinitely());
    waited.unwrap();
}

/// A network that classifies, with one layer of each part of the work: weights, activations, class maps.
fn classifier() -> Graph {
    image_network("classifier", Shape::new(3, SIDE, SIDE), |net, x| {
        let x = net.relu("relu", net.conv("conv", x, Conv::new(4, 3).bias())?)?;
        net.linear("classes", net.global_average_pool("pool", x)?, 5)
    })
    .unwrap()
}

/// A network that answers with a mask.
fn masker() -> Graph {
    image_network("masker", Shape::new(3, SIDE, SIDE), |net, x| {
        net.conv("scores", x, Conv::new(1, 1).bias())
    })
    .unwrap()
}

fn plain() -> Preprocess {
    Preprocess {
        framing: Framing::Squash(1.0),
        crop: [SIDE, SIDE],
        colour: Colour::Rgb,
        mean: [0.5; 3],
        std: [0.5; 3],
        ..Preprocess::IMAGENET
    }
}

/// The kernels are compiled anew for each refusal: compiling them allocates, too.
#[test]
fn a_session_in_turns() {
    let _alone = ONE_AT_A_TIME.lock();
    let application = Application::start();
    let graph = classifier();
    let [refused, answered] = refusing_each(
        || application.gpu(),
        |gpu| {
            let (weights, options) = (Weights::synthetic(1), SessionOptions::default());
            let session = Session::new_async(gpu, &graph, &weights, &options);
            let mut session = driven(gpu, session)?;
            let input = synthetic_input(1, 1, session.input_shape());
            Ok(driven(gpu, session.run_async(&input))?.into_data())
        },
    );
    assert!(refused > 20 && answered == 0, "{refused} {answered}");
}

#[test]
fn a_session_on_threads_and_its_profile() {
    let _alone = ONE_AT_A_TIME.lock();
    let (gpu, graph) = (open(), optimized("lenet5"));
    let [refused, answered] = refusing_each(
        || gpu.clone(),
        |gpu| {
            let weights = Weights::synthetic(1);
            let mut session = Session::new(gpu, &graph, &weights, &SessionOptions::default())?;
            let input = synthetic_input(1, 1, session.input_shape());
            let answer = session.run(&input)?;
            session.profile(&input, 1)?;
            Ok(answer.into_data())
        },
    );
    assert!(refused >= 6 && answered == 0, "{refused} {answered}");
}

/// All that a frame needs, from the application's textures and buffers to its own.
#[test]
fn a_frame() {
    let _alone = ONE_AT_A_TIME.lock();
    let application = Application::start();
    let gpu = application.gpu();
    let weights = Weights::synthetic(1);
    let classifier = with_features(&classifier()).unwrap();
    let maps = ClassMaps::new(&classifier, &weights).unwrap();
    let masker = masker();
    let pixels: Vec<u8> = (0..4 * 81).map(|index| (37 * index % 251) as u8).collect();
    let photo = texture(&gpu, wgpu::TextureFormat::Rgba8Unorm, [9, 9], &pixels);
    let canvas = canvas(&gpu);
    let [from, to] = [3, 1].map(|channels| buffer(&gpu, 4 * channels * (SIDE * SIDE) as u64));
    let [refused, answered] = refusing_each(
        || application.gpu(),
        |gpu| {
            let options = SessionOptions::default();
            let [classes, mask] =
                [&classifier, &masker].map(|graph| Session::new(gpu, graph, &weights, &options));
            let (classes, mask) = (classes?, mask?);
            let input = TextureInput::new(&classes, &TextureSource::new(&photo), &plain(), 0)?;
            let target = TextureTarget::new(&canvas);
            let map = ClassMapOutput::new(&classes, &maps, &target)?;
            let painted = MaskOutput::new(&mask, &target)?;
            let layout = BufferLayout::ChannelsFirst;
            let read = BufferInput::new(&mask, &from, 0, layout)?;
            let written = BufferOutput::new(&mask, &to, 0, layout)?;
            let mut answers = Answers::new(&classes, 2)?;
            let mut frame = gpu.device().create_command_encoder(&Default::default());
            input.record(&mut frame);
            classes.record(&mut frame);
            map.record(&mut frame);
            read.record(&mut frame);
            mask.record(&mut frame);
            painted.record(&mut frame);
            written.record(&mut frame);
            answers.record(&mut frame);
            gpu.queue().submit([frame.finish()]);
            settle(gpu);
            let answer = answers.latest()?.expect("an answer");
            Ok(answer.values.data().to_vec())
        },
    );
    assert!(refused > 60 && answered == 0, "{refused} {answered}");
}

/// A network of several variants frees the others and tries again, so that some refusals do not matter.
#[test]
fn the_tasks_of_a_network() {
    let _alone = ONE_AT_A_TIME.lock();
    let gpu = open();
    let rgb: Vec<u8> = (0..3 * 81).map(|index| (37 * index % 251) as u8).collect();
    let photo = Photo::new(9, 9, rgb).unwrap();
    let loaded = |graph: &Graph, gpu: &Gpu| {
        let network = Network::of_graph(graph.clone(), Weights::synthetic(1));
        network.preprocess(plain()).device(gpu.clone()).load()
    };
    let (classifier, masker) = (classifier(), masker());
    let [refused, answered] = refusing_each(
        || gpu.clone(),
        |gpu| {
            let mut network = loaded(&classifier, gpu)?;
            let mut scores = network.classify(&photo)?.scores().to_vec();
            scores.push(network.explain(&photo, None)?.probability() as f32);
            let mask = loaded(&masker, gpu)?.segment(&photo)?;
            scores.extend(mask.probabilities());
            Ok(scores)
        },
    );
    assert!(
        answered > 0 && refused > answered + 6,
        "{refused} {answered}"
    );
}

fn canvas(gpu: &Gpu) -> wgpu::Texture {
    gpu.device().create_texture(&wgpu::TextureDescriptor {
        label: Some("the application's"),
        size: wgpu::Extent3d {
            width: 9,
            height: 9,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::STORAGE_BINDING,
        view_formats: &[],
    })
}

fn buffer(gpu: &Gpu, bytes: u64) -> wgpu::Buffer {
    gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: Some("the application's"),
        size: bytes,
        usage: wgpu::BufferUsages::STORAGE,
        mapped_at_creation: false,
    })
}
