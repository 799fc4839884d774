//! Autotuning: the kernels of each layer are timed on the device, and later plans for this device choose the fastest.

mod judgement;
mod network;
#[cfg(feature = "cache")]
mod remembered;

use std::time::Duration;

pub use judgement::Judgement;
pub use network::{Tuned, network};
#[cfg(feature = "cache")]
pub use remembered::{add_to_remembered, recall, remember, remembered};

use crate::device::DeviceProfile;
use crate::error::{ErrorKind, Result};
use crate::gpu::Gpu;
use crate::graph::{Graph, NodeId};
use crate::kernels::{Candidate, Site, Work};
use crate::prediction::Prediction;
use crate::profile::{Alternative, AlternativeTimes, Quartiles, TimedSession, time_interleaved};
use crate::program::{Planning, Program, candidates};
use crate::session::{Parameters, Session, SessionOptions};
use crate::weights::{Weights, synthetic_input};

/// A kernel whose first time is this many times the shortest one cannot win, so it is not timed again.
const TOO_SLOW: u32 = 4;

/// A layer that several kernels can compute. Layers of the same shape are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its key in a tuning: [`Site::layer`].
    pub key: String,
    /// The graph's nodes with this key.
    pub nodes: Vec<NodeId>,
    /// The kernels that can compute it. The first is the one that plans choose without a tuning.
    pub kernels: Vec<Candidate>,
}

/// A layer whose kernels were timed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Tried {
    /// The layer.
    pub layer: Layer,
    /// The kernels that were timed. The first is the one that plans choose without a tuning.
    pub kernels: Vec<TriedKernel>,
    /// Index of the fastest kernel. It is the first unless another was faster in three quarters of the rounds.
    pub winner: usize,
}

/// A kernel that was timed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TriedKernel {
    /// The kernel.
    pub kernel: Candidate,
    /// Its work for the layer.
    pub work: Work,
    /// Its predicted time.
    pub predicted: Prediction,
    /// Its median time.
    pub median: Duration,
    /// Its shortest time, which other programs disturbed the least.
    pub least: Duration,
    /// Its time divided by that of the first kernel.
    pub ratio: Quartiles,
}

/// The layers of `graph` that several kernels can compute on a device with this `profile`, for the batch and the precision of
/// `planning`, in the graph's order.
pub fn layers(graph: &Graph, profile: &DeviceProfile, planning: &Planning) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::new();
    for (id, node) in graph.computed() {
        // No kernel reads its tensors, so there is no choice.
        let Ok(site) = Site::new(graph, id, planning.batch(), profile) else {
            continue;
        };
        let site = planning.in_precision(site, node.name()).alone();
        let key = site.layer().to_string();
        if let Some(layer) = layers.iter_mut().find(|layer| layer.key == key) {
            layer.nodes.push(id);
            continue;
        }
        // No kernel computes it, so there is no choice.
        let kernels = candidates(&site).unwrap_or_default();
        if kernels.len() > 1 {
            layers.push(Layer {
                key,
                nodes: vec![id],
                kernels,
            });
        }
    }
    layers
}

/// Times the kernels of `layer` of `graph` with the batch and the precision of `options`, interleaved, in `rounds` rounds
/// after a warm-up of each. The device should have no other work meanwhile.
///
/// # Errors
/// Those of [`Session::new`] and [`Session::run`]. A kernel that needs more memory than the device has is left out.
pub fn try_kernels(
    gpu: &Gpu,
    graph: &Graph,
    layer: &Layer,
    options: &SessionOptions,
    rounds: usize,
) -> Result<Tried> {
    time_kernels(gpu, graph, layer, options, rounds, false)
}

/// The same, but the result also has the kernels that are too slow to win, with the only time that was taken. It is for
/// [`Judgement`].
///
/// # Errors
/// The same as [`try_kernels`].
pub fn try_all_kernels(
    gpu: &Gpu,
    graph: &Graph,
    layer: &Layer,
    options: &SessionOptions,
    rounds: usize,
) -> Result<Tried> {
    time_kernels(gpu, graph, layer, options, rounds, true)
}

/// Times the kernels of `layer`, and keeps those that are too slow to win if `all`.
fn time_kernels(
    gpu: &Gpu,
    graph: &Graph,
    layer: &Layer,
    options: &SessionOptions,
    rounds: usize,
    all: bool,
) -> Result<Tried> {
    let alone = graph.layer(layer.nodes[0])?;
    let mut sessions: Vec<(Candidate, TimedSession)> = Vec::new();
    let mut slow: Vec<(Candidate, Duration)> = Vec::new();
    let mut shortest = Duration::MAX;
    for &kernel in &layer.kernels {
        let session = match session(gpu, &alone, kernel, options) {
            Err(error)
                if matches!(error.kind(), ErrorKind::Limit | ErrorKind::OutOfMemory)
                    && !sessions.is_empty() =>
            {
                continue;
            }
            session => session?,
        };
        let input = synthetic_input(0, options.batch, session.input_shape());
        let mut session = TimedSession::new(session, input)?;
        // Some drivers compile at the first run.
        session.run()?;
        let time = session.run()?;
        shortest = shortest.min(time);
        match sessions.is_empty() || time <= TOO_SLOW * shortest {
            true => sessions.push((kernel, session)),
            false => slow.push((kernel, time)),
        }
    }
    let site = Site::new(graph, layer.nodes[0], options.batch, gpu.profile())?.alone();
    let timed = sessions.iter().map(|(kernel, _)| *kernel);
    let slow = slow.into_iter().filter(|_| all);
    let (slow, slow_times): (Vec<Candidate>, Vec<Duration>) = slow.unzip();
    let kernels = timed.chain(slow);
    let kernels =
        kernels.map(|kernel| (kernel, kernel.work(&site), Prediction::of(&kernel, &site)));
    let kernels: Vec<(Candidate, Work, Prediction)> = kernels.collect();
    let alternatives = sessions
        .iter_mut()
        .map(|(kernel, session)| Alternative::new(kernel.name(), || session.run()));
    let mut times = time_interleaved(alternatives.collect(), rounds)?;
    times.extend(slow_times.into_iter().map(|time| AlternativeTimes {
        label: String::new(),
        times: vec![time],
    }));
    Ok(judge(layer.clone(), &kernels, &times))
}

/// Prepares a session for `layer`, a graph of one layer as [`Graph::convolution`] and [`Graph::layer`] make it, for the batch
/// and the precision of `options` on `gpu`, with synthetic weights. It uses `kernel` if `kernel` can compute the layer.
///
/// # Errors
/// Those of [`Session::new`].
pub fn session(
    gpu: &Gpu,
    layer: &Graph,
    kernel: Candidate,
    options: &SessionOptions,
) -> Result<Session> {
    let planning = options.planning().candidate(kernel);
    let program = Program::new(layer, gpu.profile(), &planning)?;
    let parameters = Parameters::new(gpu, &Weights::synthetic(0).bind(layer)?);
    Session::of_program(&program, &parameters, options)
}

fn judge(
    layer: Layer,
    kernels: &[(Candidate, Work, Prediction)],
    times: &[AlternativeTimes],
) -> Tried {
    let untimed = Quartiles {
        lower: 1.0,
        median: 1.0,
        upper: 1.0,
    };
    let tried: Vec<TriedKernel> = kernels
        .iter()
        .zip(times)
        .map(|(&(kernel, work, predicted), timed)| TriedKernel {
            kernel,
            work,
            predicted,
            median: timed.spread().unwrap_or_default().median,
            least: timed.spread().unwrap_or_default().least,
            ratio: timed.ratio_to(&times[0]).unwrap_or(untimed),
        })
        .collect();
    let better = (0..tried.len()).filter(|&index| tried[index].ratio.upper < 1.0);
    let fastest = better.min_by(|&a, &b| {
        let median = |index: usize| tried[index].ratio.median;
        median(a).total_cmp(&median(b))
    });
    Tried {
        layer,
        winner: fastest.unwrap_or(0),
        kernels: tried,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Window;
    use crate::tensor::Shape;

    fn winner(times: &[[u64; 4]]) -> usize {
        let layer = Layer {
            key: "layer".into(),
            nodes: Vec::new(),
            kernels: Vec::new(),
        };
        let graph = Graph::convolution(Shape::new(4, 1, 1), 4, Window::square(1, 1), 1, true);
        let (graph, profile) = (graph.unwrap(), DeviceProfile::WEBGPU);
        let site = Site::new(&graph, NodeId::FIRST, 1, &profile).unwrap();
        let kernels = Candidate::of("conv2d").filter(|kernel| kernel.accept(&site).is_ok());
        let kernels =
            kernels.map(|kernel| (kernel, kernel.work(&site), Prediction::of(&kernel, &site)));
        let kernels: Vec<(Candidate, Work, Prediction)> = kernels.collect();
        let times: Vec<AlternativeTimes> = times
            .iter()
            .map(|times| AlternativeTimes {
                label: String::new(),
                times: times.map(Duration::from_nanos).to_vec(),
            })
            .collect();
        judge(layer, &kernels[..times.len()], &times).winner
    }

    #[test]
    fn a_winner_is_faster_in_most_rounds() {
        assert_eq!(winner(&[[10; 4]]), 0);
        assert_eq!(winner(&[[10; 4], [9; 4]]), 1);
        assert_eq!(winner(&[[10; 4], [9; 4], [8; 4]]), 2);
        // Faster by the median, but in two rounds of four only.
        assert_eq!(winner(&[[10; 4], [5, 5, 11, 11]]), 0);
        assert_eq!(winner(&[[10; 4], [11; 4], [12; 4]]), 0);
        // A clock that does not advance gives no winner.
        assert_eq!(winner(&[[0; 4], [0; 4]]), 0);
    }
}
