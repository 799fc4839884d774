//! A network in an application's frame: its textures and buffers in, its buffers out, its encoder, its device,
//! and what happens when that is lost.

mod common;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use common::application::{Application, pixels_of, texture, with_alpha};
use common::device::devices;
use menagerie::error::ErrorKind;
use menagerie::frame::{
    Answers, BufferInput, BufferLayout, BufferOutput, TextureInput, TextureSource,
};
use menagerie::gpu::Gpu;
use menagerie::graph::{Activation, Graph, Op, Shape};
use menagerie::likeliest::likeliest;
use menagerie::passes::{PassSet, optimize};
use menagerie::preprocess::Photo;
use menagerie::profile::Ceilings;
use menagerie::session::{Budget, DispatchTimes, Run, Scratch, Session, SessionOptions};
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Tensor, wgpu, zoo};

const SEED: u64 = 11;

/// Sessions go to whichever thread the application renders on.
const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<Session>();
    is_send::<TextureInput>();
    is_send::<BufferInput>();
    is_send::<BufferOutput>();
    is_send::<Answers>();
};

fn network(name: &str) -> Graph {
    let graph = zoo::find(name).unwrap().graph().unwrap();
    optimize(&graph, &PassSet::all()).unwrap()
}

fn session(gpu: &Gpu, name: &str, options: &SessionOptions) -> Session {
    Session::new(gpu, &network(name), &Weights::synthetic(SEED), options).unwrap()
}

fn alone(gpu: &Gpu, name: &str) -> Session {
    session(gpu, name, &SessionOptions::default())
}

fn input(session: &Session) -> Tensor {
    synthetic_input(SEED, 1, session.input_shape())
}

fn encoder(gpu: &Gpu) -> wgpu::CommandEncoder {
    gpu.device().create_command_encoder(&Default::default())
}

/// What an application's frame loop does, and no more.
fn poll(gpu: &Gpu) {
    gpu.device().poll(wgpu::PollType::Poll).unwrap();
}

fn wait(gpu: &Gpu) {
    let waited = gpu.device().poll(wgpu::PollType::wait_indefinitely());
    waited.unwrap();
}

/// On a device of the application's, with the limits that WebGPU promises, and from its texture, which never
/// comes back to the host.
#[test]
fn classifies_a_texture_of_the_application() {
    let application = Application::start();
    let model = zoo::find("mobilenet_v2").unwrap();
    let weights = Weights::default_for(model).unwrap();
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

/// A network that answers with its input.
fn mirror(gpu: &Gpu, shape: Shape, batch: usize) -> Session {
    let mut graph = Graph::new("mirror", shape);
    let input = graph.input();
    graph
        .add_node("same", Op::Activation(Activation::Identity), vec![input])
        .unwrap();
    let options = SessionOptions {
        batch,
        ..Default::default()
    };
    Session::new(gpu, &graph, &Weights::synthetic(0), &options).unwrap()
}

/// The values of `tensor` as a buffer of `layout` holds them, by the layouts' formulas.
fn laid_out(tensor: &Tensor, layout: BufferLayout) -> Vec<f32> {
    let Shape {
        channels,
        height,
        width,
    } = tensor.shape();
    let pixels = height * width;
    let mut values = Vec::new();
    for image in 0..tensor.batch() {
        let planes = tensor.image(image);
        let stored = match layout {
            BufferLayout::ChannelsFirst => {
                values.extend_from_slice(planes);
                continue;
            }
            BufferLayout::ChannelsLast => channels,
            BufferLayout::ChannelGroups => channels.div_ceil(4) * 4,
        };
        for pixel in 0..pixels {
            for channel in 0..stored {
                let value = planes.get(channel * pixels + pixel);
                values.push(if channel < channels {
                    *value.unwrap()
                } else {
                    0.0
                });
            }
        }
    }
    values
}

const LAYOUTS: [BufferLayout; 3] = [
    BufferLayout::ChannelsFirst,
    BufferLayout::ChannelsLast,
    BufferLayout::ChannelGroups,
];

/// Marks what must not be written.
const UNTOUCHED: f32 = -77.0;

#[test]
fn buffers_of_the_application_hold_inputs_and_answers() {
    use wgpu::BufferUsages as Usages;
    const OFFSET: u64 = 256;
    for (device, gpu) in devices() {
        for (channels, batch) in [(3, 1), (6, 2), (1, 3)] {
            let shape = Shape::new(channels, 5, 7);
            let tensor = synthetic_input(SEED, batch, shape);
            let session = mirror(gpu, shape, batch);
            for (index, from) in LAYOUTS.into_iter().enumerate() {
                let to = LAYOUTS[(index + batch) % 3];
                let (given, expected) = (laid_out(&tensor, from), laid_out(&tensor, to));
                assert_eq!(from.bytes(shape, batch), 4 * given.len() as u64);
                let buffer = |bytes: u64, usage| {
                    gpu.device().create_buffer(&wgpu::BufferDescriptor {
                        label: None,
                        size: bytes,
                        usage,
                        mapped_at_creation: false,
                    })
                };
                let bytes = OFFSET + from.bytes(shape, batch);
                let theirs = buffer(bytes, Usages::STORAGE | Usages::COPY_DST);
                let written = bytemuck::cast_slice(&given);
                gpu.queue().write_buffer(&theirs, OFFSET, written);
                // With room behind, which stays as it was.
                let bytes = OFFSET + to.bytes(shape, batch) + 64;
                let usage = Usages::STORAGE | Usages::COPY_DST | Usages::COPY_SRC;
                let result = buffer(bytes, usage);
                let marks = vec![UNTOUCHED; bytes as usize / 4];
                gpu.queue()
                    .write_buffer(&result, 0, bytemuck::cast_slice(&marks));
                let readback = buffer(bytes, Usages::MAP_READ | Usages::COPY_DST);

                let input = BufferInput::new(&session, &theirs, OFFSET, from).unwrap();
                let output = BufferOutput::new(&session, &result, OFFSET, to).unwrap();
                let mut frame = encoder(gpu);
                input.record(&mut frame);
                session.record(&mut frame);
                output.record(&mut frame);
                frame.copy_buffer_to_buffer(&result, 0, &readback, 0, bytes);
                frame.map_buffer_on_submit(&readback, wgpu::MapMode::Read, .., |_| {});
                gpu.queue().submit([frame.finish()]);
                wait(gpu);
                let mapped = readback.get_mapped_range(..).unwrap();
                let values: &[f32] = bytemuck::cast_slice(&mapped);
                let (before, rest) = values.split_at(OFFSET as usize / 4);
                let (found, behind) = rest.split_at(expected.len());
                assert_eq!(found, expected, "{device}: {from:?} to {to:?}");
                let untouched = before.iter().chain(behind);
                assert!(untouched.into_iter().all(|&value| value == UNTOUCHED));
            }
        }
    }
}

#[test]
fn a_buffer_that_will_not_do_is_an_error_that_says_why() {
    let (_, gpu) = &devices()[0];
    let session = mirror(gpu, Shape::new(3, 5, 7), 1);
    let refused = |usage, bytes, offset| {
        let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: bytes,
            usage,
            mapped_at_creation: false,
        });
        let layout = BufferLayout::ChannelsFirst;
        let error = BufferOutput::new(&session, &buffer, offset, layout).err();
        let error = error.expect("a refusal");
        assert_eq!(error.kind(), ErrorKind::Input);
        error.to_string()
    };
    let (storage, copied) = (wgpu::BufferUsages::STORAGE, wgpu::BufferUsages::COPY_DST);
    assert_eq!(
        refused(copied, 1024, 0),
        "a network's buffer needs the usage STORAGE, found BufferUsages(COPY_DST)"
    );
    assert_eq!(
        refused(storage, 512, 256),
        "420 bytes from byte 256 on do not fit into a buffer of 512"
    );
    let message = refused(storage, 1024, 6);
    assert!(
        message.starts_with("a place in a buffer is a multiple of "),
        "{message}"
    );
}

/// Splits a run over frames, each with a submission and with another session's run in between.
#[test]
fn a_run_in_parts_gives_the_same_bits() {
    for (device, gpu) in devices() {
        let (mut split, mut other) = (alone(gpu, "mobilenet_v2"), alone(gpu, "lenet5"));
        let (image, digit) = (input(&split), input(&other));
        let (expected, between) = (split.run(&image).unwrap(), other.run(&digit).unwrap());
        let ceilings = Ceilings {
            flops_per_second: 1e9,
            bytes_per_second: 1e9,
        };
        let times = DispatchTimes::estimated(split.plan(), &ceilings);
        let all = split.plan().dispatches.len();
        let budgets = [
            (Budget::Dispatches(7), all.div_ceil(7)),
            (Budget::Dispatches(1), all),
            (Budget::Time(Duration::from_secs(3600), &times), 1),
            (Budget::Time(Duration::from_millis(50), &times), usize::MAX),
        ];
        for (budget, parts) in budgets {
            // Nothing of the last run is left to be mistaken for this one's.
            split.run(&Tensor::zeros(1, image.shape())).unwrap();
            split.write_input(&image).unwrap();
            let (mut run, mut frames) = (Run::new(), 0);
            loop {
                let mut frame = encoder(gpu);
                let before = run.recorded();
                let done = split.record_part(&mut run, budget, &mut frame);
                assert!(run.recorded() > before);
                frames += 1;
                if done {
                    split.record_readback(&mut frame);
                }
                gpu.queue().submit([frame.finish()]);
                if done {
                    break;
                }
                if frames < 3 {
                    assert_eq!(other.run(&digit).unwrap(), between, "{device}");
                }
            }
            assert_eq!(split.read().unwrap(), expected, "{device}: {budget:?}");
            assert_eq!(run.recorded(), all);
            match parts {
                usize::MAX => assert!((2..all).contains(&frames), "{frames} of {all}"),
                parts => assert_eq!(frames, parts, "{device}: {budget:?}"),
            }
            assert!(split.record_part(&mut run, budget, &mut encoder(gpu)));
        }
    }
}

#[test]
fn sessions_that_share_scratch_take_turns_in_the_memory_of_the_largest() {
    for (device, gpu) in devices() {
        let names = ["mobilenet_v2", "squeezenet1_1", "lenet5"];
        let scratch = Scratch::default();
        let options = SessionOptions {
            scratch: Some(scratch.clone()),
            ..Default::default()
        };
        let mut sharing = names.map(|name| session(gpu, name, &options));
        let mut owning = names.map(|name| alone(gpu, name));
        let bytes = owning
            .each_ref()
            .map(|session| session.plan().activation_bytes());
        let (sum, most) = (bytes.iter().sum(), bytes.into_iter().max().unwrap());
        assert!(
            (most..sum).contains(&scratch.bytes()),
            "{device}: {}",
            scratch.bytes()
        );
        for _ in 0..2 {
            for (sharing, owning) in sharing.iter_mut().zip(&mut owning) {
                let input = input(owning);
                let expected = owning.run(&input).unwrap();
                assert_eq!(sharing.run(&input).unwrap(), expected, "{device}");
            }
        }
    }
    // Another device has memory of its own.
    let scratch = Scratch::default();
    let options = SessionOptions {
        scratch: Some(scratch.clone()),
        ..Default::default()
    };
    let gpus = [Application::start().gpu(), Application::start().gpu()];
    let mut sessions = gpus.each_ref().map(|gpu| session(gpu, "lenet5", &options));
    let input = input(&sessions[0]);
    let [first, second] = sessions
        .each_mut()
        .map(|session| session.run(&input).unwrap());
    assert_eq!(first, second);
    assert_eq!(scratch.bytes(), 2 * sessions[0].plan().activation_bytes());
}

/// Two networks on one device, recorded and submitted from two threads, part by part.
#[test]
fn sessions_interleave_from_two_threads() {
    for (device, gpu) in devices() {
        std::thread::scope(|threads| {
            for name in ["squeezenet1_1", "lenet5"] {
                threads.spawn(move || {
                    let mut session = alone(gpu, name);
                    let input = input(&session);
                    let expected = session.run(&input).unwrap();
                    for _ in 0..10 {
                        session.write_input(&input).unwrap();
                        let mut run = Run::new();
                        loop {
                            let mut frame = encoder(gpu);
                            let done =
                                session.record_part(&mut run, Budget::Dispatches(3), &mut frame);
                            if done {
                                session.record_readback(&mut frame);
                            }
                            gpu.queue().submit([frame.finish()]);
                            if done {
                                break;
                            }
                            std::thread::yield_now();
                        }
                        assert_eq!(session.read().unwrap(), expected, "{device}: {name}");
                    }
                });
            }
        });
    }
}

/// A frame of `session` with its answer, not yet submitted.
fn recorded(
    gpu: &Gpu,
    session: &Session,
    answers: &mut Answers,
) -> (Option<u64>, wgpu::CommandBuffer) {
    let mut frame = encoder(gpu);
    session.record(&mut frame);
    let number = answers.record(&mut frame);
    (number, frame.finish())
}

#[test]
fn no_frame_waits_for_an_answer() {
    let (_, gpu) = &devices()[0];
    let mut session = alone(gpu, "lenet5");
    let digit = input(&session);
    let expected = session.run(&digit).unwrap();
    session.write_input(&digit).unwrap();
    let mut answers = Answers::new(&session, 2).unwrap();
    assert!(answers.latest().unwrap().is_none());

    // Commands that are never submitted hold no place in the ring.
    for _ in 0..5 {
        assert!(recorded(gpu, &session, &mut answers).0.is_some());
    }
    let frames = [(); 3].map(|()| recorded(gpu, &session, &mut answers));
    let numbers = frames.each_ref().map(|(number, _)| *number);
    // The third finds the ring full and goes without.
    assert_eq!(numbers, [Some(5), Some(6), None]);
    for (_, commands) in frames {
        session.write_input(&digit).unwrap();
        gpu.queue().submit([commands]);
    }
    wait(gpu);
    let answer = answers.latest().unwrap().unwrap();
    assert_eq!((answer.number, answer.values), (6, &expected));
    assert!(answers.latest().unwrap().is_none());

    let (number, commands) = recorded(gpu, &session, &mut answers);
    assert_eq!(number, Some(7));
    gpu.queue().submit([commands]);
    while answers.latest().unwrap().is_none() {
        poll(gpu);
    }
}

#[test]
fn an_answer_can_be_awaited() {
    let (_, gpu) = &devices()[0];
    let mut session = alone(gpu, "lenet5");
    let digit = input(&session);
    let expected = session.run(&digit).unwrap();
    session.write_input(&digit).unwrap();
    let mut answers = Answers::new(&session, 1).unwrap();
    let error = pollster::block_on(answers.next()).map(|_| ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no answer is under way: record one and submit it first"
    );
    let (_, commands) = recorded(gpu, &session, &mut answers);
    let mut context = Context::from_waker(Waker::noop());
    {
        let mut next = pin!(answers.next());
        // Not before it is submitted.
        assert!(next.as_mut().poll(&mut context).is_pending());
        gpu.queue().submit([commands]);
        let answer = loop {
            match next.as_mut().poll(&mut context) {
                Poll::Ready(answer) => break answer.unwrap(),
                Poll::Pending => poll(gpu),
            }
        };
        assert_eq!(answer.values, &expected);
    }
    // A thread that waits is woken by whoever polls.
    session.write_input(&digit).unwrap();
    let (_, commands) = recorded(gpu, &session, &mut answers);
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| pollster::block_on(answers.next()).unwrap().values.clone());
        gpu.queue().submit([commands]);
        while !waiting.is_finished() {
            poll(gpu);
        }
        assert_eq!(waiting.join().unwrap(), expected);
    });
}

/// An answer that nobody waits for any more, since its commands are gone, wakes who waits for it.
#[test]
fn an_answer_that_will_not_come_ends_the_wait() {
    let (_, gpu) = &devices()[0];
    let session = alone(gpu, "lenet5");
    let mut answers = Answers::new(&session, 1).unwrap();
    let (_, commands) = recorded(gpu, &session, &mut answers);
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| pollster::block_on(answers.next()).map(|_| ()));
        drop(commands);
        let error = waiting.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
    });
}

#[test]
fn a_lost_device_is_an_error_that_says_so_and_the_model_lives_on() {
    let (graph, weights) = (network("lenet5"), Weights::synthetic(SEED));
    let (first, second) = (Application::start(), Application::start());
    let gpu = first.gpu();
    let options = SessionOptions::default();
    let mut session = Session::new(&gpu, &graph, &weights, &options).unwrap();
    let digit = input(&session);
    let expected = session.run(&digit).unwrap();

    session.write_input(&digit).unwrap();
    let mut answers = Answers::new(&session, 3).unwrap();
    let (_, submitted) = recorded(&gpu, &session, &mut answers);
    let (_, too_late) = recorded(&gpu, &session, &mut answers);
    gpu.queue().submit([submitted]);
    let mut frame = encoder(&gpu);
    session.record_readback(&mut frame);
    gpu.queue().submit([frame.finish()]);
    first.device.destroy();
    gpu.queue().submit([too_late]);

    let lost = format!("the device was lost: {}", gpu.description());
    let found = [
        session.read().unwrap_err(),
        session.run(&digit).unwrap_err(),
        pollster::block_on(session.run_async(&digit)).unwrap_err(),
        Session::new(&gpu, &graph, &weights, &options)
            .err()
            .unwrap(),
        Answers::new(&session, 1).err().unwrap(),
    ];
    for error in found {
        assert_eq!(
            (error.kind(), error.to_string()),
            (ErrorKind::DeviceLost, lost.clone())
        );
    }
    // The answer that was under way either made it or did not; the one after it cannot have.
    let late = loop {
        match answers.latest() {
            Ok(Some(answer)) => assert_eq!((answer.number, answer.values), (0, &expected)),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert_eq!(late.expect("an error").kind(), ErrorKind::DeviceLost);

    let mut rebuilt = Session::new(&second.gpu(), &graph, &weights, &options).unwrap();
    assert_eq!(rebuilt.run(&digit).unwrap(), expected);
}
