//! `menagerie profile`: the time of each kernel of a network.

mod csv;
mod first_answer;
mod html;
mod json;
mod report;
mod text;
mod trace;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::synthetic_inputs;
use menagerie::{Error, ErrorKind, atomic_write, passes};

use super::apart;
use super::arguments::{Adapter, NetworkArguments, count};
use super::output::{self, Failure};
use super::roofline;
use super::weights::WeightsArguments;
use first_answer::Stopwatch;
use report::Report;

/// Time each kernel of a network, and compare it with the adapter's roofline
#[derive(Args)]
pub struct ProfileCommand {
    /// Number of timed runs and of untimed runs after the first
    #[arg(long, default_value_t = 20, value_parser = count())]
    runs: usize,
    #[command(flatten)]
    network: NetworkArguments,
    #[command(flatten)]
    weights: WeightsArguments,
    /// Measure the adapter's roofline again; by default, it is measured once for each driver
    #[arg(long)]
    measure_roofline: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print CSV, one line for each kernel
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Write all runs as a trace for Perfetto or chrome://tracing
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Write a self-contained HTML page with roofline, charts and table
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl ProfileCommand {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        for path in [&self.trace, &self.html].into_iter().flatten() {
            atomic_write::check(path)?;
        }
        if let Some(path) = self.trace.as_ref().filter(|_| self.trace == self.html) {
            let twice = format!("{}: cannot be both the trace and the page", path.display());
            return Err(Error::new(ErrorKind::Input, twice).into());
        }
        let report = self.measure()?;
        if self.json {
            output::json(out, &json::value(&report))?;
        } else if self.csv {
            csv::write(out, &report)?;
        } else {
            text::write(out, &report)?;
        }
        out.flush()?;
        if let Some(path) = &self.trace {
            atomic_write::write(path, &trace::encode(&report))?;
        }
        if let Some(path) = &self.html {
            atomic_write::write(path, html::page(&report).as_bytes())?;
        }
        Ok(())
    }

    fn measure(&self) -> menagerie::Result<Report> {
        let network = &self.network;
        let passes = network.passes.set()?;
        let place = network.adapter.choice();
        if place.adapter == Adapter::Reference {
            return Err(no_kernels());
        }
        // A download does not count as part of the first answer.
        let mut builder = self.weights.apply_or_synthetic(network.builder()?)?;
        builder.locate()?;

        let watch = Stopwatch::start();
        let ((graph, weights), load) = watch.time(|| builder.graph_and_weights())?;
        for path in [&self.trace, &self.html].into_iter().flatten() {
            apart::check(path, weights.paths())?;
        }
        let source = graph;
        let (graph, plan) = watch.time(|| passes::optimize(&source, &passes))?;
        let signature = graph.signature();
        let (gpu, device) = watch.time(|| place.gpu()?.ok_or_else(no_kernels))?;
        let options = SessionOptions {
            batch: network.batch,
            precision: network.precision.precision,
            keep_f32: network.precision.kept(&source, &graph)?,
            clamp: self.weights.allows_non_finite(),
            ..SessionOptions::default()
        };
        let (mut session, prepared) =
            watch.time(|| Session::new(&gpu, &graph, &weights, &options))?;
        let tensors = synthetic_inputs(0, network.batch, &signature)?;
        let inputs = signature.named(&tensors);
        let (_, run) = watch.time(|| session.run_named(&inputs))?;
        let first_answer = first_answer::FirstAnswer {
            load,
            plan,
            device,
            session: prepared,
            preparation: *session.preparation(),
            run,
        };

        let profile = session.profile_named(&inputs, self.runs)?;
        Ok(Report {
            model: builder.network_name(),
            inputs: signature.inputs.clone(),
            batch: network.batch,
            precision: network.precision.precision,
            runs: self.runs,
            weights: weights.to_string(),
            adapter: gpu.description().clone(),
            first_answer,
            profile,
            roofline: roofline::find_or_measure(&gpu, self.measure_roofline),
        })
    }
}

fn no_kernels() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "the reference executor has no kernels to time; `menagerie bench --adapter cpu` times its runs",
    )
}
