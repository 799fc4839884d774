//! `menagerie gpu-report`: everything that is measured about a device, in one JSON file and one page, to keep and to send.

mod budget;
mod choices;
mod page;
mod parity;
mod times;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use menagerie::gpu::Gpu;
use menagerie::program::Precision;
use menagerie::{Error, ErrorKind, Result, atomic_write};
use serde_json::{Value, json};

use super::adapters;
use super::arguments::{AdapterArgument, Place};
use super::output::{Failure, complain};
use super::roofline;
use budget::Budget;

/// The version of the JSON file. A key may be added without a new one.
const SCHEMA: u32 = 1;

/// Measure a device: answers of all networks, times, roofline, kernels and host time, as a page and JSON
#[derive(Args)]
pub struct GpuReport {
    /// The folder for `gpu-report.json` and `gpu-report.html`, which is created if it is missing
    #[arg(long, value_name = "FOLDER", default_value = "gpu-report")]
    out: PathBuf,
    /// Measure only a few networks, in less than a minute
    #[arg(long)]
    short: bool,
    #[command(flatten)]
    adapter: AdapterArgument,
}

/// What is measured, and for how long.
struct Extent {
    networks: &'static [&'static str],
    batches: [usize; 2],
    /// The networks whose layers are timed with each kernel.
    tuned: &'static [&'static str],
    /// The most networks whose answers are checked.
    answers: usize,
    /// The time after which each part begins nothing new, from the beginning: times, kernels, answers.
    ends: [Duration; 3],
}

const FULL: Extent = Extent {
    networks: &[
        "squeezenet1_1",
        "mobilenet_v2",
        "alexnet",
        "googlenet",
        "resnet50",
        "densenet121",
        "inception_v3",
        "vgg16",
    ],
    batches: [1, 32],
    tuned: &["mobilenet_v2", "resnet50"],
    answers: usize::MAX,
    ends: [
        Duration::from_secs(200),
        Duration::from_secs(320),
        Duration::from_secs(480),
    ],
};

const SHORT: Extent = Extent {
    networks: &["squeezenet1_1", "mobilenet_v2"],
    tuned: &["squeezenet1_1"],
    answers: 6,
    ends: [
        Duration::from_secs(12),
        Duration::from_secs(20),
        Duration::from_secs(35),
    ],
    ..FULL
};

impl GpuReport {
    pub fn run(&self, out: &mut dyn Write) -> std::result::Result<(), Failure> {
        std::fs::create_dir_all(&self.out).map_err(|error| {
            let message = format!("{}: cannot be made: {error}", self.out.display());
            Error::new(ErrorKind::Io, message)
        })?;
        let report = self.measured()?;
        let written = [
            ("gpu-report.json", format!("{report:#}\n")),
            ("gpu-report.html", page::page(&report)),
        ];
        for (name, text) in written {
            let path = self.out.join(name);
            atomic_write::write(Path::new(&path), text.as_bytes())?;
            writeln!(out, "{}", path.display())?;
        }
        let wrong = parity::wrong(&report["answers"]);
        match wrong.is_empty() {
            true => Ok(()),
            false => {
                let wrong = wrong.join(", ");
                complain(&format_args!("the device's answers are wrong: {wrong}"));
                Err(Failure::Reported)
            }
        }
    }

    fn measured(&self) -> Result<Value> {
        let begin = Instant::now();
        // The planner's own choice is compared with what is measured here.
        let place = Place {
            autotuned: false,
            ..self.adapter.choice()
        };
        let Some(gpu) = place.gpu()? else {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "the reference executor is what devices are compared with, not a device to report on",
            ));
        };
        let extent = if self.short { &SHORT } else { &FULL };
        let [times, choices, answers] = extent.ends.map(|end| Budget::new(begin, end));
        // Measured anew: the file in the cache may be from a busy machine.
        let roofline = roofline::find_or_measure(&gpu, true);
        let networks = times::of_networks(&gpu, extent.networks, &extent.batches, roofline, times);
        let tuned = choices::of_networks(&gpu, extent.tuned, choices);
        let parity = parity::of_zoo(&gpu, extent.answers, answers);
        Ok(json!({
            "schema": SCHEMA,
            "version": env!("CARGO_PKG_VERSION"),
            "short": self.short,
            "device": device(&gpu),
            "host": {
                "os": std::env::consts::OS,
                "arch": std::env::consts::ARCH,
                "threads": std::thread::available_parallelism().map_or(0, usize::from),
            },
            "precisions": parity::precisions(&gpu).into_iter().map(Precision::name).collect::<Vec<_>>(),
            "roofline": roofline.map(|roofline| json!({
                "gflops": roofline.flops_per_second / 1e9,
                "gbytes": roofline.bytes_per_second / 1e9,
            })),
            "networks": networks,
            "kernels": tuned,
            "answers": parity,
            "seconds": begin.elapsed().as_secs_f64(),
        }))
    }
}

/// The adapter, and what plans depend on.
fn device(gpu: &Gpu) -> Value {
    let mut device = adapters::facts(gpu.description());
    device["profile"] = gpu.profile().to_string().into();
    device
}

/// An entry that could not be measured.
fn failed(mut entry: Value, error: &Error) -> Value {
    entry["error"] = error.to_string().into();
    entry
}

/// An entry that there was no time for.
fn left_out(mut entry: Value) -> Value {
    entry["left_out"] = "no time".into();
    entry
}
