//! All layers of a network tuned, and what that does to the network as a whole.

use super::{Tried, layers, try_kernels};
use crate::error::Result;
use crate::gpu::Gpu;
use crate::graph::Graph;
use crate::profile::{Alternative, AlternativeTimes, time_interleaved};
use crate::program::Tuning;
use crate::session::{Session, SessionOptions};
use crate::timing::Clock;
use crate::weights::{Weights, synthetic_inputs};

/// What was found out about a network's layers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tuned {
    /// Its layers, in the graph's order.
    pub layers: Vec<Tried>,
    /// The winners.
    pub tuning: Tuning,
    /// Times of the whole network, untuned and tuned; none where the kernels that are chosen untried win every layer.
    pub network: Option<[AlternativeTimes; 2]>,
}

impl Tuned {
    /// Whether the network as a whole is slower by it in three rounds of four: layers may be faster one by one and not
    /// behind each other. Then nothing should be made of it.
    pub fn is_slower(&self) -> bool {
        let ratio = self.network.as_ref();
        let ratio = ratio.and_then(|[before, after]| after.ratio_to(before));
        ratio.is_some_and(|ratio| ratio.lower > 1.0)
    }
}

/// Tries the kernels of each layer of `graph` for the batch and the precision of `options`, so many `rounds` each, and the whole network by what
/// was found, on weights that are made up. `progress` is told how many layers are done, and of how many. The device
/// should have nothing else to do.
///
/// # Errors
/// As [`try_kernels`].
pub fn network(
    gpu: &Gpu,
    graph: &Graph,
    options: &SessionOptions,
    rounds: usize,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Tuned> {
    let layers = layers(graph, gpu.profile(), &options.planning());
    let mut tried = Vec::new();
    let mut tuning = Tuning::NONE;
    for layer in &layers {
        progress(tried.len(), layers.len());
        let result = try_kernels(gpu, graph, layer, options, rounds)?;
        let winner = result.kernels[result.winner].kernel.name();
        tuning.prefer(options.precision.tuning_key(&layer.key), winner);
        tried.push(result);
    }
    progress(tried.len(), layers.len());
    let network = match tried.iter().all(|tried| tried.winner == 0) {
        true => None,
        false => Some(before_and_after(gpu, graph, options, rounds, &tuning)?),
    };
    Ok(Tuned {
        layers: tried,
        tuning,
        network,
    })
}

/// Times of the whole network as planned untried, and by `tuning`.
fn before_and_after(
    gpu: &Gpu,
    graph: &Graph,
    options: &SessionOptions,
    rounds: usize,
    tuning: &Tuning,
) -> Result<[AlternativeTimes; 2]> {
    let weights = Weights::synthetic(0);
    let signature = graph.signature();
    let inputs = synthetic_inputs(0, options.batch, &signature)?;
    let inputs = signature.named(&inputs);
    let session = |tuning: &Tuning| {
        let gpu = gpu.clone().with_tuning(tuning.clone());
        Session::new(&gpu, graph, &weights, options)
    };
    let (mut before, mut after) = (session(&Tuning::NONE)?, session(tuning)?);
    let time = |session: &mut Session| {
        let clock = Clock::start();
        session.run_named(&inputs)?;
        Ok(clock.now())
    };
    let alternatives = vec![
        Alternative::new("untuned", || time(&mut before)),
        Alternative::new("tuned", || time(&mut after)),
    ];
    let mut times = time_interleaved(alternatives, rounds)?.into_iter();
    Ok([(); 2].map(|()| times.next().unwrap_or_default()))
}
