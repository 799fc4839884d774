//! `menagerie compare kernels`: times the kernels for a layer, with tensors in buffers and in textures, and shaders from
//! elsewhere beside them.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use menagerie::profile::{Alternative, Timing, time_interleaved};
use menagerie::program::Precision;
use menagerie::session::SessionOptions;

use super::candidates::Candidates;
use super::layer::{LAYER, LayerArguments};
use super::own::OwnKernel;
use super::report::Report;
use super::{ReportArguments, nothing_to_compare};
use crate::cli::arguments::{AdapterArgument, batch_size};
use crate::cli::output::Failure;
use crate::cli::plan::shaders;
use crate::cli::roofline;

/// Time each kernel that can compute a layer
#[derive(Args)]
pub struct KernelsArguments {
    #[command(flatten)]
    layer: LayerArguments,
    /// Number of images in a batch
    #[arg(long, default_value_t = 1, value_parser = batch_size())]
    batch: usize,
    /// A shader from elsewhere, with its declaration in a file of the same name that ends in `.json`; can be repeated. Its
    /// answers are compared with the reference executor. All kernels are then compiled with checks
    #[arg(long, value_name = "FILE")]
    wgsl: Vec<PathBuf>,
    /// Most seconds that a run of such a shader may take when its answers are compared
    #[arg(long, default_value_t = 30, value_name = "SECONDS", requires = "wgsl", value_parser = clap::value_parser!(u64).range(1..=3600))]
    limit: u64,
    /// Write the pipelines of the kernels to this folder, as `menagerie plan --shaders` does
    #[arg(long, value_name = "FOLDER")]
    shaders: Option<PathBuf>,
    /// Precision of weights, inputs and outputs
    #[arg(long, value_name = "PRECISION", default_value_t)]
    precision: Precision,
    #[command(flatten)]
    adapter: AdapterArgument,
    /// Measure the adapter's roofline again; by default, it is measured once for each driver
    #[arg(long)]
    measure_roofline: bool,
    #[command(flatten)]
    report: ReportArguments,
}

impl KernelsArguments {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let graph = self.layer.graph()?;
        let own = OwnKernel::read_all(&self.wgsl)?;
        let Some(gpu) = self.adapter.choice().gpu()? else {
            return Err(nothing_to_compare("the reference executor has no kernels").into());
        };
        let limit = Duration::from_secs(self.limit);
        let options = SessionOptions {
            batch: self.batch,
            precision: self.precision,
            ..SessionOptions::default()
        };
        let mut candidates = Candidates::of(&gpu, &graph, &options, (&own, limit))?;
        if let Some(folder) = &self.shaders {
            shaders::write(&candidates.programs, folder)?;
        }
        let runs = candidates.sessions.iter_mut().zip(&candidates.rows);
        let alternatives =
            runs.map(|(session, row)| Alternative::new(&row.label, move || session.run()));
        let times = time_interleaved(alternatives.collect(), self.report.rounds)?;
        let adapter = gpu.description();
        let timing = match Timing::of(&gpu) {
            Timing::WallOnly => "wall time with upload, because this device has no timestamps",
            Timing::InPass | Timing::PassPerKernel => "time of the kernels",
        };
        let report = Report {
            title: format!(
                "{} on {}, batch {}, on {adapter}: {timing}",
                graph.described(LAYER),
                graph.input_shape()?,
                self.batch
            ),
            unit: "a run",
            roofline: roofline::find_or_measure(&gpu, self.measure_roofline),
            rows: candidates.rows,
            times,
            notes: candidates.notes,
        };
        report.write(out, &self.report)
    }
}
