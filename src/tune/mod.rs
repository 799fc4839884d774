//! Autotuning: each layer's kernels are tried on the device itself, and plans made for it from then on take the
//! fastest.

#[cfg(feature = "cache")]
mod remembered;

use std::time::Duration;

#[cfg(feature = "cache")]
pub use remembered::{recall, remember};

use crate::device::DeviceProfile;
use crate::error::{ErrorKind, Result};
use crate::gpu::Gpu;
use crate::graph::{Graph, NodeId};
use crate::kernels::Kernel;
use crate::profile::{Contestant, Quartiles, Standing, TimedSession, contest};
use crate::program::{Tuning, Variant};
use crate::session::{Session, SessionOptions};
use crate::weights::{Weights, synthetic_input};

/// A kernel that is slower than another by this factor at once is not tried again.
const HOPELESS: u32 = 4;

/// A layer with several kernels; layers of one shape count as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// What the tuning knows it by: [`Tuning::key`].
    pub key: String,
    /// The nodes that are such layers.
    pub nodes: Vec<NodeId>,
    /// The kernels that can compute it, the one that is chosen untried first.
    pub variants: Vec<Variant>,
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
    pub kernel: &'static Kernel,
    /// Its median time.
    pub median: Duration,
    /// Its time over that of the kernel that is chosen untried.
    pub ratio: Quartiles,
}

/// The layers of `graph` that several kernels can compute on such a device, in the graph's order.
pub fn layers(graph: &Graph, batch: usize, profile: &DeviceProfile) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::new();
    for (id, node) in graph.iter() {
        let shapes = graph.input_shapes(id);
        let Some(untried) = Variant::untried(&node.op, &shapes, batch, profile) else {
            continue;
        };
        let inputs = &shapes[..1];
        let key = Tuning::key(&node.op, inputs[0], batch, profile.storage);
        if let Some(layer) = layers.iter_mut().find(|layer| layer.key == key) {
            layer.nodes.push(id);
            continue;
        }
        let others = Variant::ALL.into_iter().filter(|&variant| {
            variant != untried && variant.refusal(&node.op, inputs, profile).is_none()
        });
        let variants: Vec<Variant> = [untried].into_iter().chain(others).collect();
        if variants.len() > 1 {
            layers.push(Layer {
                key,
                nodes: vec![id],
                variants,
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
    let input = synthetic_input(0, batch, alone.input_shape());
    let mut sessions: Vec<(&'static Kernel, TimedSession)> = Vec::new();
    let mut shortest = Duration::MAX;
    for variant in &layer.variants {
        let kernel = variant.kernel();
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
    let kernels: Vec<&'static Kernel> = sessions.iter().map(|(kernel, _)| *kernel).collect();
    let contestants = sessions
        .iter_mut()
        .map(|(kernel, session)| Contestant::new(kernel.name, || session.run()));
    let standings = contest(contestants.collect(), rounds)?;
    Ok(judge(layer.clone(), &kernels, &standings))
}

/// Prepares `layer`, a graph of one layer such as [`Graph::convolution`] and [`Graph::layer`] make, for `batch`
/// images on `gpu`, to be computed by `kernel`, with made-up weights.
///
/// # Errors
/// Those of [`Session::new`].
pub fn session(gpu: &Gpu, layer: &Graph, kernel: &Kernel, batch: usize) -> Result<Session> {
    let op = &layer.node(layer.output()).op;
    let storage = gpu.profile().storage;
    let mut tuning = Tuning::NONE;
    tuning.prefer(
        Tuning::key(op, layer.input_shape(), batch, storage),
        kernel.name,
    );
    let gpu = gpu.clone().with_tuning(tuning);
    let options = SessionOptions {
        batch,
        ..SessionOptions::default()
    };
    Session::new(&gpu, layer, &Weights::synthetic(0), &options)
}

fn judge(layer: Layer, kernels: &[&'static Kernel], standings: &[Standing]) -> Tried {
    let untimed = Quartiles {
        lower: 1.0,
        median: 1.0,
        upper: 1.0,
    };
    let tried: Vec<TriedKernel> = kernels
        .iter()
        .zip(standings)
        .map(|(&kernel, standing)| TriedKernel {
            kernel,
            median: standing.spread().unwrap_or_default().median,
            ratio: standing.ratio_to(&standings[0]).unwrap_or(untimed),
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
            variants: Vec::new(),
        };
        let kernels = Variant::ALL.map(Variant::kernel);
        let standings: Vec<Standing> = times
            .iter()
            .map(|times| Standing {
                label: String::new(),
                times: times.map(Duration::from_nanos).to_vec(),
            })
            .collect();
        judge(layer, &kernels[..times.len()], &standings).winner
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
