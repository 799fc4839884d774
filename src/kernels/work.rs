//! The work of a kernel for an operation, from which its time is predicted (`crate::prediction`).

use super::site::Site;
use super::view::Format;
use super::{Instance, QUAD, quads};
use crate::tensor::Shape;

/// The work of a kernel for an operation. Counts are those of all invocations together, also of those whose results are
/// not needed because tiles are partly empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Multiply-adds of f32.
    pub multiply_adds: u64,
    /// Multiply-adds of matrix units.
    pub matrix_multiply_adds: u64,
    /// Reads of a `vec4<f32>` of tensors and parameters.
    pub reads: u64,
    /// Reads of a `vec4<f32>` of the first input, which are among the reads. A prologue is computed of each.
    pub loads: u64,
    /// Pixels of the input that are looked up for a tap of the window.
    pub taps: u64,
    /// Iterations of loops that compilers do not unroll.
    pub turns: u64,
    /// Reads of a `vec4<f32>` of workgroup memory.
    pub shared_reads: u64,
    /// Barriers that invocations reach.
    pub barriers: u64,
    /// Writes of a `vec4<f32>` of the result.
    pub writes: u64,
    /// Number of workgroups.
    pub workgroups: usize,
    /// Number of invocations of a workgroup.
    pub workgroup_size: usize,
    /// Number of times that an invocation waits for reads.
    pub waits: usize,
    /// Registers of 32 bits that an invocation needs.
    pub registers: usize,
    /// Bytes of workgroup memory of a workgroup.
    pub workgroup_bytes: u64,
    /// Bytes of inputs and results. Each counts once.
    pub activation_bytes: u64,
    /// Bytes of packed parameters. Each counts once.
    pub parameter_bytes: u64,
    /// Bytes that all workgroups together read and write, if each of them reads a value only once.
    pub moved_bytes: u64,
    /// How the invocations of a workgroup cooperate.
    pub cooperation: Cooperation,
}

/// How the invocations of a workgroup cooperate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cooperation {
    /// Not at all: each keeps its values in registers.
    Alone,
    /// They exchange the values that they read between the lanes of a subgroup.
    Lanes,
    /// They stage inputs in workgroup memory.
    Staging,
    /// They split each sum along K, and add up the partial sums at the end.
    Sums,
}

/// Registers for addresses, loop counters and uniforms.
pub(super) const OTHER_REGISTERS: usize = 40;

/// Iterations of a loop whose reads are under way at once, because compilers unroll it.
const UNROLLED: usize = 4;

/// What one invocation does, for the work of a kernel whose invocations do not cooperate.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Each {
    /// Quads of the result.
    pub results: usize,
    /// Multiply-adds.
    pub multiply_adds: usize,
    /// Quads of the input that it reads, each at a place of its own.
    pub inputs: usize,
    /// Quads of parameters.
    pub parameters: usize,
    /// Iterations of loops that compilers do not unroll.
    pub turns: usize,
}

/// The results of a kernel that reads many values for each of them: a reduction, or a normalisation.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Reductions {
    /// Number of results. Each is computed by one invocation, or by one workgroup.
    pub count: usize,
    /// Quads that are read for a result.
    pub reads: usize,
    /// Quads that are written for a result.
    pub writes: usize,
    /// Values that the invocations of a workgroup make of their shares, one after the other.
    pub sums: usize,
}

impl Work {
    /// The work of a kernel that computes each result by one invocation.
    #[doc(hidden)]
    pub fn by_invocations(site: &Site<'_>, instance: &Instance, reductions: Reductions) -> Self {
        let each = Each {
            results: reductions.writes,
            multiply_adds: QUAD * reductions.reads,
            inputs: reductions.reads,
            parameters: 0,
            turns: reductions.reads,
        };
        Self {
            waits: reductions.reads.div_ceil(UNROLLED),
            registers: OTHER_REGISTERS,
            ..Self::alone(site, reductions.count, instance.workgroup_size, each)
        }
    }

    /// The work of a kernel that computes each result by one workgroup, whose invocations share what is read.
    #[doc(hidden)]
    pub fn by_workgroups(site: &Site<'_>, instance: &Instance, reductions: Reductions) -> Self {
        let size = instance.workgroup_size as usize;
        let share = Reductions {
            count: reductions.count * size,
            reads: reductions.reads.div_ceil(size),
            writes: 1,
            ..reductions
        };
        // A tree of sums.
        let steps = reductions.sums * (2 + size.ilog2() as usize);
        let all = |count: usize| (reductions.count * count) as u64;
        Self {
            writes: all(reductions.writes),
            shared_reads: all(2 * reductions.sums * size),
            barriers: all(steps * size),
            workgroup_bytes: Format::default().bytes(size),
            cooperation: Cooperation::Sums,
            ..Self::by_invocations(site, instance, share)
        }
    }

    /// The work of a kernel that is the only one for its operation, so that no choice depends on it: an invocation
    /// for each quad of the result, which reads a pixel for each tap of the window.
    #[doc(hidden)]
    pub fn only(site: &Site<'_>) -> Self {
        let results = results(site);
        let inputs = (site.batch() * quads_of(site.inputs())).div_ceil(results);
        let each = Each {
            results: 1,
            multiply_adds: (site.flops() / 2).div_ceil(results as u64) as usize,
            inputs: inputs.max(site.window().kernel.iter().product()),
            parameters: 0,
            turns: 0,
        };
        Self::alone(site, results, 64, each)
    }

    /// The work of `invocations` invocations in workgroups of `size` that do not cooperate.
    #[doc(hidden)]
    pub fn alone(site: &Site<'_>, invocations: usize, size: u32, each: Each) -> Self {
        let size = size as usize;
        let all = |count: usize| product([invocations, count]);
        let (activation_bytes, parameter_bytes) = bytes(site);
        Self {
            multiply_adds: all(each.multiply_adds),
            matrix_multiply_adds: 0,
            reads: all(each.inputs + each.parameters),
            loads: all(each.inputs),
            taps: all(each.inputs),
            turns: all(each.turns),
            shared_reads: 0,
            barriers: 0,
            writes: all(each.results),
            workgroups: invocations.div_ceil(size),
            workgroup_size: size,
            waits: (each.inputs + each.parameters)
                .div_ceil(UNROLLED)
                .div_ceil(each.results),
            registers: OTHER_REGISTERS + 2 * QUAD * each.results,
            workgroup_bytes: 0,
            activation_bytes,
            parameter_bytes,
            moved_bytes: activation_bytes + parameter_bytes,
            cooperation: Cooperation::Alone,
        }
    }

    /// The same work with the prologue of `site`. A loop that is unrolled reads an operand once for all its loads.
    pub(super) fn with_prologue(self, site: &Site<'_>) -> Self {
        let each = QUAD as u64 * site.pre().flops();
        let operands = site.pre().operands().saturating_sub(1) as u64;
        Self {
            multiply_adds: self
                .multiply_adds
                .saturating_add(self.loads.saturating_mul(each)),
            reads: self.reads + (self.loads / UNROLLED as u64).saturating_mul(operands),
            ..self
        }
    }

    /// The floating-point operations of its multiply-adds.
    pub fn flops(&self) -> u64 {
        2 * (self.multiply_adds + self.matrix_multiply_adds)
    }
}

/// The product of several counts.
pub(super) fn product<const N: usize>(counts: [usize; N]) -> u64 {
    let counts = counts.into_iter().map(|count| count as u64);
    counts.fold(1, u64::saturating_mul)
}

/// Quads of all results of the batch.
pub(super) fn results(site: &Site<'_>) -> usize {
    (site.batch() * quads_of(&site.outputs)).max(1)
}

/// Bytes of inputs and results, and of parameters.
pub(super) fn bytes(site: &Site<'_>) -> (u64, u64) {
    let activations = site.batch() * quads_of(site.inputs()) + results(site);
    (
        Format::default().bytes(activations),
        site.cost().parameter_bytes,
    )
}

/// Quads of an image of each of these shapes.
fn quads_of(shapes: &[Shape]) -> usize {
    let quads = |shape: &Shape| shape.pixels() * quads(shape.channels);
    shapes.iter().map(quads).sum()
}
