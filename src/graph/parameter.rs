//! Parameters: tensors of the weights file, and tensors that passes derive from them.

/// The place of a [`Parameter`] in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterId(pub(crate) u32);

impl ParameterId {
    /// Position in [`Graph::parameters`](super::Graph::parameters).
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A tensor that a network learnt, or one computed from such tensors.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Dotted name, as in the reference implementation's state dict.
    pub name: String,
    /// Dimensions in the reference's order: `[out, in / groups, height, width]` for a convolution.
    pub shape: Vec<usize>,
    /// Whether training changes it by gradients. Running statistics are not trainable.
    pub trainable: bool,
    /// Where its values come from.
    pub derivation: Derivation,
}

impl Parameter {
    /// Number of values.
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }
}

/// Where a parameter's values come from. Passes fold layers into each other symbolically, so a plan
/// can be made and printed without weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Derivation {
    /// The weights file's tensor of this parameter's name.
    Stored,
    /// A convolution's weight, each output channel scaled by `gamma / sqrt(variance + epsilon)`.
    FoldedWeight {
        /// The weight before folding.
        weight: ParameterId,
        /// The batch normalisation that followed it.
        norm: BatchNormParameters,
    },
    /// A convolution's bias after folding: `beta + (bias - mean) * gamma / sqrt(variance + epsilon)`.
    FoldedBias {
        /// The bias before folding; none counts as zero.
        bias: Option<ParameterId>,
        /// The batch normalisation that followed it.
        norm: BatchNormParameters,
    },
    /// Each value of another parameter times a number.
    Scaled {
        /// The parameter before scaling.
        of: ParameterId,
        /// The number.
        factor: f64,
    },
    /// The same values under another shape.
    Reshaped(ParameterId),
}

/// The four tensors of a batch normalisation, each `[channels]`, and its epsilon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchNormParameters {
    /// Scale, `weight` in PyTorch.
    pub gamma: ParameterId,
    /// Shift, `bias` in PyTorch.
    pub beta: ParameterId,
    /// Running mean.
    pub mean: ParameterId,
    /// Running variance.
    pub variance: ParameterId,
    /// Added to the variance.
    pub epsilon: f64,
}

impl BatchNormParameters {
    /// The four tensors.
    pub fn ids(&self) -> [ParameterId; 4] {
        [self.gamma, self.beta, self.mean, self.variance]
    }
}
