//! A network that follows what a frame shows, run after run.

use menagerie::frame::{BufferInput, BufferLayout, ContinuousRun};
use menagerie::gpu::Gpu;
use menagerie::session::{Budget, Session};
use menagerie::weights::synthetic_input;
use menagerie::{Tensor, wgpu};

use crate::common::device::devices;
use crate::networks::{alone, encoder, poll, wait};

/// What is seen in the frame `number`.
fn seen(session: &Session, number: u64) -> Tensor {
    synthetic_input(number, 1, session.input_shape())
}

/// What an application has: a buffer with what is seen, and a network that looks at it.
struct Scene {
    gpu: Gpu,
    session: Session,
    buffer: wgpu::Buffer,
    input: BufferInput,
}

impl Scene {
    fn new(gpu: &Gpu) -> Self {
        let session = alone(gpu, "lenet5");
        let layout = BufferLayout::ChannelsFirst;
        let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: Some("what is seen"),
            size: layout.bytes(session.input_shape(), 1),
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self {
            input: BufferInput::new(&session, &buffer, 0, layout).unwrap(),
            gpu: gpu.clone(),
            session,
            buffer,
        }
    }

    fn parts(&self) -> u64 {
        self.session.program().dispatches().len().div_ceil(3) as u64
    }

    /// The frame `number`, with three dispatches of the network; where its run ends in it, the frame that it began in.
    fn frame(
        &self,
        network: &mut ContinuousRun<u64>,
        number: u64,
    ) -> (Option<u64>, wgpu::CommandBuffer) {
        let seen = seen(&self.session, number);
        let bytes: Vec<u8> = seen.data().iter().flat_map(|x| x.to_ne_bytes()).collect();
        self.gpu.queue().write_buffer(&self.buffer, 0, &bytes);
        let mut frame = encoder(&self.gpu);
        let input = |frame: &mut wgpu::CommandEncoder| self.input.record(frame);
        let budget = Budget::Dispatches(3);
        let ends = network.record(&self.session, number, input, budget, &mut frame);
        (ends, frame.finish())
    }

    /// As [`Scene::frame`], submitted.
    fn show(&self, network: &mut ContinuousRun<u64>, number: u64) -> Option<u64> {
        let (ends, commands) = self.frame(network, number);
        self.gpu.queue().submit([commands]);
        ends
    }
}

#[test]
fn each_answer_is_about_the_frame_that_its_run_began_in() {
    for (device, gpu) in devices() {
        let (scene, mut reference) = (Scene::new(gpu), alone(gpu, "lenet5"));
        let parts = scene.parts();
        assert!(parts > 1);
        let mut network = ContinuousRun::new(&scene.session, 2).unwrap();
        let mut answered = Vec::new();
        for number in 0..4 * parts {
            let ended = scene.show(&mut network, number);
            let is_last = number % parts == parts - 1;
            let expected = is_last.then(|| number + 1 - parts);
            assert_eq!(ended, expected, "{device}: {number}");
            wait(gpu);
            if let Some(found) = network.latest().unwrap() {
                assert_eq!(u64::from(found.frames), parts, "{device}");
                let expected = reference.run(&seen(&scene.session, found.began)).unwrap();
                assert_eq!(found.answer.values, &expected, "{device}: {}", found.began);
                answered.push(found.began);
            }
        }
        assert_eq!(answered, [0, parts, 2 * parts, 3 * parts], "{device}");
        assert_eq!(network.left_out(), 0);
    }
}

#[test]
fn answers_without_room_are_left_out_and_counted() {
    let (_, gpu) = &devices()[0];
    let scene = Scene::new(gpu);
    let mut network = ContinuousRun::new(&scene.session, 1).unwrap();
    let mut frames = Vec::new();
    let mut runs = 0;
    for number in 0.. {
        let (ended, commands) = scene.frame(&mut network, number);
        frames.push(commands);
        runs += u64::from(ended.is_some());
        if runs == 3 {
            break;
        }
    }
    gpu.queue().submit(frames);
    wait(gpu);
    assert_eq!(network.left_out(), 2);
    assert_eq!(network.latest().unwrap().unwrap().began, 0);
    assert!(network.latest().unwrap().is_none());
}

#[test]
fn answers_from_before_a_restart_are_dropped() {
    let (_, gpu) = &devices()[0];
    let (scene, mut reference) = (Scene::new(gpu), alone(gpu, "lenet5"));
    let mut network = ContinuousRun::new(&scene.session, 3).unwrap();
    // An answer is under way and another run has begun.
    while scene.show(&mut network, 1).is_none() {}
    assert_eq!(scene.show(&mut network, 2), None);
    network.restart();
    wait(gpu);
    assert!(network.latest().unwrap().is_none());

    while scene.show(&mut network, 3).is_none() {}
    let expected = reference.run(&seen(&scene.session, 3)).unwrap();
    loop {
        if let Some(found) = network.latest().unwrap() {
            assert_eq!((found.began, found.answer.values), (3, &expected));
            break;
        }
        poll(gpu);
    }
}
