//! Times of networks: of whole runs, of their dispatches on the device's clock, and of the host.

use std::time::{Duration, Instant};

use menagerie::gpu::Gpu;
use menagerie::prediction::Prediction;
use menagerie::profile::{DispatchProfile, Profile, Roofline, Spread, Timing};
use menagerie::session::Session;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Network, Result, zoo};
use serde_json::{Value, json};

use super::budget::Budget;
use super::{failed, left_out};

/// Most runs of each kind.
const MOST_RUNS: usize = 20;
/// Runs of a session are recorded so many times, and the shortest time counts.
const RECORDINGS: usize = 20;

/// The times of each of `networks` with each of `batches`.
pub fn of_networks(
    gpu: &Gpu,
    networks: &[&str],
    batches: &[usize],
    roofline: Option<Roofline>,
    budget: Budget,
) -> Vec<Value> {
    let mut entries = Vec::new();
    let mut parts = networks.len() * batches.len();
    // Small batches of all networks first: they are the ones that fit into the time of every device.
    let mut single: Vec<Option<Duration>> = vec![None; networks.len()];
    for &batch in batches {
        for (index, name) in networks.iter().enumerate() {
            let entry = json!({ "model": name, "batch": batch });
            let share = budget.share(parts);
            parts -= 1;
            // At most, a batch takes as long as its images one by one. It runs three times at least.
            let expected = single[index].map(|time| time * batch as u32);
            if budget.is_over()
                || expected.is_some_and(|time| 3 * time > budget.left().min(4 * share))
            {
                entries.push(left_out(entry));
                continue;
            }
            match measured(gpu, name, batch, share) {
                Ok(measured) => {
                    if batch == 1 {
                        single[index] = Some(measured.profile.wall.median);
                    }
                    entries.push(value(entry, &measured, roofline));
                }
                Err(error) => entries.push(failed(entry, &error)),
            }
        }
    }
    entries
}

/// What is measured of a network with a batch, and what was predicted.
struct Measured {
    profile: Profile,
    host: Host,
    /// Of each dispatch.
    predicted: Vec<Option<Prediction>>,
}

/// What the host does for a run, besides waiting.
struct Host {
    /// Preparing a session, of which compiling is a part.
    prepare: Duration,
    compile: Duration,
    /// Recording a run.
    record: Duration,
}

/// The profile of a network with as many runs as fit into `share`, and the predicted time of each dispatch.
fn measured(gpu: &Gpu, name: &str, batch: usize, share: Duration) -> Result<Measured> {
    let shape = zoo::find(name)?.input;
    let mut network = Network::builder(name)
        .weights(Weights::synthetic(0))
        .batch(batch)
        .device(gpu)
        .load()?;
    let begin = Instant::now();
    network.prepare()?;
    let prepare = begin.elapsed();
    let input = synthetic_input(0, batch, shape);
    network.run(&input)?;
    let begin = Instant::now();
    network.run(&input)?;
    let run = begin.elapsed();
    // Each counts twice: once timed, once untimed.
    let fitting = share.as_secs_f64() / (2.0 * run.as_secs_f64().max(1e-6));
    let profile = network.profile((fitting as usize).clamp(1, MOST_RUNS))?;
    let host = match network.session() {
        Some(session) => Host {
            prepare,
            compile: session.preparation().compile.duration(),
            record: recording(gpu, session),
        },
        None => Host {
            prepare,
            compile: Duration::ZERO,
            record: Duration::ZERO,
        },
    };
    let dispatches = network
        .session()
        .map(|session| session.program().dispatches());
    let predicted = dispatches
        .into_iter()
        .flatten()
        .map(|dispatch| dispatch.predicted);
    Ok(Measured {
        predicted: predicted.collect(),
        profile,
        host,
    })
}

/// The time to record a run, without submitting it.
fn recording(gpu: &Gpu, session: &Session) -> Duration {
    let times = (0..RECORDINGS).map(|_| {
        let begin = Instant::now();
        let descriptor = menagerie::wgpu::CommandEncoderDescriptor::default();
        let mut encoder = gpu.device().create_command_encoder(&descriptor);
        session.record(&mut encoder);
        drop(encoder.finish());
        begin.elapsed()
    });
    times.min().unwrap_or_default()
}

fn value(mut entry: Value, measured: &Measured, roofline: Option<Roofline>) -> Value {
    let Measured {
        profile,
        host,
        predicted,
    } = measured;
    let span = profile.span();
    let kernels = profile.kernels();
    let least = roofline.map(|roofline| {
        let dispatches = profile.dispatches.iter();
        dispatches
            .map(|dispatch| roofline.least_seconds(&dispatch.cost))
            .sum::<f64>()
    });
    let host_time = span.map(|span| milliseconds(profile.wall.median) - milliseconds(span.median));
    entry["timed_by"] = match profile.timing {
        Timing::InPass => "in_pass",
        Timing::PassPerKernel => "pass_per_kernel",
        Timing::WallOnly => "wall_only",
    }
    .into();
    entry["wall_ms"] = spread(&profile.wall);
    entry["span_ms"] = span.as_ref().map_or(Value::Null, spread);
    entry["kernels_ms"] = json!(kernels.map(milliseconds));
    entry["roofline_ms"] = json!(least.map(|seconds| 1e3 * seconds));
    entry["roofline_percent"] = json!(
        least
            .zip(kernels)
            .map(|(least, time)| 100.0 * least / time.as_secs_f64())
    );
    entry["host"] = json!({
        "wall_minus_span_ms": host_time,
        "record_us": microseconds(host.record),
        "record_us_per_dispatch": microseconds(host.record) / profile.dispatches.len().max(1) as f64,
        "prepare_ms": milliseconds(host.prepare),
        "compile_ms": milliseconds(host.compile),
    });
    let kernel_seconds =
        |prediction: &Option<Prediction>| Some(prediction.as_ref()?.kernel_seconds());
    let all: Option<f64> = predicted.iter().map(kernel_seconds).sum();
    entry["predicted_ms"] = json!(all.map(|seconds| 1e3 * seconds));
    let rows = profile.dispatches.iter().zip(predicted);
    let dispatches = rows.map(|(row, prediction)| {
        let mut dispatch = dispatch(row, roofline);
        dispatch["predicted_us"] = json!(kernel_seconds(prediction).map(|seconds| 1e6 * seconds));
        dispatch
    });
    entry["dispatches"] = dispatches.collect();
    entry
}

fn dispatch(dispatch: &DispatchProfile, roofline: Option<Roofline>) -> Value {
    json!({
        "layer": dispatch.layer,
        "operation": dispatch.operation,
        "kernel": dispatch.kernel.name,
        "workgroups": dispatch.workgroups,
        "flops": dispatch.cost.flops,
        "bytes": dispatch.cost.bytes(),
        "median_us": dispatch.time.map(|time| microseconds(time.median)),
        "roofline_us": roofline.map(|roofline| 1e6 * roofline.least_seconds(&dispatch.cost)),
    })
}

fn spread(spread: &Spread) -> Value {
    json!({
        "median": milliseconds(spread.median),
        "min": milliseconds(spread.least),
        "max": milliseconds(spread.most),
    })
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
