//! A call of a kernel: its uniform block, bindings and workgroups.

use super::binding::{Access, BindingKind};
use super::bound::Bound;
use super::fused_epilogue::FusedOperand;
use super::uniforms::{Field, Value, encode};
use super::{Format, Fused, Instance, Kernel};

/// One call of a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The kernel.
    pub kernel: &'static Kernel,
    /// The size that it is compiled in.
    pub instance: &'static Instance,
    /// Words of the uniform block.
    pub uniform: Vec<u32>,
    /// The expressions that are fused into the pipeline.
    pub fused: Fused,
    /// Words of the uniform block that hold the offset of packed parameters, each with the index of their binding in
    /// `bound`. Such a word is zero until a session knows the offset.
    pub relocations: Vec<(usize, usize)>,
    /// Bindings 1 and up.
    pub bound: Vec<Bound>,
    /// Index of the operation's result that it writes, wholly or in part.
    pub result: usize,
    /// Number of workgroups, before they are spread over the axes of a dispatch.
    pub workgroups: u64,
}

impl Call {
    /// A call of `invocations` invocations, with `values` in the uniform block and the bindings `bound`.
    pub(crate) fn new(
        kernel: &'static Kernel,
        instance: &'static Instance,
        values: &[Value<'_>],
        bound: Vec<Bound>,
        invocations: usize,
    ) -> Self {
        let nothing = (&Fused::default(), &[][..], 0);
        Self::with_fused(kernel, instance, values, bound, invocations, nothing)
    }

    /// As [`Call::new`], with fused expressions, the operands that only they read, and the number of images.
    pub(crate) fn with_fused(
        kernel: &'static Kernel,
        instance: &'static Instance,
        values: &[Value<'_>],
        mut bound: Vec<Bound>,
        invocations: usize,
        (fused, operands, images): (&Fused, &[FusedOperand], usize),
    ) -> Self {
        debug_assert!(kernel.takes(values), "{}", kernel.name);
        let size = u64::from(instance.workgroup_size);
        let first = operands.iter().filter_map(FusedOperand::first_value);
        let last = operands.iter().filter_map(FusedOperand::last_value);
        let all: Vec<Value<'_>> = first.chain(values.iter().copied()).chain(last).collect();
        bound.extend(operands.iter().map(|operand| operand.bound(images)));
        Self {
            kernel,
            instance,
            uniform: encode(&all),
            relocations: relocations(kernel, fused),
            fused: fused.clone(),
            bound,
            result: 0,
            workgroups: (invocations as u64).div_ceil(size),
        }
    }
}

impl Call {
    /// Whether its shader [watches the range](super::interface::Shader::watches_range) of f16.
    pub(crate) fn watches_range(&self) -> bool {
        let input = self.bound.first().map_or(Format::F32, |bound| bound.format);
        if self.fused.rounds_operand(self.kernel, input) {
            return true;
        }
        let bindings = self.fused.bindings(self.kernel);
        let mut bound = bindings.iter().zip(&self.bound);
        bound.any(|(binding, bound)| binding.access == Access::Write && bound.format == Format::F16)
    }
}

/// The words of a uniform block that hold offsets of packed parameters, each with the index of its binding. Fields and
/// bindings have the same order.
fn relocations(kernel: &Kernel, fused: &Fused) -> Vec<(usize, usize)> {
    let mut begin = 0;
    let mut words = Vec::new();
    for (_, field) in fused.block(kernel) {
        if field == Field::Parameters {
            words.push(begin / size_of::<u32>());
        }
        begin += field.bytes();
    }
    let bindings = fused.bindings(kernel);
    let bound =
        (0..bindings.len()).filter(|&index| bindings[index].kind == BindingKind::Parameters);
    words.into_iter().zip(bound).collect()
}

impl Kernel {
    /// Whether `values` have the kinds of the fields of its uniform block.
    pub(crate) fn takes(&self, values: &[Value<'_>]) -> bool {
        let fields = self.uniform.iter().map(|&(_, field)| field);
        values.iter().map(Value::field).eq(fields)
    }
}
