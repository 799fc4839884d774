//! U-Net: Ronneberger, Fischer, Brox 2015, "U-Net: convolutional networks for biomedical image
//! segmentation" (arXiv:1505.04597), as most people run it: convolutions are padded, so that the answer
//! has the size of the image, and a batch normalisation follows each. Graph and names are those of
//! milesial's `Pytorch-UNet`.

use super::scope::{Conv, Scope, network};
use crate::error::Result;
use crate::graph::{Graph, Interpolation, NodeId, Padding, Shape, Window};

/// Added to each variance.
const EPSILON: f64 = 1e-5;
/// Channels of the contracting path from the image down, and of the expansive path back up.
const WIDTHS: [usize; 5] = [64, 128, 256, 512, 1024];

/// How the expansive path doubles height and width.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum UpSampling {
    /// A transposed convolution, which halves the number of channels: the paper's.
    Transposed,
    /// Bilinear interpolation, which keeps the number of channels: the convolutions halve it instead.
    Bilinear,
}

/// The network for images of `input`: an answer for each pixel and class.
pub fn build(name: &str, sampling: UpSampling, input: Shape, classes: usize) -> Result<Graph> {
    let factor = match sampling {
        UpSampling::Transposed => 1,
        UpSampling::Bilinear => 2,
    };
    let [first, middle @ .., last] = WIDTHS;
    network(name, input, |net, x| {
        let mut x = double_conv(&net.at("inc"), x, [first; 2])?;
        let mut skips = vec![x];
        for (index, width) in middle.into_iter().chain([last / factor]).enumerate() {
            let down = net.at(format!("down{}.maxpool_conv", index + 1));
            x = down.max_pool("0", x, Window::square(2, 2))?;
            x = double_conv(&down.at(1), x, [width; 2])?;
            skips.push(x);
        }
        skips.pop();
        for (index, skip) in skips.into_iter().rev().enumerate() {
            let up = net.at(format!("up{}", index + 1));
            let width = net.shape(skip).channels;
            let y = up_sample(&up, x, sampling, width)?;
            let y = padded_to(&up, y, net.shape(skip))?;
            let joined = up.concat("concat", &[skip, y])?;
            let widths = match sampling {
                UpSampling::Transposed => [width; 2],
                // The last level has no other below it to be narrowed for.
                UpSampling::Bilinear if width == first => [width, width],
                UpSampling::Bilinear => [width, width / factor],
            };
            x = double_conv(&up.at("conv"), joined, widths)?;
        }
        net.conv("outc.conv", x, Conv::new(classes, 1).bias())
    })
}

/// Twice a 3x3 convolution, normalised, with a ReLU.
fn double_conv(net: &Scope<'_>, mut x: NodeId, widths: [usize; 2]) -> Result<NodeId> {
    let net = net.at("double_conv");
    for (index, width) in widths.into_iter().enumerate() {
        let name = |layer: usize| (3 * index + layer).to_string();
        x = net.conv(&name(0), x, Conv::new(width, 3).padding(1))?;
        x = net.batch_norm(&name(1), x, EPSILON)?;
        x = net.relu(&name(2), x)?;
    }
    Ok(x)
}

fn up_sample(up: &Scope<'_>, x: NodeId, sampling: UpSampling, width: usize) -> Result<NodeId> {
    match sampling {
        UpSampling::Transposed => up.conv_transpose("up", x, Conv::new(width, 2).stride(2).bias()),
        UpSampling::Bilinear => {
            let Shape { height, width, .. } = up.shape(x);
            let align_corners = true;
            let interpolation = Interpolation::Bilinear { align_corners };
            up.resize("up", x, [2 * height, 2 * width], interpolation)
        }
    }
}

/// `x` with zeros around it up to the size of `skip`: a size that was odd on the way down comes back one
/// short.
fn padded_to(up: &Scope<'_>, x: NodeId, skip: Shape) -> Result<NodeId> {
    let shape = up.shape(x);
    let rows = skip.height.saturating_sub(shape.height);
    let columns = skip.width.saturating_sub(shape.width);
    let padding = Padding {
        top: rows / 2,
        left: columns / 2,
        bottom: rows - rows / 2,
        right: columns - columns / 2,
    };
    if padding.is_zero() {
        return Ok(x);
    }
    up.pad("pad", x, padding)
}
