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
