//! A session holds its network once, on the device: parameters, and little more than what must be alive at once.

use std::fs::File;
use std::io::Write;
use std::sync::atomic::Ordering;

use menagerie::gpu::Gpu;
use menagerie::passes::{PassSet, optimize};
use menagerie::program::{Planning, Program};
use menagerie::session::{Parameters, Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Result, Tensor, wgpu, zoo};

use crate::ONE_AT_A_TIME;
use crate::allocator::{HELD, most_held};
use crate::common::compare::largest_difference;
use crate::common::device::devices;
use crate::common::driven::driven;
use crate::common::golden::TOLERANCE;
use crate::common::networks::{optimized, published};
use crate::common::safetensors_file::zeros_without_data;
use crate::held::device_bytes;

/// Uniforms, the answer on its way back, and that textures have whole rows, of 64 KiB.
const BESIDES: u64 = 2 << 20;

/// What the allocator of the device has given out for a session that has run.
#[test]
#[cfg_attr(
    target_vendor = "apple",
    ignore = "Metal does not tell what its allocator has given out"
)]
fn a_device_holds_weights_and_what_is_alive_at_once() {
    let _alone = ONE_AT_A_TIME.lock();
    for model in ["resnet18", "googlenet", "mobilenet_v2"] {
        let graph = optimized(model);
        for (device, gpu) in devices() {
            let before = device_bytes(gpu.device());
            let options = SessionOptions::default();
            let mut session = Session::new(gpu, &graph, &Weights::synthetic(0), &options).unwrap();
            session
                .run(&synthetic_input(0, 1, graph.input_shape().unwrap()))
                .unwrap();
            let taken = device_bytes(gpu.device()) - before;
            let plan = session.program();
            // Where slots are not shared, those that a plan says it has.
            let activations = match plan.shared_slots() {
                true => plan.lower_bound_bytes() * 11 / 10,
                false => plan.activation_bytes(),
            };
            let most = plan.weight_bytes() + activations + BESIDES;
            assert!(
                taken <= most,
                "{model}, {device}: {taken} bytes, {most} at most"
            );
            assert!(taken >= plan.weight_bytes(), "{model}, {device}: {taken}");
        }
    }
}

/// Sessions for several batches of a network hold its parameters once.
#[test]
#[cfg_attr(
    target_vendor = "apple",
    ignore = "Metal does not tell what its allocator has given out"
)]
fn sessions_share_one_copy_of_the_parameters() {
    let _alone = ONE_AT_A_TIME.lock();
    // Its largest layer takes several bindings, whatever the image; a small image is computed soon.
    let vgg11 = zoo::find("vgg11").unwrap();
    let vgg11 = vgg11.graph_for(Shape::new(3, 64, 64)).unwrap();
    let large = [(optimize(&vgg11, &PassSet::all()).unwrap(), &devices()[0])];
    let small = devices().iter();
    let small = small.map(|device| (optimized("mobilenet_v2"), device));
    for (graph, (device, gpu)) in large.into_iter().chain(small) {
        let case = format!("{}, {device}", graph.name());
        settle(gpu);
        let before = device_bytes(gpu.device());
        // What earlier sessions leave behind may go as late as with these.
        let taken = || device_bytes(gpu.device()).saturating_sub(before);
        let parameters = Parameters::new(gpu, &Weights::synthetic(0).bind(&graph).unwrap());
        assert_eq!((parameters.bytes(), taken()), (0, 0), "{case}");

        let [one, four] = [1, 4]
            .map(|batch| Program::new(&graph, gpu.profile(), &Planning::of_batch(batch)).unwrap());
        let options = SessionOptions::default();
        let mut single = Session::of_program(&one, &parameters, &options).unwrap();
        let (held, first) = (parameters.bytes(), taken());
        assert_eq!(held, one.weight_bytes(), "{case}");
        assert!(first >= held, "{case}: {first}");
        let mut batched = Session::of_program(&four, &parameters, &options).unwrap();
        assert_eq!(parameters.bytes(), held, "{case}");
        let second = taken() - first;
        let most = four.activation_bytes() + BESIDES;
        assert!(second <= most, "{case}: {second} bytes, {most} at most");

        // Both run, in any order, and without each other.
        let images = synthetic_input(0, 4, graph.input_shape().unwrap());
        let image = Tensor::new(1, images.shape(), images.image(2).to_vec()).unwrap();
        let together = batched.run(&images).unwrap();
        let alone = single.run(&image).unwrap();
        let (difference, _) = largest_difference(alone.data(), together.image(2));
        assert!(difference <= TOLERANCE, "{case}: {difference:.1e}");
        drop(single);
        assert_eq!(batched.run(&images).unwrap(), together, "{case}");
        drop(batched);
        // They stay for sessions to come, and go with the last who could make one.
        assert_eq!(parameters.bytes(), held, "{case}");
        assert!(taken() >= held, "{case}: {}", taken());
        let again = parameters.clone();
        drop(parameters);
        let mut single = Session::of_program(&one, &again, &options).unwrap();
        assert_eq!(single.run(&image).unwrap(), alone, "{case}");
        drop((single, again));
        settle(gpu);
        assert!(taken() <= BESIDES, "{case}: {} bytes stay", taken());
    }
}

/// What was dropped is given back when the device is next asked how far it has come.
fn settle(gpu: &Gpu) {
    let waited = gpu.device().poll(wgpu::PollType::wait_indefinitely());
    waited.unwrap();
}

/// A file of 500 MB goes to the device a piece at a time, and nothing of it stays.
#[test]
fn a_host_holds_no_network() {
    let _alone = ONE_AT_A_TIME.lock();
    let graph = optimized("vgg11");
    let published = published("vgg11");
    let stored = published.stored();
    let stored = stored.map(|(_, value)| (value.name(), &value.ty().dims()[..]));
    let (head, bytes) = zeros_without_data(stored);
    // Behind the header the file is a hole, which reads as zeros.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vgg11.safetensors");
    let mut file = File::create(&path).unwrap();
    file.write_all(&head).unwrap();
    file.set_len((head.len() + bytes) as u64).unwrap();

    let (_, gpu) = &devices()[0];
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let options = SessionOptions::default();
    type Prepare<'a> = &'a dyn Fn(&Weights) -> Result<Session>;
    let on_threads = |weights: &Weights| Session::new(gpu, &graph, weights, &options);
    let in_turns = |weights: &Weights| {
        let preparing = Session::new_async(gpu, &graph, weights, &options);
        driven(gpu, preparing)
    };
    let ways: [(&str, usize, Prepare<'_>); 2] = [
        ("on threads", threads, &on_threads),
        ("in turns", 1, &in_turns),
    ];
    for (way, threads, prepare) in ways {
        let before = HELD.load(Ordering::Relaxed);
        let (most, session) = most_held(|| prepare(&Weights::open(&path).unwrap()).unwrap());
        let stays = HELD.load(Ordering::Relaxed) - before;
        assert!(bytes > 500_000_000);
        // What each thread packs, read and packed, and what waits.
        let pieces = (2 * threads + 8) * (4 << 20);
        assert!(
            most < pieces as isize + 16_000_000,
            "{way}: {most} bytes at once"
        );
        assert!(stays < 4_000_000, "{way}: {stays} bytes");
        drop(session);
    }
}

/// A thousand sessions, one after the other, each with its own parameters, hold no more than the first few.
#[test]
fn a_thousand_sessions_do_not_grow() {
    let _alone = ONE_AT_A_TIME.lock();
    let graph = optimized("lenet5");
    let input = synthetic_input(0, 1, graph.input_shape().unwrap());
    let (_, gpu) = &devices()[0];
    let mut warm = None;
    for number in 0..1_000 {
        let options = SessionOptions::default();
        let mut session = Session::new(gpu, &graph, &Weights::synthetic(0), &options).unwrap();
        session.run(&input).unwrap();
        drop(session);
        settle(gpu);
        if number == 100 {
            warm = Some((device_bytes(gpu.device()), HELD.load(Ordering::Relaxed)));
        }
    }
    let (device, held) = warm.unwrap();
    let now = device_bytes(gpu.device());
    assert!(now <= device, "{now} bytes on the device after {device}");
    // A kilobyte for each session would be 900 kB.
    let now = HELD.load(Ordering::Relaxed);
    assert!(now < held + 300_000, "{now} bytes after {held}");
}
