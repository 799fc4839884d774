//! Futures that are dropped before they complete, wherever they have come to: the session runs on as if nothing had
//! been asked of it.

mod common;

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use common::networks::published;
use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::graph::Graph;
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Result, Tensor, wgpu};

const SEED: u64 = 5;

/// More steps than any of these futures takes.
const MANY: usize = 1000;

/// A future that is under way.
type Work<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// Something that a session can be asked for.
type Ask = for<'a> fn(&'a mut Session, &'a Tensor) -> Work<'a>;

const ASKED: [(&str, Ask); 6] = [
    ("run", |session, input| {
        Box::pin(async { session.run_async(input).await.map(drop) })
    }),
    ("run all outputs", |session, input| {
        Box::pin(async { session.run_outputs_async(input).await.map(drop) })
    }),
    ("run by name", |session, input| {
        Box::pin(async move {
            let inputs = [("input", input)];
            session.run_named_async(&inputs).await.map(drop)
        })
    }),
    ("read", |session, _| {
        Box::pin(async { session.read_async().await.map(drop) })
    }),
    ("read all outputs", |session, _| {
        Box::pin(async { session.read_outputs_async().await.map(drop) })
    }),
    ("profile", |session, input| {
        Box::pin(async { session.profile_async(input, 2).await.map(drop) })
    }),
];

/// How a future is left.
#[derive(Clone, Copy, Debug)]
enum Left {
    /// While the device may still be at what it waits for.
    Waiting,
    /// When that is done, and nobody has looked.
    Arrived,
}

/// Lets `work` come so many steps far, the device doing all it waits for between them, and leaves it. Whether it was
/// not complete by then.
fn leave(gpu: &Gpu, mut work: Work<'_>, steps: usize, left: Left) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    for step in 0..steps {
        if step > 0 {
            settle(gpu);
        }
        if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
            done.unwrap();
            return false;
        }
    }
    if matches!(left, Left::Arrived) {
        settle(gpu);
    }
    true
}

fn settle(gpu: &Gpu) {
    let waited = gpu.device().poll(wgpu::PollType::wait_indefinitely());
    waited.unwrap();
}

/// A network with two outputs.
fn network() -> Graph {
    let mut graph = published("lenet5");
    let inner = graph.nodes()[graph.nodes().len() / 2].result();
    graph.add_output("inner", inner).unwrap();
    optimize(&graph, &PassSet::all()).unwrap()
}

/// Every adapter there is.
fn adapters() -> Vec<Gpu> {
    let count = Gpu::adapters().len();
    assert!(
        count > 0,
        "no adapter; Debian's mesa-vulkan-drivers has one"
    );
    let open = |index| Gpu::open(&AdapterChoice::Index(index)).unwrap();
    (0..count).map(open).collect()
}

#[test]
fn a_session_runs_again_after_a_dropped_future() {
    let graph = network();
    let input = synthetic_input(SEED, 1, graph.input_shape().unwrap());
    for gpu in adapters() {
        let weights = Weights::synthetic(SEED);
        let mut session = Session::new(&gpu, &graph, &weights, &SessionOptions::default()).unwrap();
        let expected = session.run_outputs(&input).unwrap();
        for (name, ask) in ASKED {
            for left in [Left::Waiting, Left::Arrived] {
                let unfinished = (0..MANY).take_while(|&steps| {
                    let work = ask(&mut session, &input);
                    let unfinished = leave(&gpu, work, steps, left);
                    let case = format!("{}: {name}, {steps} steps, {left:?}", gpu.description());
                    assert_eq!(session.run(&input).unwrap(), expected[0], "{case}");
                    assert_eq!(session.run_outputs(&input).unwrap(), expected, "{case}");
                    // What is recorded by hand goes through the same buffers.
                    session.write_input(&input).unwrap();
                    let mut encoder = gpu.device().create_command_encoder(&Default::default());
                    session.record(&mut encoder);
                    session.record_readback(&mut encoder);
                    gpu.queue().submit([encoder.finish()]);
                    unfinished
                });
                let steps = unfinished.count();
                assert!((2..MANY).contains(&steps), "{name}: {steps} steps");
                assert_eq!(session.read_outputs().unwrap(), expected);
            }
        }
    }
}

/// Kernels and parameters come one a turn; whoever leaves in between leaves nothing behind that is in the way.
#[test]
fn a_device_works_after_unfinished_sessions() {
    let graph = network();
    let input = synthetic_input(SEED, 1, graph.input_shape().unwrap());
    let (weights, options) = (Weights::synthetic(SEED), SessionOptions::default());
    for left in [Left::Waiting, Left::Arrived] {
        for gpu in adapters() {
            let unfinished = (0..MANY).take_while(|&steps| {
                let work: Work<'_> = Box::pin(async {
                    let session = Session::new_async(&gpu, &graph, &weights, &options);
                    session.await.map(drop)
                });
                leave(&gpu, work, steps, left)
            });
            let turns = unfinished.count();
            assert!((2..MANY).contains(&turns), "{turns} turns");
            let made = pollster::block_on(Session::new_async(&gpu, &graph, &weights, &options));
            let (mut in_turns, mut on_threads) = (
                made.unwrap(),
                Session::new(&gpu, &graph, &weights, &options).unwrap(),
            );
            let expected = on_threads.run_outputs(&input).unwrap();
            assert_eq!(in_turns.run_outputs(&input).unwrap(), expected);
        }
    }
}
