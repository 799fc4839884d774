//! `menagerie compare kernels`: the kernels that can compute a convolution, with tensors in buffers and in
//! textures.

use std::io::Write;
use std::str::FromStr;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use menagerie::device::{DeviceProfile, Storage};
use menagerie::gpu::Gpu;
use menagerie::graph::{Graph, NodeId, Padding, Window};
use menagerie::kernels::{Candidate, Site};
use menagerie::profile::{Alternative, TimedSession, Timing, time_interleaved};
use menagerie::program::{Planning, Program};
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

/// Time the kernels that can compute a convolution, on their own
#[derive(Args)]
pub struct KernelsArguments {
    /// Shape of its weight: output channels, input channels of a group, height and width of the kernel
    #[arg(long, value_name = "OUTxINxHEIGHTxWIDTH")]
    conv: WeightShape,
    /// Size of its input: a side of a square, or HEIGHTxWIDTH
    #[arg(long, value_name = "SIZE")]
    size: Size,
    /// Pixels from one window to the next
    #[arg(long, default_value_t = 1, value_parser = extent(1))]
    stride: usize,
    /// Pixels of border on all sides; unasked, half the kernel
    #[arg(long, value_parser = extent(0))]
    padding: Option<usize>,
    /// Blocks of channels that do not see each other
    #[arg(long, default_value_t = 1, value_parser = extent(1))]
    groups: usize,
    /// Images that go through at once
    #[arg(long, default_value_t = 1, value_parser = batch_size())]
    batch: usize,
    #[command(flatten)]
    adapter: AdapterArgument,
    /// Measure again what the adapter can do at most, which is otherwise done once for each driver
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

/// The kernels that can compute a convolution, and why the others cannot.
#[derive(Default)]
struct Candidates {
    sessions: Vec<TimedSession>,
    /// What each session is.
    rows: Vec<Row>,
    notes: Vec<String>,
}

/// The storage that a device's plans use, and the other one.
fn both(native: Storage) -> [Storage; 2] {
    match native {
        Storage::Buffer => [native, Storage::Texture],
        Storage::Texture => [native, Storage::Buffer],
    }
}

/// Most channels and taps along an axis: far more than any network has, and few enough to multiply.
const LARGEST_EXTENT: usize = 1 << 15;

/// Most values of a weight: a gigabyte, since systems end a process that takes all memory.
const MOST_WEIGHTS: usize = 1 << 28;

/// Parses a number of pixels or blocks.
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
            Timing::WallOnly => "wall time, upload and all, since this device has no timestamps",
            Timing::InPass | Timing::PassPerKernel => "the kernels' own time",
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

    /// What plans choose comes first: the others are measured by it.
    fn candidates(&self, gpu: &Gpu, graph: &Graph) -> menagerie::Result<Candidates> {
        let planning = Planning::of_batch(self.batch).tuned(gpu.tuning().clone());
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
                    // Most rules are about the operation and not about where tensors live.
                    let note = format!("not {name}: it {rule}");
                    if !candidates.notes.contains(&note) {
                        candidates.notes.push(note);
                    }
                    continue;
                }
                let session = match tune::session(&gpu, graph, kernel, self.batch) {
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
