use super::Op;
use crate::graph::pointwise::Pointwise;
use crate::tensor::Type;

/// The cost of an operation: arithmetic and memory traffic.
///
/// The cost depends on the operation and not on the kernel: a value that a kernel reads twice counts once, and taps
/// on the padding count like other taps. A multiply-add counts as two operations; a sum, mean or maximum of `n`
/// values as `n`; a batch normalisation as a multiply-add for each value; a clamp as a comparison for each bound.
/// The cost of a constant is zero, because it is computed once, before any run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Floating-point operations.
    pub flops: u64,
    /// Bytes of inputs and results. Each value counts once.
    pub activation_bytes: u64,
    /// Bytes of the parameters. Each value counts once.
    pub parameter_bytes: u64,
}

impl Cost {
    /// Returns the cost of `op` for one image, including the expressions before and after it. `inputs` and
    /// `further` (the further operands of the expressions) hold for each value whether it is constant, and its
    /// type.
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
        let before = of_each(pre, types.first().copied().flatten());
        let after = of_each(post, results.first().copied());
        Self {
            flops: op
                .flops(&types, results)
                .saturating_add(before)
                .saturating_add(after),
            activation_bytes: read(false).saturating_add(written),
            parameter_bytes: read(true),
        }
    }

    /// Returns the bytes that are read and written.
    pub fn bytes(&self) -> u64 {
        self.activation_bytes.saturating_add(self.parameter_bytes)
    }

    /// Returns the cost for a batch of `images`, given the cost for one. All images share the parameters.
    pub fn of_batch(&self, images: usize) -> Self {
        let images = images as u64;
        Self {
            flops: self.flops.saturating_mul(images),
            activation_bytes: self.activation_bytes.saturating_mul(images),
            parameter_bytes: self.parameter_bytes,
        }
    }
}
