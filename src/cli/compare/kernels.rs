//! `menagerie compare kernels`: times the kernels for a convolution, with tensors in buffers and in textures.

use std::io::Write;
use std::str::FromStr;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use menagerie::device::{DeviceProfile, Storage};
use menagerie::gpu::Gpu;
use menagerie::graph::{Graph, NodeId, Padding, Window};
use menagerie::kernels::{Candidate, Site};
use menagerie::profile::{Alternative, TimedSession, Timing, time_interleaved};
use menagerie::program::{Planning, Precision, Program};
use menagerie::session::SessionOptions;
use menagerie::weights::synthetic_input;
use menagerie::{ErrorKind, tune};
use serde_json::json;

use super::report::{Report, Row};
use super::{ReportArguments, nothing_to_compare};
use crate::cli::arguments::{AdapterArgument, Size, batch_size};
use crate::cli::output::Failure;
use crate::cli::roofline;

/// The only node of a graph of a single layer.
const LAYER: NodeId = NodeId::FIRST;

/// Time each kernel that can compute a convolution
#[derive(Args)]
pub struct KernelsArguments {
    /// Shape of the weight: output channels, input channels of a group, height and width of the window
    #[arg(long, value_name = "OUTxINxHEIGHTxWIDTH")]
    conv: WeightShape,
    /// Size of the input: one number for a square, or HEIGHTxWIDTH
    #[arg(long, value_name = "SIZE")]
    size: Size,
    /// Stride of the window in pixels
    #[arg(long, default_value_t = 1, value_parser = extent(1))]
    stride: usize,
    /// Padding on all sides in pixels; half of the window by default
    #[arg(long, value_parser = extent(0))]
    padding: Option<usize>,
    /// Number of groups
    #[arg(long, default_value_t = 1, value_parser = extent(1))]
    groups: usize,
    /// Number of images in a batch
    #[arg(long, default_value_t = 1, value_parser = batch_size())]
    batch: usize,
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

/// The shape of a convolution's weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct WeightShape {
    out_channels: usize,
    /// Of a group.
    in_channels: usize,
    kernel: [usize; 2],
}

/// The kernels that can compute the convolution, and the reasons of the others.
#[derive(Default)]
struct Candidates {
    sessions: Vec<TimedSession>,
    /// The rows of the sessions.
    rows: Vec<Row>,
    notes: Vec<String>,
}

/// The default storage of the device first, then the other one.
fn both(native: Storage) -> [Storage; 2] {
    match native {
        Storage::Buffer => [native, Storage::Texture],
        Storage::Texture => [native, Storage::Buffer],
    }
}

/// The most channels, and the most taps along an axis. No network has as many, and their product does not overflow.
const LARGEST_EXTENT: usize = 1 << 15;

/// The most values of a weight: one gigabyte. The system may end a process that takes all memory.
const MOST_WEIGHTS: usize = 1 << 28;

/// Parses a number of pixels or groups.
fn extent(least: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(least..=LARGEST_EXTENT as u64)
}

impl FromStr for WeightShape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let extents: Result<Vec<usize>, _> = text.split('x').map(str::parse).collect();
        match extents.as_deref() {
            Ok(&[out_channels, in_channels, height, width])
                if [out_channels, in_channels, height, width]
                    .iter()
                    .all(|extent| (1..=LARGEST_EXTENT).contains(extent))
                    && out_channels * in_channels * height * width <= MOST_WEIGHTS =>
            {
                Ok(Self {
                    out_channels,
                    in_channels,
                    kernel: [height, width],
                })
            }
            _ => Err(format!(
                "expected OUTxINxHEIGHTxWIDTH, each from 1 to {LARGEST_EXTENT}, at most {MOST_WEIGHTS} \
                 values together"
            )),
        }
    }
}

impl KernelsArguments {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let graph = self.graph()?;
        let Some(gpu) = self.adapter.choice().gpu()? else {
            return Err(nothing_to_compare("the reference executor has no kernels").into());
        };
        let Candidates {
            mut sessions,
            rows,
            notes,
        } = self.candidates(&gpu, &graph)?;
        let runs = sessions.iter_mut().zip(&rows);
        let alternatives =
            runs.map(|(session, row)| Alternative::new(&row.label, move || session.run()));
        let times = time_interleaved(alternatives.collect(), self.report.rounds)?;
        let roofline = roofline::find_or_measure(&gpu, self.measure_roofline);
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
            flops_per_second: roofline.map(|roofline| roofline.flops_per_second),
            rows,
            times,
            notes,
        };
        report.write(out, &self.report)
    }

    /// The candidates. The kernel that plans choose is the first, and the others are compared with it.
    fn candidates(&self, gpu: &Gpu, graph: &Graph) -> menagerie::Result<Candidates> {
        let options = SessionOptions {
            batch: self.batch,
            precision: self.precision,
            ..SessionOptions::default()
        };
        let planning = Planning::of_batch(self.batch)
            .tuned(gpu.tuning().clone())
            .precision(self.precision);
        let plan = Program::new(graph, gpu.profile(), &planning)?;
        let chosen = plan
            .dispatches()
            .first()
            .map(|dispatch| (dispatch.kernel, dispatch.instance));
        let flops = graph.cost(LAYER).of_batch(self.batch).flops;
        let input = synthetic_input(0, self.batch, graph.input_shape()?);
        let mut candidates = Candidates::default();
        for storage in both(gpu.profile().storage) {
            let profile = DeviceProfile {
                storage,
                ..gpu.profile().clone()
            };
            let gpu = gpu.clone().with_profile(profile);
            let site = Site::new(graph, LAYER, self.batch, gpu.profile())?;
            let is_chosen = |kernel: &Candidate| {
                storage == plan.profile().storage
                    && chosen == Some((kernel.kernel, kernel.instance))
            };
            let mut kernels: Vec<Candidate> = Candidate::of(site.kind()).collect();
            kernels.sort_by_key(|kernel| !is_chosen(kernel));
            for kernel in kernels {
                let name = kernel.name();
                let label = format!("{name}, {storage}");
                if let Err(rule) = kernel.accept(&site) {
                    // Most rules do not depend on the storage, so each is listed once.
                    let note = format!("not {name}: it {rule}");
                    if !candidates.notes.contains(&note) {
                        candidates.notes.push(note);
                    }
                    continue;
                }
                let session = match tune::session(&gpu, graph, kernel, &options) {
                    Err(error) if error.kind() == ErrorKind::Limit => {
                        candidates.notes.push(format!("not {label}: {error}"));
                        continue;
                    }
                    session => session?,
                };
                let session = TimedSession::new(session, input.clone());
                candidates.sessions.push(session);
                candidates.rows.push(Row {
                    facts: json!({
                        "kernel": name,
                        "storage": storage.to_string(),
                        "chosen": is_chosen(&kernel),
                    }),
                    label,
                    flops: Some(flops),
                });
            }
        }
        Ok(candidates)
    }

    fn graph(&self) -> menagerie::Result<Graph> {
        let WeightShape {
            out_channels,
            in_channels,
            kernel,
        } = self.conv;
        let padding = match self.padding {
            Some(pixels) => Padding::all(pixels),
            None => Padding::centred(kernel),
        };
        let window = Window {
            kernel,
            stride: [self.stride; 2],
            padding,
            ..Window::square(1, 1)
        };
        let input = self.size.with_channels(in_channels * self.groups);
        Graph::convolution(input, out_channels, window, self.groups, true)
    }
}
