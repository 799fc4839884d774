//! What the networks share that timm builds from TensorFlow's weights: its names, and TensorFlow's epsilon.

use crate::error::Result;
use crate::graph::{Conv, Scope, ValueId};

/// Added to each variance.
pub const EPSILON: f64 = 1e-3;

/// A convolution, a batch normalisation and ReLU6, which timm names as a part of the normalisation.
pub fn conv_norm_relu6(
    net: &Scope<'_>,
    conv_name: &str,
    norm_name: &str,
    x: ValueId,
    conv: Conv,
) -> Result<ValueId> {
    let x = net.conv(conv_name, x, conv)?;
    let x = net.batch_norm(norm_name, x, EPSILON)?;
    net.relu6(&format!("{norm_name}.act"), x)
}
