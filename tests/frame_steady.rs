//! Frame after frame, a session takes nothing more than the first frame took: no memory on the device or the
//! host, no submission of its own. The allocator of this test counts.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::{Arc, Mutex};

use common::application::{Application, texture};
use menagerie::frame::{Answers, BufferLayout, BufferOutput, TextureInput, TextureSource};
use menagerie::gpu::Gpu;
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;
use menagerie::{wgpu, zoo};

struct Counting;

/// What one test holds must not be counted in another.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Bytes that all threads hold.
static HELD: AtomicIsize = AtomicIsize::new(0);

thread_local! {
    /// Allocations of this thread.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    HELD.fetch_add(bytes, Ordering::Relaxed);
    if bytes > 0 {
        // A thread that is ending has no counter any more.
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
    }
}

// SAFETY: all is left to the system's allocator; the counters are no part of what is allocated, and counting
// allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations of `work` on this thread, and what it answers.
fn allocations<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = ALLOCATIONS.get();
    let answer = work();
    (ALLOCATIONS.get() - before, answer)
}

/// LeNet-5 from a texture of the application, into a buffer of the application, and into host memory.
struct Network {
    session: Session,
    input: TextureInput,
    output: BufferOutput,
    answers: Answers,
}

impl Network {
    fn new(gpu: &Gpu) -> Self {
        let model = zoo::find("lenet5").unwrap();
        let graph = optimize(&model.graph().unwrap(), &PassSet::all()).unwrap();
        let options = SessionOptions::default();
        let session = Session::new(gpu, &graph, &Weights::synthetic(5), &options).unwrap();
        let texels: Vec<u8> = (0..4 * 40 * 50)
            .map(|index| (index * 7 % 251) as u8)
            .collect();
        let texture = texture(gpu, wgpu::TextureFormat::Rgba8Unorm, [40, 50], &texels);
        let source = TextureSource::new(&texture);
        let input = TextureInput::new(&session, &source, &model.preprocess, 0).unwrap();
        let layout = BufferLayout::ChannelsFirst;
        let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: layout.bytes(session.output_shape(), 1),
            usage: wgpu::BufferUsages::STORAGE,
            mapped_at_creation: false,
        });
        let output = BufferOutput::new(&session, &buffer, 0, layout).unwrap();
        let answers = Answers::new(&session, 3).unwrap();
        Self {
            session,
            input,
            output,
            answers,
        }
    }

    /// All that a frame asks of this crate.
    fn record(&mut self, frame: &mut wgpu::CommandEncoder) {
        self.input.record(frame);
        self.session.record(frame);
        self.output.record(frame);
        self.answers.record(frame).expect("room for an answer");
    }
}

/// The same calls to wgpu by hand, with kernels that do nothing.
struct ByHand {
    /// Two of them take turns, since wgpu skips what is already set.
    calls: [(wgpu::ComputePipeline, wgpu::BindGroup); 2],
    output: wgpu::Buffer,
    readback: wgpu::Buffer,
    /// Label and dispatches of each pass.
    passes: [(String, usize); 3],
    held: Arc<()>,
}

impl ByHand {
    fn new(device: &wgpu::Device, network: &Network) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(
                "@group(0) @binding(0) var<uniform> nothing: vec4<f32>;
                 @compute @workgroup_size(1) fn main() { _ = nothing; }"
                    .into(),
            ),
        });
        let buffer = |usage, size| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size,
                usage,
                mapped_at_creation: false,
            })
        };
        let calls = [(); 2].map(|()| {
            let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: None,
                layout: None,
                module: &module,
                entry_point: None,
                compilation_options: Default::default(),
                cache: None,
            });
            let uniform = buffer(wgpu::BufferUsages::UNIFORM, 16);
            let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout: &pipeline.get_bind_group_layout(0),
                entries: &[wgpu::BindGroupEntry {
                    binding: 0,
                    resource: uniform.as_entire_binding(),
                }],
            });
            (pipeline, bind_group)
        });
        let plan = network.session.plan();
        use wgpu::BufferUsages as Usages;
        Self {
            calls,
            output: buffer(Usages::COPY_SRC, 48),
            readback: buffer(Usages::COPY_DST | Usages::MAP_READ, 48),
            passes: [
                ("preprocess".to_owned(), 2),
                (plan.network.clone(), plan.dispatches.len()),
                ("answer".to_owned(), 1),
            ],
            held: Arc::default(),
        }
    }

    fn record(&self, frame: &mut wgpu::CommandEncoder) {
        for (label, dispatches) in &self.passes {
            let mut pass = frame.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some(label),
                timestamp_writes: None,
            });
            for (pipeline, bind_group) in self.calls.iter().cycle().take(*dispatches) {
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, bind_group, &[]);
                pass.dispatch_workgroups(1, 1, 1);
            }
        }
        frame.copy_buffer_to_buffer(&self.output, 0, &self.readback, 0, 48);
        // A callback that holds something, as any does that says where an answer has arrived.
        let held = Arc::clone(&self.held);
        frame.map_buffer_on_submit(&self.readback, wgpu::MapMode::Read, .., move |_| {
            drop(held);
        });
    }

    fn read(&self) -> f32 {
        let mapped = self.readback.get_mapped_range(..).unwrap();
        let values: &[f32] = bytemuck::cast_slice(&mapped);
        let first = values[0];
        drop(mapped);
        self.readback.unmap();
        first
    }
}

/// The number of a submission, as the queue counts them.
fn number(index: &wgpu::SubmissionIndex) -> u64 {
    let text = format!("{index:?}");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("{text}"))
}

/// What wgpu holds of each kind of resource.
fn resources(instance: &wgpu::Instance) -> Vec<usize> {
    let report = instance.generate_report().expect("a native instance");
    let hub = report.hub_report();
    [
        &hub.buffers,
        &hub.textures,
        &hub.texture_views,
        &hub.bind_groups,
        &hub.bind_group_layouts,
        &hub.pipeline_layouts,
        &hub.shader_modules,
        &hub.compute_pipelines,
        &hub.query_sets,
    ]
    .map(|registry| registry.num_allocated + registry.num_kept_from_user)
    .to_vec()
}

/// Bytes that the device's allocator has given out, where the backend has one.
fn device_bytes(device: &wgpu::Device) -> Option<u64> {
    let report = device.generate_allocator_report();
    report.map(|report| report.total_allocated_bytes)
}

fn submit(application: &Application, record: impl FnOnce(&mut wgpu::CommandEncoder)) -> u64 {
    let mut frame = application
        .device
        .create_command_encoder(&Default::default());
    record(&mut frame);
    let index = application.queue.submit([frame.finish()]);
    application
        .device
        .poll(wgpu::PollType::Wait {
            submission_index: Some(index.clone()),
            timeout: None,
        })
        .unwrap();
    number(&index)
}

/// Over 100 frames: nothing is made on the device, the only submissions are the application's, and the only
/// allocations of the host are those of wgpu, which the same calls by hand need, too.
#[test]
fn a_frame_takes_nothing() {
    const FRAMES: usize = 100;
    let _alone = ONE_AT_A_TIME.lock();
    let application = Application::start();
    let gpu = application.gpu();
    let mut network = Network::new(&gpu);
    let by_hand = ByHand::new(&application.device, &network);

    let (seen, _) = allocations(|| Box::new(1));
    assert_eq!(seen, 1, "the allocator counts");

    // How far one submission is from the next with nothing in between; mapping takes a number, too.
    let numbers = [(); 3].map(|()| {
        let number = submit(&application, |encoder| by_hand.record(encoder));
        by_hand.read();
        number
    });
    let step = numbers[2] - numbers[1];

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let (mut held, mut bytes, mut last) = (Vec::new(), None, None);
    for frame in 0..FRAMES {
        let mut taken = 0;
        let submission = submit(&application, |encoder| {
            taken += allocations(|| network.record(encoder)).0;
        });
        let (reading, arrived) = allocations(|| network.answers.latest().unwrap().is_some());
        assert!(arrived, "frame {frame}");
        ours.push(taken + reading);

        let mut taken = 0;
        let by_hand_submission = submit(&application, |encoder| {
            taken += allocations(|| by_hand.record(encoder)).0;
        });
        theirs.push(taken + allocations(|| by_hand.read()).0);

        if let Some(last) = last {
            let found = [submission - last, by_hand_submission - submission];
            assert_eq!(found, [step, step], "frame {frame}");
        }
        last = Some(by_hand_submission);
        if frame == 0 {
            held = resources(&application.instance);
            bytes = device_bytes(&application.device);
        }
    }
    assert_eq!(resources(&application.instance), held);
    assert_eq!(device_bytes(&application.device), bytes);
    assert!(theirs[1] > 0);
    assert_eq!(ours[1..], theirs[1..]);
}

/// 10,000 frames: neither host nor device holds more than after the first 1,000.
#[test]
fn a_long_run_does_not_grow() {
    const FRAMES: u64 = 10_000;
    const WARM: u64 = 1_000;
    let _alone = ONE_AT_A_TIME.lock();
    let application = Application::start();
    let gpu = application.gpu();
    let mut network = Network::new(&gpu);
    let mut warm = None;
    let mut arrived = 0;
    for frame in 0..FRAMES {
        submit(&application, |encoder| network.record(encoder));
        if let Some(answer) = network.answers.latest().unwrap() {
            assert_eq!(answer.number, frame);
            arrived += 1;
        }
        if frame == WARM {
            warm = Some(Memory::of(&application));
        }
    }
    assert_eq!(arrived, FRAMES);
    let (warm, now) = (warm.unwrap(), Memory::of(&application));
    assert_eq!(now.resources, warm.resources);
    assert_eq!(now.device, warm.device);
    // A hundred bytes a frame would be 900 kB.
    assert!(
        now.held < warm.held + 300_000,
        "{} after {}",
        now.held,
        warm.held
    );
    // A page every hundred frames would be 360 kB; drivers allocate past the counter.
    assert!(
        now.resident < warm.resident + 4_000_000,
        "{} after {}",
        now.resident,
        warm.resident
    );
}

struct Memory {
    resources: Vec<usize>,
    device: Option<u64>,
    held: isize,
    resident: u64,
}

impl Memory {
    fn of(application: &Application) -> Self {
        Self {
            resources: resources(&application.instance),
            device: device_bytes(&application.device),
            held: HELD.load(Ordering::Relaxed),
            resident: resident(),
        }
    }
}

/// Bytes of the process in memory; zero where the system does not tell so.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    4096 * pages.unwrap_or(0)
}
