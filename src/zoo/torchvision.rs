//! What torchvision's networks share: the names inside its `Conv2dNormActivation` and `SqueezeExcitation`
//! (`ops/misc.py`), its rule for widths, and how its segmentation networks resize.

use crate::error::Result;
use crate::graph::{Activation, Conv, Interpolation, Scope, ValueId};

/// A convolution, a batch normalisation and a function of each value.
pub fn conv_norm_act(
    net: &Scope<'_>,
    x: ValueId,
    conv: Conv,
    epsilon: f64,
    activation: Activation,
) -> Result<ValueId> {
    let x = conv_norm(net, x, conv, epsilon)?;
    net.activation("2", x, activation)
}

/// A convolution and a batch normalisation.
pub fn conv_norm(net: &Scope<'_>, x: ValueId, conv: Conv, epsilon: f64) -> Result<ValueId> {
    let x = net.conv("0", x, conv)?;
    net.batch_norm("1", x, epsilon)
}

/// `x`, resized to the height and width of `like`.
pub fn resized_like(net: &Scope<'_>, x: ValueId, like: ValueId) -> Result<ValueId> {
    let size = net.shape(like)?;
    let bilinear = Interpolation::Bilinear {
        align_corners: false,
    };
    net.resize("interpolate", x, [size.height, size.width], bilinear)
}

/// Squeeze and excitation: a gate for each channel of each image.
#[derive(Clone, Copy)]
pub struct SqueezeExcitation {
    /// Channels between the two layers that the gate is computed by.
    pub squeezed: usize,
    /// Behind the first layer.
    pub activation: Activation,
    /// Behind the second one.
    pub gate: Activation,
}

impl SqueezeExcitation {
    /// `x`, gated.
    pub fn build(self, net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
        let channels = net.shape(x)?.channels;
        let y = net.adaptive_average_pool("avgpool", x, 1)?;
        let y = net.conv("fc1", y, Conv::new(self.squeezed, 1).bias())?;
        let y = net.activation("activation", y, self.activation)?;
        let y = net.conv("fc2", y, Conv::new(channels, 1).bias())?;
        let y = net.activation("scale_activation", y, self.gate)?;
        net.multiply("multiply", x, y)
    }
}

/// The multiple of `divisor` nearest to `width`, but for 0 and for those more than a tenth below it:
/// torchvision's `_make_divisible`.
pub fn divisible(width: f64, divisor: usize) -> usize {
    let nearest = (width + divisor as f64 / 2.0) as usize / divisor * divisor;
    let nearest = nearest.max(divisor);
    match (nearest as f64) < 0.9 * width {
        true => nearest + divisor,
        false => nearest,
    }
}
