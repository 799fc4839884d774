//! Autotuning: each layer's kernels are tried on the device itself, and plans made for it from then on take the
//! fastest.

mod network;
#[cfg(feature = "cache")]
mod remembered;

use std::time::Duration;

pub use network::{Tuned, network};
#[cfg(feature = "cache")]
pub use remembered::{add_to_remembered, recall, remember, remembered};

use crate::device::DeviceProfile;
use crate::error::{ErrorKind, Result};
use crate::gpu::Gpu;
use crate::graph::{Graph, NodeId};
use crate::kernels::{Candidate, Site};
use crate::profile::{Alternative, AlternativeTimes, Quartiles, TimedSession, time_interleaved};
use crate::program::{Planning, Program, candidates};
use crate::session::{Parameters, Session, SessionOptions};
use crate::weights::{Weights, synthetic_input};

/// A kernel that is slower than another by this factor at once is not tried again.
const HOPELESS: u32 = 4;

/// A layer with several kernels; layers of one shape count as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// What the tuning knows it by: [`Site::layer`].
    pub key: String,
    /// The nodes that are such layers.
    pub nodes: Vec<NodeId>,
    /// The kernels that can compute it, the one that is chosen untried first.
    pub kernels: Vec<Candidate>,
}

/// A layer whose kernels were tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The layer.
    pub layer: Layer,
    /// The kernels that were tried, the one that is chosen untried first.
    pub kernels: Vec<TriedKernel>,
    /// The place of the fastest in them. It is the first unless another was faster in three rounds of four.
    pub winner: usize,
}

/// A kernel that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct TriedKernel {
    /// The kernel.
    pub kernel: Candidate,
    /// Its median time.
    pub median: Duration,
    /// Its time over that of the kernel that is chosen untried.
    pub ratio: Quartiles,
}

/// The layers of `graph` that several kernels can compute on such a device, in the graph's order.
pub fn layers(graph: &Graph, batch: usize, profile: &DeviceProfile) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::new();
    for (id, _) in graph.computed() {
        // What no kernel reads has nothing to choose from.
        let Ok(site) = Site::new(graph, id, batch, profile) else {
            continue;
        };
        let site = site.alone();
        let key = site.layer().to_string();
        if let Some(layer) = layers.iter_mut().find(|layer| layer.key == key) {
            layer.nodes.push(id);
            continue;
        }
        // What no kernel computes has nothing to choose from.
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

/// Times the kernels of `layer` of `graph` in turns, so many `rounds` after a first run of each. The device should
/// have nothing else to do.
///
/// # Errors
/// Those of [`Session::new`] and [`Session::run`]; a kernel that the device has no room for is left out.
pub fn try_kernels(
    gpu: &Gpu,
    graph: &Graph,
    layer: &Layer,
    batch: usize,
    rounds: usize,
) -> Result<Tried> {
    let alone = graph.layer(layer.nodes[0])?;
    let input = synthetic_input(0, batch, alone.input_shape()?);
    let mut sessions: Vec<(Candidate, TimedSession)> = Vec::new();
    let mut shortest = Duration::MAX;
    for &kernel in &layer.kernels {
        let session = match session(gpu, &alone, kernel, batch) {
            Err(error) if error.kind() == ErrorKind::Limit && !sessions.is_empty() => continue,
            session => session?,
        };
        let mut session = TimedSession::new(session, input.clone());
        // Drivers compile at the first run.
        session.run()?;
        let time = session.run()?;
        shortest = shortest.min(time);
        if sessions.is_empty() || time <= HOPELESS * shortest {
            sessions.push((kernel, session));
        }
    }
    let kernels: Vec<Candidate> = sessions.iter().map(|(kernel, _)| *kernel).collect();
    let alternatives = sessions
        .iter_mut()
        .map(|(kernel, session)| Alternative::new(kernel.name(), || session.run()));
    let times = time_interleaved(alternatives.collect(), rounds)?;
    Ok(judge(layer.clone(), &kernels, &times))
}

/// Prepares `layer`, a graph of one layer such as [`Graph::convolution`] and [`Graph::layer`] make, for `batch`
/// images on `gpu`, to be computed by `kernel` where it can, with made-up weights.
///
/// # Errors
/// Those of [`Session::new`].
pub fn session(gpu: &Gpu, layer: &Graph, kernel: Candidate, batch: usize) -> Result<Session> {
    let planning = Planning::of_batch(batch).kernel(kernel.name());
    let program = Program::new(layer, gpu.profile(), &planning)?;
    let parameters = Parameters::new(gpu, &Weights::synthetic(0).bind(layer)?);
    Session::of_program(&program, &parameters, &SessionOptions::default())
}

fn judge(layer: Layer, kernels: &[Candidate], times: &[AlternativeTimes]) -> Tried {
    let untimed = Quartiles {
        lower: 1.0,
        median: 1.0,
        upper: 1.0,
    };
    let tried: Vec<TriedKernel> = kernels
        .iter()
        .zip(times)
        .map(|(&kernel, timed)| TriedKernel {
            kernel,
            median: timed.spread().unwrap_or_default().median,
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

    fn winner(times: &[[u64; 4]]) -> usize {
        let layer = Layer {
            key: "layer".into(),
            nodes: Vec::new(),
            kernels: Vec::new(),
        };
        let kernels: Vec<Candidate> = Candidate::all().collect();
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
        // A clock that stands still knows no winner.
        assert_eq!(winner(&[[0; 4], [0; 4]]), 0);
    }
}
