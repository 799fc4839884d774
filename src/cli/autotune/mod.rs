//! `menagerie autotune`: finds the fastest kernels of a network's layers, and remembers them.

mod report;

use std::io::{IsTerminal, Write};
use std::time::Instant;

use clap::Args;
use indicatif::ProgressBar;
use menagerie::cache::Cache;
use menagerie::gpu::Gpu;
use menagerie::graph::Graph;
use menagerie::profile::{Alternative, AlternativeTimes, time_interleaved};
use menagerie::program::Tuning;
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Error, ErrorKind, Result, passes, tune, zoo};

use super::arguments::{NetworkArguments, Place, count};
use super::output::{self, Failure, warn};
use report::Report;

/// Time the kernels that can compute each layer of a network, and remember the fastest for later runs
#[derive(Args)]
pub struct Autotune {
    /// Number of times that each kernel takes its turn, and the network before and after
    #[arg(long, default_value_t = 9, value_parser = count())]
    rounds: usize,
    #[command(flatten)]
    network: NetworkArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Autotune {
    pub fn run(&self, out: &mut dyn Write) -> std::result::Result<(), Failure> {
        let report = self.find()?;
        match self.json {
            true => output::json(out, &report.value()),
            false => report.text(out),
        }
    }

    fn find(&self) -> Result<Report> {
        let model = zoo::find(&self.network.model)?;
        let graph = model.graph_for(self.network.size.shape(model))?;
        let graph = passes::optimize(&graph, &self.network.passes.set()?)?;
        let untuned = Place {
            autotuned: false,
            ..self.network.adapter.choice()
        };
        let Some(gpu) = untuned.gpu()? else {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "the reference executor has no kernels to choose from",
            ));
        };
        let layers = tune::layers(&graph, self.network.batch, gpu.profile());
        let progress = match std::io::stderr().is_terminal() {
            true => ProgressBar::new(layers.len() as u64),
            false => ProgressBar::hidden(),
        };
        let mut tried = Vec::new();
        let mut found = Tuning::NONE;
        for layer in &layers {
            let result = tune::try_kernels(&gpu, &graph, layer, self.network.batch, self.rounds)?;
            let winner = result.kernels[result.winner].kernel.name();
            found.prefer(layer.key.clone(), winner);
            tried.push(result);
            progress.inc(1);
        }
        progress.finish_and_clear();
        let network = match tried.iter().all(|tried| tried.winner == 0) {
            true => None,
            false => Some(self.before_and_after(&gpu, &graph, &found)?),
        };
        let ratio = network
            .as_ref()
            .and_then(|[before, after]| after.ratio_to(before));
        let slower = ratio.is_some_and(|ratio| ratio.lower > 1.0);
        Ok(Report {
            batch: self.network.batch,
            rounds: self.rounds,
            remembered: !slower && !tried.is_empty() && self.remember(&gpu, &found),
            slower,
            gpu,
            graph,
            tried,
            network,
        })
    }

    /// Times of the whole network as planned untried, and by what was found.
    fn before_and_after(
        &self,
        gpu: &Gpu,
        graph: &Graph,
        found: &Tuning,
    ) -> Result<[AlternativeTimes; 2]> {
        let weights = Weights::synthetic(0);
        let input = synthetic_input(0, self.network.batch, graph.input_shape()?);
        let options = SessionOptions {
            batch: self.network.batch,
            ..SessionOptions::default()
        };
        let session = |tuning: &Tuning| {
            let gpu = gpu.clone().with_tuning(tuning.clone());
            Session::new(&gpu, graph, &weights, &options)
        };
        let (mut before, mut after) = (session(&Tuning::NONE)?, session(found)?);
        let input = &input;
        let time = |session: &mut Session| {
            let begin = Instant::now();
            session.run(input)?;
            Ok(begin.elapsed())
        };
        let alternatives = vec![
            Alternative::new("untuned", || time(&mut before)),
            Alternative::new("tuned", || time(&mut after)),
        ];
        let mut standings = time_interleaved(alternatives, self.rounds)?.into_iter();
        Ok([(); 2].map(|()| standings.next().unwrap_or_default()))
    }

    /// Adds what was `found` to what is remembered of the device; whether that could be done.
    fn remember(&self, gpu: &Gpu, found: &Tuning) -> bool {
        let mut tuning = tune::remembered(gpu.description()).unwrap_or_else(|error| {
            warn(&format_args!("{error}; it is measured again"));
            Tuning::NONE
        });
        for (key, kernel) in found.iter() {
            tuning.prefer(key.to_owned(), kernel);
        }
        let kept =
            Cache::of_user().and_then(|cache| tune::remember(&cache, gpu.description(), &tuning));
        kept.map_err(|error| warn(&format_args!("not remembered: {error}")))
            .is_ok()
    }
}
