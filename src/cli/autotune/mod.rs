//! `menagerie autotune`: finds the fastest kernel for each layer of a network, and stores it.

mod report;

use std::io::{IsTerminal, Write};

use clap::Args;
use indicatif::ProgressBar;
use menagerie::gpu::Gpu;
use menagerie::program::Tuning;
use menagerie::session::SessionOptions;
use menagerie::{Error, ErrorKind, Result, passes, tune};

use super::arguments::{NetworkArguments, Place, count};
use super::output::{self, Failure, warn};
use report::Report;

/// Time the kernels for each layer of a network, and store the fastest for later runs
#[derive(Args)]
pub struct Autotune {
    /// Number of interleaved rounds, for the kernels and for the network before and after
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
        let source = self.network.builder()?.graph()?;
        let graph = passes::optimize(&source, &self.network.passes.set()?)?;
        let precision = &self.network.precision;
        let options = SessionOptions {
            batch: self.network.batch,
            precision: precision.precision,
            keep_f32: precision.kept(&source, &graph)?,
            ..SessionOptions::default()
        };
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
        let progress = match std::io::stderr().is_terminal() {
            true => ProgressBar::new(0),
            false => ProgressBar::hidden(),
        };
        let (batch, rounds) = (self.network.batch, self.rounds);
        let tuned = tune::network(&gpu, &graph, &options, rounds, &mut |done, all| {
            progress.set_length(all as u64);
            progress.set_position(done as u64);
        })?;
        progress.finish_and_clear();
        let is_of_use = !tuned.is_slower() && !tuned.layers.is_empty();
        Ok(Report {
            batch,
            precision: options.precision,
            rounds,
            remembered: is_of_use && remember(&gpu, &tuned.tuning),
            slower: tuned.is_slower(),
            tried: tuned.layers,
            network: tuned.network,
            gpu,
            graph,
        })
    }
}

/// Adds `found` to the stored tuning of the device. Returns whether it was stored.
fn remember(gpu: &Gpu, found: &Tuning) -> bool {
    match tune::add_to_remembered(gpu.description(), found) {
        Ok(None) => true,
        Ok(Some(error)) => {
            warn(&format_args!("{error}; its contents are replaced"));
            true
        }
        Err(error) => {
            warn(&format_args!("not stored: {error}"));
            false
        }
    }
}
