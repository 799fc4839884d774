//! The time of a kernel on a device, predicted from its work. Plans choose kernels by it where nothing was measured.
//!
//! The model is a roofline with the limits of one processor. A device has processors of several lanes each, and every
//! workgroup runs on one processor:
//!
//! - *Arithmetic*: the operations of all invocations, in multiply-adds of f32. Those of matrix units take less time. Reads, writes and the search for taps count as many
//!   multiply-adds as their instructions take (`Slots`). The processor with the most workgroups ends last, and lanes without
//!   an invocation are idle.
//! - *Bandwidth*: bytes that are read or written once, at the memory's rate, or what all workgroups move, at the rate of the
//!   cache, whichever takes longer. Activations that fit into the cache stay there from one dispatch to the next.
//! - *Latency*: an invocation waits for its reads, one wait after another. Workgroups that are resident at the same time
//!   wait together; registers and workgroup memory limit their number.
//! - *Launch*: the time between two dispatches.
//!
//! The three terms of the kernel overlap, but not perfectly: the longest counts fully and the others by a quarter.

use std::fmt;

use crate::device::{Hardware, Processor, Storage};
use crate::kernels::{Candidate, Site, Work};

/// The part of the shorter terms that the longest one does not hide.
const OVERLAP: f64 = 0.25;

/// The part of the cache that the results of the dispatch before still occupy.
const KEPT_IN_CACHE: f64 = 0.5;

/// Multiply-adds in the time of moving a register to memory and back (spill), for each wait for memory.
const SPILL: f64 = 12.0;

/// What limits the speed of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// The rate of its instructions.
    Arithmetic,
    /// The rate of memory or cache.
    Bandwidth,
    /// The time of a read: there are too few invocations to hide it.
    Latency,
    /// The time between two dispatches.
    Launch,
}

/// The predicted time of a kernel, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Prediction {
    /// The time of its instructions.
    pub arithmetic: f64,
    /// The time of memory or cache.
    pub bandwidth: f64,
    /// The time of reads that wait for one another.
    pub latency: f64,
    /// The time between two dispatches.
    pub launch: f64,
}

impl Prediction {
    /// The prediction for `candidate`, which computes the operation of `site` on the device of `site`.
    pub fn of(candidate: &Candidate, site: &Site<'_>) -> Self {
        let device = site.device();
        Self::new(&candidate.work(site), &device.hardware(), device.storage)
    }

    /// The prediction for a kernel with this `work` on `hardware`, with all tensors in `storage`.
    pub fn new(work: &Work, hardware: &Hardware, storage: Storage) -> Self {
        let tensors = Tensors {
            input: storage,
            result: storage,
            others: storage,
        };
        Self::with(work, hardware, tensors)
    }

    /// The same as [`Prediction::of`], with the first input and the result in the storages `input` and `result`.
    pub(crate) fn between(
        candidate: &Candidate,
        site: &Site<'_>,
        [input, result]: [Storage; 2],
    ) -> Self {
        let device = site.device();
        let tensors = Tensors {
            input,
            result,
            others: device.storage,
        };
        Self::with(&candidate.work(site), &device.hardware(), tensors)
    }

    fn with(work: &Work, hardware: &Hardware, tensors: Tensors) -> Self {
        let processor = hardware.processor();
        let resident = resident(work, processor);
        // Of the processor with the most workgroups.
        let workgroups = work.workgroups.max(1);
        let rounds = workgroups.div_ceil(hardware.processors.max(1) as usize);
        let lanes = f64::from(processor.lanes);
        let busy = (rounds.min(resident) * work.workgroup_size) as f64 / lanes;
        let rate = hardware.flops_per_second as f64 / 2.0 / f64::from(hardware.processors.max(1));
        let slots = slots(work, hardware, tensors) / workgroups as f64;
        let arithmetic =
            rounds as f64 * slots / (rate * processor.share_of_peak * busy.clamp(1.0 / lanes, 1.0));
        let waves = rounds.div_ceil(resident);
        Self {
            arithmetic,
            bandwidth: bandwidth(work, hardware, processor),
            latency: (waves * work.waits) as f64 * processor.latency * 1e-9,
            launch: f64::from(hardware.launch_nanoseconds) * 1e-9,
        }
    }

    /// The time of the kernel and of the gap before it.
    pub fn seconds(&self) -> f64 {
        self.launch + self.kernel_seconds()
    }

    /// The time of the kernel.
    pub fn kernel_seconds(&self) -> f64 {
        let terms = [self.arithmetic, self.bandwidth, self.latency];
        let longest = terms.into_iter().fold(0.0, f64::max);
        let all: f64 = terms.iter().sum();
        longest + OVERLAP * (all - longest)
    }

    /// The largest of the four times.
    pub fn limit(&self) -> Limit {
        let terms = [
            (self.arithmetic, Limit::Arithmetic),
            (self.bandwidth, Limit::Bandwidth),
            (self.latency, Limit::Latency),
            (self.launch, Limit::Launch),
        ];
        let longest = terms.into_iter().max_by(|(a, _), (b, _)| a.total_cmp(b));
        longest.map_or(Limit::Launch, |(_, limit)| limit)
    }

    /// The prediction for a part of the kernel's workgroups, as a dispatch of its own.
    pub(crate) fn part(&self, share: f64) -> Self {
        Self {
            arithmetic: share * self.arithmetic,
            bandwidth: share * self.bandwidth,
            latency: share * self.latency,
            launch: self.launch,
        }
    }
}

/// Where the tensors of a kernel are.
#[derive(Clone, Copy)]
struct Tensors {
    input: Storage,
    result: Storage,
    others: Storage,
}

/// The number of workgroups that a processor holds at once.
fn resident(work: &Work, processor: &Processor) -> usize {
    let size = work.workgroup_size.max(1);
    let registers = work.registers.min(processor.registers_each as usize);
    let by_registers = processor.registers as usize / (size * registers.max(1));
    let by_memory = match work.workgroup_bytes {
        0 => usize::MAX,
        bytes => (u64::from(processor.workgroup_bytes) / bytes) as usize,
    };
    let by_invocations = processor.invocations as usize / size;
    by_invocations.min(by_registers).min(by_memory).max(1)
}

/// What all invocations execute, in multiply-adds.
fn slots(work: &Work, hardware: &Hardware, tensors: Tensors) -> f64 {
    let processor = hardware.processor();
    let slots = &processor.slots;
    let matrix_speedup = hardware.matrix_speedup.unwrap_or(1).max(1);
    let invocations = (work.workgroups * work.workgroup_size) as f64;
    let spilled = work
        .registers
        .saturating_sub(processor.registers_each as usize);
    work.multiply_adds as f64
        + work.matrix_multiply_adds as f64 / f64::from(matrix_speedup)
        + work.loads as f64 * slots.read(tensors.input)
        + work.reads.saturating_sub(work.loads) as f64 * slots.read(tensors.others)
        + work.taps as f64 * slots.tap
        + work.turns as f64 * slots.turn
        + work.shared_reads as f64 * slots.shared
        + work.barriers as f64 * slots.barrier
        + work.writes as f64 * slots.write(tensors.result)
        + invocations * (slots.start + SPILL * (spilled * work.waits) as f64)
}

fn bandwidth(work: &Work, hardware: &Hardware, processor: &Processor) -> f64 {
    let rate = hardware.bytes_per_second as f64;
    let activations = work.activation_bytes as f64;
    let is_kept = activations <= KEPT_IN_CACHE * hardware.cache_bytes as f64;
    let from_memory = work.parameter_bytes as f64 + if is_kept { 0.0 } else { activations };
    let moved = work.moved_bytes as f64;
    (from_memory / rate).max(moved / (rate * processor.cache_rate))
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::Arithmetic => "arithmetic",
            Limit::Bandwidth => "bandwidth",
            Limit::Latency => "latency",
            Limit::Launch => "launch",
        })
    }
}
