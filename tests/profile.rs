//! Profiles of sessions: every way of timing that a device leaves, what the times promise, and that nothing of
//! it stays behind.

mod common;

use std::time::Duration;

use common::device::open;
use menagerie::ErrorKind;
use menagerie::gpu::Gpu;
use menagerie::graph::{Cost, Graph, image_network};
use menagerie::kernels::KERNELS;
use menagerie::passes::{PassSet, optimize};
use menagerie::profile::{DispatchProfile, Interval, Profile, Spread, TimedRun, Timing};
use menagerie::session::{Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::wgpu::{self, Features};
use menagerie::{Tensor, zoo};
use proptest::prelude::*;

const RUNS: usize = 3;

/// The default adapter's device, less these features.
fn gpu_without(features: Features) -> Gpu {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    let instance = wgpu::Instance::new(descriptor);
    let options = wgpu::RequestAdapterOptions::default();
    let adapter = pollster::block_on(instance.request_adapter(&options)).unwrap();
    let mut descriptor = Gpu::descriptor(&adapter);
    descriptor.required_features.remove(features);
    let (device, queue) = pollster::block_on(adapter.request_device(&descriptor)).unwrap();
    Gpu::from_device(&adapter.get_info(), device, queue)
}

fn session(gpu: &Gpu, graph: &Graph) -> Session {
    let options = SessionOptions::default();
    Session::new(gpu, graph, &Weights::synthetic(0), &options).unwrap()
}

fn network(name: &str) -> (Graph, Tensor) {
    let model = zoo::find(name).unwrap();
    let graph = optimize(&model.graph().unwrap(), &PassSet::all()).unwrap();
    (graph, synthetic_input(0, 1, model.input))
}

/// The device's best, passes of their own, and nothing but wall time: each with the devices that leave it.
fn ways() -> [(Timing, Gpu); 3] {
    [
        (Timing::InPass, Features::empty()),
        (
            Timing::PassPerKernel,
            Features::TIMESTAMP_QUERY_INSIDE_PASSES,
        ),
        (
            Timing::WallOnly,
            Features::TIMESTAMP_QUERY_INSIDE_PASSES | Features::TIMESTAMP_QUERY,
        ),
    ]
    .map(|(timing, missing)| (timing, gpu_without(missing)))
}

#[test]
fn every_device_is_timed_as_well_as_it_can() {
    let (graph, input) = network("lenet5");
    for (timing, gpu) in ways() {
        let mut session = session(&gpu, &graph);
        let profile = session.profile(&input, RUNS).unwrap();
        assert_eq!(profile.timing, timing);
        assert!(profile.wall.least <= profile.wall.median);
        assert!(profile.wall.median <= profile.wall.most);

        let planned = session.program().dispatches();
        assert_eq!(profile.dispatches.len(), planned.len());
        for (row, dispatch) in profile.dispatches.iter().zip(planned) {
            assert_eq!(row.layer, dispatch.node);
            assert_eq!(row.kernel, dispatch.kernel);
            assert_eq!(row.workgroups, dispatch.workgroups);
            assert_eq!(row.cost, dispatch.cost);
            assert_eq!(row.time.is_some(), timing != Timing::WallOnly);
        }
        let (runs, passes) = match timing {
            Timing::InPass => (RUNS, 1),
            Timing::PassPerKernel => (RUNS, planned.len()),
            Timing::WallOnly => (0, 0),
        };
        assert_eq!(profile.runs.len(), runs);
        for run in &profile.runs {
            assert_eq!(run.passes.len(), passes);
            assert_eq!(run.dispatches.len(), planned.len());
        }
        assert_eq!(profile.kernels().is_some(), timing != Timing::WallOnly);
        assert_eq!(profile.shares().is_some(), timing != Timing::WallOnly);
        assert_eq!(profile.span().is_some(), timing != Timing::WallOnly);
    }
}

/// A device without timestamps refuses to record one, so its answers show that runs which are not timed record
/// none, before a profile and after it.
#[test]
fn a_profile_leaves_nothing_behind() {
    let (graph, input) = network("lenet5");
    for (timing, gpu) in ways() {
        let mut session = session(&gpu, &graph);
        let (answer, plan) = (session.run(&input).unwrap(), session.program().clone());
        session.profile(&input, RUNS).unwrap();
        assert_eq!(session.run(&input).unwrap(), answer, "{timing}");
        assert_eq!(*session.program(), plan, "{timing}");
    }
}

/// Begin and end of each pass, run after run, and the dispatches inside them, follow each other on one clock.
fn assert_in_order(runs: &[TimedRun]) {
    let mut now = Duration::ZERO;
    for run in runs {
        let span = run.span();
        assert!(span.begin >= now, "{span:?} begins before {now:?}");
        let mut passes = run.passes.iter();
        let mut pass = Interval::default();
        let mut before = span.begin;
        for dispatch in &run.dispatches {
            if dispatch.end > pass.end {
                pass = *passes.next().unwrap();
            }
            assert!(pass.begin <= dispatch.begin && dispatch.end <= pass.end);
            assert!(before <= dispatch.begin && dispatch.begin <= dispatch.end);
            before = dispatch.end;
        }
        now = span.end;
    }
}

/// The dispatches' times are the pass's: what is between them does not count.
#[test]
fn the_kernels_take_what_their_pass_takes() {
    let gpu = open();
    let (graph, input) = network("resnet18");
    let profile = session(&gpu, &graph).profile(&input, 5).unwrap();
    assert_eq!(profile.timing, Timing::InPass);
    assert_in_order(&profile.runs);
    let mut ratios: Vec<f64> = profile
        .runs
        .iter()
        .map(|run| run.kernels().as_secs_f64() / run.span().duration().as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    let median = ratios[ratios.len() / 2];
    assert!((0.9..=1.0).contains(&median), "{ratios:?}");
}

/// A query set holds 4096 timestamps: with more, several take turns.
#[test]
fn long_networks_are_timed_to_the_end() {
    const LENGTH: usize = 2100;
    let graph = image_network("long", Shape::vector(4), |net, x| {
        (0..LENGTH).try_fold(x, |x, index| net.relu(&index.to_string(), x))
    })
    .unwrap();
    let input = synthetic_input(0, 1, Shape::vector(4));
    for (timing, gpu) in ways() {
        let profile = session(&gpu, &graph).profile(&input, 1).unwrap();
        assert_eq!((profile.timing, profile.dispatches.len()), (timing, LENGTH));
        assert_in_order(&profile.runs);
        for run in &profile.runs {
            assert!(
                run.dispatches
                    .iter()
                    .all(|dispatch| !dispatch.end.is_zero())
            );
        }
    }
}

#[test]
fn a_network_of_nothing_has_an_empty_profile() {
    let graph = image_network("nothing", Shape::vector(4), |_, x| Ok(x)).unwrap();
    let input = synthetic_input(0, 1, Shape::vector(4));
    for (_, gpu) in ways() {
        let profile = session(&gpu, &graph).profile(&input, RUNS).unwrap();
        assert!(profile.dispatches.is_empty() && profile.runs.is_empty());
        assert_eq!(profile.shares(), None);
    }
}

#[test]
fn no_runs_are_no_profile() {
    let (graph, input) = network("lenet5");
    let gpu = open();
    let error = session(&gpu, &graph).profile(&input, 0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert_eq!(error.to_string(), "a profile needs at least 1 run, found 0");
}

#[test]
fn a_session_tells_how_long_it_took_to_prepare() {
    let gpu = open();
    let (graph, _) = network("lenet5");
    let session = session(&gpu, &graph);
    let preparation = session.preparation();
    let whole = preparation.whole;
    assert_eq!(whole.begin, Duration::ZERO);
    for part in [preparation.plan, preparation.compile, preparation.upload] {
        assert!(part.begin <= part.end && part.end <= whole.end, "{part:?}");
    }
    for part in [preparation.compile, preparation.upload] {
        assert!(preparation.plan.end <= part.begin, "{part:?}");
        assert!(!part.duration().is_zero());
    }
}

/// A profile of dispatches that took so many nanoseconds.
fn profile_of(times: &[u64]) -> Profile {
    let spread = |nanoseconds: u64| {
        let time = Duration::from_nanos(nanoseconds);
        Spread {
            median: time,
            least: time,
            most: time,
        }
    };
    let dispatch = |&nanoseconds: &u64| DispatchProfile {
        layer: "layer".into(),
        operation: "operation".into(),
        kernel: KERNELS[0],
        shape: Shape::vector(1),
        workgroups: [1; 3],
        cost: Cost {
            flops: 300,
            activation_bytes: 100,
            parameter_bytes: 20,
        },
        time: Some(spread(nanoseconds)),
    };
    Profile {
        timing: Timing::InPass,
        dispatches: times.iter().map(dispatch).collect(),
        runs: Vec::new(),
        wall: spread(0),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// However shares are rounded, they are of a hundred percent, and none is a tenth of a percent off.
    #[test]
    fn shares_add_up(times in prop::collection::vec(0..10_000_000_u64, 1..900)) {
        let sum: u64 = times.iter().sum();
        prop_assume!(sum > 0);
        let shares = profile_of(&times).shares().unwrap();
        prop_assert_eq!(shares.iter().sum::<u32>(), 1000);
        for (&share, &time) in shares.iter().zip(&times) {
            let exact = 1000.0 * time as f64 / sum as f64;
            prop_assert!((f64::from(share) - exact).abs() < 1.0, "{share} of {exact}");
        }
    }
}

#[test]
fn rates_follow_from_the_median() {
    let profile = profile_of(&[2000, 0]);
    let [dispatch, instant] = &profile.dispatches[..] else {
        panic!("two dispatches");
    };
    assert_eq!(profile.kernels(), Some(Duration::from_nanos(2000)));
    let close = |found: Option<f64>, expected: f64| (found.unwrap() / expected - 1.0).abs() < 1e-12;
    assert!(close(dispatch.flops_per_second(), 150e6));
    assert!(close(dispatch.bytes_per_second(), 60e6));
    // Under a tenth of a gigabyte a second, 120 bytes take 1200 ns; 300 operations take less.
    let roofline = menagerie::profile::Roofline {
        flops_per_second: 1e9,
        bytes_per_second: 1e8,
    };
    assert!(close(dispatch.roofline_fraction(&roofline), 0.6));
    // A clock too coarse to see a kernel gives it no rate.
    assert_eq!(instant.flops_per_second(), None);
    assert_eq!(instant.roofline_fraction(&roofline), None);
}
