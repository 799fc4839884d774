//! `menagerie compare predictions`: the predicted times of kernels against measured ones.

use std::io::{self, IsTerminal, Write};

use clap::Args;
use indicatif::ProgressBar;
use menagerie::gpu::Gpu;
use menagerie::kernels::Work;
use menagerie::passes::PassSet;
use menagerie::program::Planning;
use menagerie::session::SessionOptions;
use menagerie::tune::{self, Judgement, Tried, TriedKernel};
use menagerie::{Result, passes};
use serde_json::{Value, json};

use super::builder::builder;
use super::nothing_to_compare;
use crate::cli::arguments::{AdapterArgument, DimensionArguments, batch_size, count};
use crate::cli::output::{self, Failure, one_line};
use crate::cli::{roofline, table};

/// Compare the predicted times of the kernels for each layer with measured ones
#[derive(Args)]
pub struct Predictions {
    /// Names of networks, or paths of ONNX files. Layers of the same shape are timed once
    #[arg(required = true, value_name = "NETWORK")]
    networks: Vec<String>,
    /// Number of interleaved rounds for each layer
    #[arg(long, default_value_t = 5, value_parser = count())]
    rounds: usize,
    /// Number of images in a batch
    #[arg(long, default_value_t = 1, value_parser = batch_size())]
    batch: usize,
    #[command(flatten)]
    dimensions: DimensionArguments,
    #[command(flatten)]
    adapter: AdapterArgument,
    /// Measure the adapter's roofline again; by default, it is measured once for each driver
    #[arg(long)]
    measure_roofline: bool,
    /// Print JSON, with the work of each kernel
    #[arg(long)]
    json: bool,
}

impl Predictions {
    pub fn run(&self, out: &mut dyn Write) -> std::result::Result<(), Failure> {
        let Some(gpu) = self.adapter.choice().gpu()? else {
            return Err(nothing_to_compare("the reference executor has no kernels").into());
        };
        let gpu = match roofline::find_or_measure(&gpu, self.measure_roofline) {
            Some(roofline) => {
                let mut profile = gpu.profile().clone();
                profile.hardware = Some(roofline.hardware(profile.hardware()));
                gpu.with_profile(profile)
            }
            None => gpu,
        };
        let tried = self.tried(&gpu)?;
        let Some(judgement) = Judgement::of(&tried) else {
            return Err(nothing_to_compare("no layer has several kernels").into());
        };
        match self.json {
            true => output::json(out, &self.value(&gpu, &tried, &judgement)),
            false => Ok(self.text(out, &gpu, &tried, &judgement)?),
        }
    }

    /// Times the kernels of all different layers.
    fn tried(&self, gpu: &Gpu) -> Result<Vec<Tried>> {
        let mut layers = Vec::new();
        for network in &self.networks {
            let graph = builder(network, &self.networks, &self.dimensions).graph()?;
            let graph = passes::optimize(&graph, &PassSet::all())?;
            let planning = Planning::of_batch(self.batch);
            for layer in tune::layers(&graph, gpu.profile(), &planning) {
                let is_known = |(_, known): &(_, tune::Layer)| known.key == layer.key;
                if !layers.iter().any(is_known) {
                    layers.push((graph.clone(), layer));
                }
            }
        }
        let progress = match io::stderr().is_terminal() {
            true => ProgressBar::new(layers.len() as u64),
            false => ProgressBar::hidden(),
        };
        let options = SessionOptions {
            batch: self.batch,
            ..SessionOptions::default()
        };
        let tried = layers.iter().map(|(graph, layer)| {
            progress.inc(1);
            tune::try_all_kernels(gpu, graph, layer, &options, self.rounds)
        });
        let tried = tried.collect();
        progress.finish_and_clear();
        tried
    }

    fn text(
        &self,
        out: &mut dyn Write,
        gpu: &Gpu,
        tried: &[Tried],
        judgement: &Judgement,
    ) -> io::Result<()> {
        let header = [
            "layer",
            "kernel",
            "measured µs",
            "predicted µs",
            "ratio",
            "bound",
        ];
        let right = [false, false, true, true, true, false];
        let rows = tried.iter().flat_map(|tried| {
            let layer = &tried.layer.key;
            by_time(tried)
                .into_iter()
                .enumerate()
                .map(move |(place, kernel)| {
                    let measured = kernel.least.as_secs_f64() * 1e6;
                    let predicted = kernel.predicted.seconds() * 1e6;
                    [
                        if place == 0 {
                            layer.clone()
                        } else {
                            String::new()
                        },
                        kernel.kernel.name(),
                        format!("{measured:.1}"),
                        format!("{predicted:.1}"),
                        format!("{:.2}", predicted / measured),
                        kernel.predicted.limit().to_string(),
                    ]
                })
        });
        writeln!(
            out,
            "{} on {}, batch {}, shortest of {} rounds interleaved",
            one_line(&self.networks.join(", ")),
            one_line(&gpu.description().to_string()),
            self.batch,
            self.rounds
        )?;
        table::write(out, header, right, &rows.collect::<Vec<_>>())?;
        let Judgement {
            tau,
            tau_of_layers,
            ratio: [lowest, lower, median, upper, highest],
            loss,
            hits,
            layers,
            ..
        } = judgement;
        writeln!(
            out,
            "Kendall's tau {tau:.3} over all kernels, {tau_of_layers:.3} over those of the same layer"
        )?;
        writeln!(
            out,
            "predicted over measured: median {median:.2}, quartiles {lower:.2} to {upper:.2}, \
             5 and 95 % {lowest:.2} to {highest:.2}"
        )?;
        writeln!(
            out,
            "the kernel that is predicted to be the fastest is so for {hits} of {layers} layers; \
             those of all layers take {loss:.3} of the shortest time"
        )
    }

    fn value(&self, gpu: &Gpu, tried: &[Tried], judgement: &Judgement) -> Value {
        let layers = tried.iter().map(|tried| {
            let kernels: Vec<Value> = by_time(tried).into_iter().map(of_kernel).collect();
            json!({ "layer": tried.layer.key, "kernels": kernels })
        });
        let hardware = gpu.profile().hardware();
        json!({
            "networks": self.networks,
            "adapter": gpu.description().to_string(),
            "batch": self.batch,
            "rounds": self.rounds,
            "processors": hardware.processors,
            "flops_per_second": hardware.flops_per_second,
            "bytes_per_second": hardware.bytes_per_second,
            "layers": layers.collect::<Vec<Value>>(),
            "tau": judgement.tau,
            "tau_of_layers": judgement.tau_of_layers,
            "ratio_quantiles": judgement.ratio,
            "loss": judgement.loss,
            "hits": judgement.hits,
        })
    }
}

/// The kernels by measured time.
fn by_time(tried: &Tried) -> Vec<&TriedKernel> {
    let mut kernels: Vec<&TriedKernel> = tried.kernels.iter().collect();
    kernels.sort_by_key(|kernel| kernel.least);
    kernels
}

fn of_kernel(kernel: &TriedKernel) -> Value {
    let predicted = &kernel.predicted;
    json!({
        "kernel": kernel.kernel.name(),
        "measured_us": kernel.least.as_secs_f64() * 1e6,
        "predicted_us": predicted.kernel_seconds() * 1e6,
        "bound": predicted.limit().to_string(),
        "work": of_work(&kernel.work),
    })
}

fn of_work(work: &Work) -> Value {
    json!({
        "multiply_adds": work.multiply_adds,
        "reads": work.reads,
        "taps": work.taps,
        "shared_reads": work.shared_reads,
        "turns": work.turns,
        "barriers": work.barriers,
        "writes": work.writes,
        "workgroups": work.workgroups,
        "workgroup_size": work.workgroup_size,
        "waits": work.waits,
        "registers": work.registers,
        "workgroup_bytes": work.workgroup_bytes,
        "activation_bytes": work.activation_bytes,
        "parameter_bytes": work.parameter_bytes,
        "moved_bytes": work.moved_bytes,
    })
}
