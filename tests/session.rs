//! Sessions as programs use them: an application's own device, its own encoder, without blocking; and
//! what happens when something is wrong.

mod common;

use std::pin::pin;
use std::sync::mpsc;
use std::task::{Context, Waker};
use std::time::Duration;

use common::application::Application;
use common::device::open;
use common::driven::driven;
use common::networks::{optimized, published};
use common::safetensors_file::zeros;
use menagerie::device::DeviceProfile;
use menagerie::error::ErrorKind;
use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::program::{Planning, Program};
use menagerie::session::{Parameters, Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Tensor, wgpu};

const SEED: u64 = 3;

fn digits(batch: usize) -> Tensor {
    synthetic_input(SEED, batch, Shape::new(1, 28, 28))
}

fn session(gpu: &Gpu, batch: usize) -> Session {
    let options = SessionOptions {
        batch,
        ..Default::default()
    };
    Session::new(
        gpu,
        &optimized("lenet5"),
        &Weights::synthetic(SEED),
        &options,
    )
    .unwrap()
}

#[test]
fn runs_on_a_device_of_the_application() {
    let theirs = Application::start().gpu();
    let expected = session(&open(), 1).run(&digits(1)).unwrap();
    let found = session(&theirs, 1).run(&digits(1)).unwrap();
    for (expected, found) in expected.data().iter().zip(found.data()) {
        assert!((expected - found).abs() < 1e-5, "{expected} {found}");
    }
}

/// A device with a pipeline cache, which Vulkan has alone.
fn with_pipeline_cache(
    application: &Application,
) -> Option<(wgpu::Device, wgpu::Queue, wgpu::PipelineCache)> {
    if application.adapter.get_info().backend != wgpu::Backend::Vulkan {
        return None;
    }
    let descriptor = wgpu::DeviceDescriptor {
        required_features: wgpu::Features::PIPELINE_CACHE,
        ..Default::default()
    };
    let opened = pollster::block_on(application.adapter.request_device(&descriptor));
    let (device, queue) = opened.expect("pipeline caches, which Vulkan has");
    let descriptor = wgpu::PipelineCacheDescriptor {
        label: None,
        data: None,
        fallback: false,
    };
    // SAFETY: there is no data that could be of something else.
    let cache = unsafe { device.create_pipeline_cache(&descriptor) };
    Some((device, queue, cache))
}

#[test]
fn compiles_through_a_pipeline_cache_of_the_application() {
    let application = Application::start();
    let Some((device, queue, cache)) = with_pipeline_cache(&application) else {
        return;
    };
    let info = application.adapter.get_info();
    let theirs = Gpu::from_device(&info, device, queue).with_pipeline_cache(cache.clone());
    let found = session(&theirs, 1).run(&digits(1)).unwrap();
    let expected = session(&application.gpu(), 1).run(&digits(1)).unwrap();
    assert_eq!(found, expected);
    assert!(cache.get_data().is_some());
    // One of another device shows that kernels go through it.
    let refused = application.gpu().with_pipeline_cache(cache);
    let weights = Weights::synthetic(SEED);
    let refusal = Session::new(
        &refused,
        &optimized("lenet5"),
        &weights,
        &SessionOptions::default(),
    )
    .err()
    .map(|error| error.kind());
    assert_eq!(refusal, Some(ErrorKind::Device));
}

/// Weights are packed on threads of their own, which must not wait for ever for someone to take what follows.
#[test]
fn a_broken_tensor_is_an_error_with_many_behind_it() {
    let graph = published("squeezenet1_1");
    let stored = || graph.stored().map(|(_, value)| value);
    let mut file = zeros(stored().map(|value| (value.name(), &value.ty().dims()[..])));
    let elements: usize = stored().map(|value| value.ty().count()).sum();
    let first = file.len() - 4 * elements;
    file[first..first + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let weights = Weights::from_bytes("file", file).unwrap();
        sender.send(Session::new(&open(), &graph, &weights, &SessionOptions::default()).map(|_| ()))
    });
    let ended = receiver.recv_timeout(Duration::from_secs(300));
    let error = ended.expect("an end").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFinite);
    assert_eq!(
        error.to_string(),
        "file: features.0.weight: expected finite f32 values, found NaN at index 0"
    );
}

#[test]
fn records_into_an_encoder_of_the_application() {
    let gpu = open();
    let mut session = session(&gpu, 1);
    let expected = session.run(&digits(1)).unwrap();

    session.write_input(&digits(1)).unwrap();
    let mut encoder = gpu.device().create_command_encoder(&Default::default());
    session.record(&mut encoder);
    session.record_readback(&mut encoder);
    gpu.queue().submit([encoder.finish()]);
    assert_eq!(session.read().unwrap(), expected);
}

#[test]
fn waits_without_blocking() {
    let gpu = open();
    let mut session = session(&gpu, 1);
    let expected = session.run(&digits(1)).unwrap();
    let input = digits(1);
    let found = driven(&gpu, session.run_async(&input));
    assert_eq!(found.unwrap(), expected);
}

#[test]
fn a_batch_is_so_many_single_runs() {
    let gpu = open();
    let graph = optimized("lenet5");
    let parameters = Parameters::new(&gpu, &Weights::synthetic(SEED).bind(&graph).unwrap());
    // By the same kernels: plans choose them for the batch, and each adds in its own order.
    let [mut three, mut one] = [3, 1].map(|batch| {
        let planning = Planning::of_batch(batch).kernel("conv 8 pixels");
        let program = Program::new(&graph, gpu.profile(), &planning).unwrap();
        Session::of_program(&program, &parameters, &SessionOptions::default()).unwrap()
    });
    let batch = digits(3);
    let together = three.run(&batch).unwrap();
    for index in 0..3 {
        let alone = Tensor::new(1, batch.shape(), batch.image(index).to_vec()).unwrap();
        let alone = one.run(&alone).unwrap();
        assert_eq!(together.image(index), alone.data(), "image {index}");
    }
    let two = Tensor::new(2, batch.shape(), batch.data()[..2 * 28 * 28].to_vec()).unwrap();
    let fewer = three.run(&two).unwrap();
    assert_eq!(fewer.batch(), 2);
    assert_eq!(fewer.data(), &together.data()[..20]);
}

#[test]
fn wrong_input_is_an_error_and_the_session_still_runs() {
    let mut session = session(&open(), 2);
    let expected = session.run(&digits(1)).unwrap();
    let error = session
        .run(&Tensor::zeros(1, Shape::new(3, 28, 28)))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert_eq!(
        error.to_string(),
        "lenet5 takes images of 1x28x28, found 3x28x28"
    );
    let error = session.run(&digits(3)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "this session takes at most 2 images at once, found 3"
    );
    assert_eq!(session.run(&digits(1)).unwrap(), expected);
}

#[test]
fn sessions_work_side_by_side_on_threads() {
    let gpu = open();
    let expected = session(&gpu, 1).run(&digits(1)).unwrap();
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                let mut session = session(&gpu, 1);
                for _ in 0..5 {
                    assert_eq!(session.run(&digits(1)).unwrap(), expected);
                }
            });
        }
    });
}

/// Who brings parameters to the device while another does so as well leaves the other's there, and counts none twice.
#[test]
fn parameters_are_uploaded_once_by_concurrent_sessions() {
    let (gpu, graph) = (open(), optimized("lenet5"));
    let weights = Weights::synthetic(SEED).bind(&graph).unwrap();
    let parameters = Parameters::new(&gpu, &weights);
    let program = Program::new(&graph, gpu.profile(), &Planning::default()).unwrap();
    let mut slow = pin!(parameters.prepare_async(&program));
    let mut context = Context::from_waker(Waker::noop());
    assert!(slow.as_mut().poll(&mut context).is_pending());
    driven(&gpu, parameters.prepare_async(&program)).unwrap();
    assert_eq!(parameters.bytes(), program.weight_bytes());
    driven(&gpu, slow).unwrap();
    assert_eq!(parameters.bytes(), program.weight_bytes());
    let options = SessionOptions::default();
    let mut found = Session::of_program(&program, &parameters, &options).unwrap();
    let expected = session(&gpu, 1).run(&digits(1)).unwrap();
    assert_eq!(found.run(&digits(1)).unwrap(), expected);
}

#[test]
fn an_unknown_adapter_is_an_error_that_lists_those_there_are() {
    let first = &Gpu::adapters()[0].name;
    for choice in [
        AdapterChoice::Name("abacus".into()),
        AdapterChoice::Index(99),
    ] {
        let error = Gpu::open(&choice).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownAdapter);
        assert!(error.to_string().contains(first.as_str()), "{error}");
    }
}

/// Whatever a device is planned for, a program runs only where the device really has what it needs.
#[test]
fn what_a_profile_promises_the_device_must_have() {
    let gpu = open();
    let boastful = DeviceProfile {
        uniform_alignment: 1,
        ..gpu.profile().clone()
    };
    let gpu = gpu.with_profile(boastful);
    let options = SessionOptions::default();
    let session = Session::new(
        &gpu,
        &optimized("lenet5"),
        &Weights::synthetic(SEED),
        &options,
    );
    let error = session.map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.to_string().contains("uniform blocks"), "{error}");
}
