//! A call of a kernel: what it reads, writes and covers.

use super::binding::BindingKind;
use super::bound::Bound;
use super::fused_epilogue::FusedOperand;
use super::uniforms::{Field, Value, encode};
use super::{Fused, Instance, Kernel};

/// What one call of a kernel reads, writes and covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The kernel.
    pub kernel: &'static Kernel,
    /// Which of its sizes.
    pub instance: &'static Instance,
    /// Words of the uniform block.
    pub uniform: Vec<u32>,
    /// What is computed around the operation, where that is more than the kernel takes as data.
    pub fused: Fused,
    /// The words among them that say where packed parameters begin in what is bound, each with the place in `bound` of
    /// what that is: zero, until that is known.
    pub relocations: Vec<(usize, usize)>,
    /// What is bound at bindings 1 and up.
    pub bound: Vec<Bound>,
    /// Which of the operation's results it writes, or a part of.
    pub result: usize,
    /// Workgroups needed, before they are spread over the axes of a dispatch.
    pub workgroups: u64,
}

impl Call {
    /// A call with these values for the uniform block and these tensors, of so many invocations.
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

    /// As [`Call::new`], with expressions around what the kernel does and the tensors that only they read, for so many
    /// images.
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

/// The words of a uniform block that say where packed parameters begin, each with the place of their binding: both are in
/// one order.
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
    /// Whether `values` are of the kinds that its uniform block has.
    pub(crate) fn takes(&self, values: &[Value<'_>]) -> bool {
        let fields = self.uniform.iter().map(|&(_, field)| field);
        values.iter().map(Value::field).eq(fields)
    }
}
