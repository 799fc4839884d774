use super::Op;
use crate::graph::pointwise::Pointwise;
use crate::tensor::Type;

/// What an operation takes.
///
/// Counted is the operation, not how a kernel does it: what a kernel reads twice counts once, and taps that
/// fall on a border count as if they did not. A multiply-add is two operations; a sum or a mean of `n` values
/// is `n`, as is the largest of them; a batch normalisation is a multiply-add, a clamp a comparison for
/// each bound. What is constant costs nothing: it is computed once, before any run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Floating-point operations.
    pub flops: u64,
    /// Bytes of inputs and results, where every value moves once.
    pub activation_bytes: u64,
    /// Bytes of the parameters, where every value is read once.
    pub parameter_bytes: u64,
}

impl Cost {
    /// That of `op` for one image, with an expression in front of it and one behind it, given the types of its inputs
    /// and of the expressions' further operands, each with whether it is constant, and of what is made.
    pub(crate) fn of(
        op: &Op,
        [pre, post]: [&Pointwise; 2],
        inputs: &[Option<(bool, &Type)>],
        further: &[(bool, &Type)],
        results: &[&Type],
    ) -> Self {
        let bytes = |ty: &Type| ty.count() as u64 * ty.element().bytes() as u64;
        let reads = inputs.iter().flatten().chain(further);
        let read = |wanted: bool| {
            let reads = reads.clone().filter(|(constant, _)| *constant == wanted);
            reads.map(|(_, ty)| bytes(ty)).fold(0, u64::saturating_add)
        };
        let written = results
            .iter()
            .map(|ty| bytes(ty))
            .fold(0, u64::saturating_add);
        let types: Vec<Option<&Type>> =
            inputs.iter().map(|input| input.map(|(_, ty)| ty)).collect();
        let of_each = |expression: &Pointwise, ty: Option<&Type>| {
            let values = ty.map_or(0, |ty| ty.count() as u64);
            expression.flops().saturating_mul(values)
        };
        let in_front = of_each(pre, types.first().copied().flatten());
        let behind = of_each(post, results.first().copied());
        Self {
            flops: op
                .flops(&types, results)
                .saturating_add(in_front)
                .saturating_add(behind),
            activation_bytes: read(false).saturating_add(written),
            parameter_bytes: read(true),
        }
    }

    /// Bytes read and written.
    pub fn bytes(&self) -> u64 {
        self.activation_bytes.saturating_add(self.parameter_bytes)
    }

    /// What `images` at once take, given what one takes: all of them share the parameters.
    pub fn of_batch(&self, images: usize) -> Self {
        let images = images as u64;
        Self {
            flops: self.flops.saturating_mul(images),
            activation_bytes: self.activation_bytes.saturating_mul(images),
            parameter_bytes: self.parameter_bytes,
        }
    }
}
