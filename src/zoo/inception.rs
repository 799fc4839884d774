//! What the networks of the Inception family are made of.

use crate::error::Result;
use crate::graph::{Conv, Scope, ValueId};

/// Added to each variance.
const EPSILON: f64 = 1e-3;

/// The convolution `name`, normalised and rectified.
pub fn conv_norm_relu(net: &Scope<'_>, name: &str, x: ValueId, conv: Conv) -> Result<ValueId> {
    let net = net.at(name);
    let x = net.conv("conv", x, conv)?;
    let x = net.batch_norm("bn", x, EPSILON)?;
    net.relu("relu", x)
}

/// Convolutions one behind the other, by the names that they have.
pub fn chain(net: &Scope<'_>, mut x: ValueId, convs: &[(&str, Conv)]) -> Result<ValueId> {
    for &(name, conv) in convs {
        x = conv_norm_relu(net, name, x, conv)?;
    }
    Ok(x)
}
