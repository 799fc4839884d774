//! U-Net: Ronneberger, Fischer, Brox 2015, "U-Net: convolutional networks for biomedical image
//! segmentation" (arXiv:1505.04597), as most people run it: convolutions are padded, so that the answer
//! has the size of the image, and a batch normalisation follows each. Graph and names are those of
//! milesial's `Pytorch-UNet`, but for sides that are no multiples of 16: there, the image gets a border
//! of zeros and the answer loses it, so that any size will do.

use crate::error::Result;
use crate::graph::{Conv, Graph, Interpolation, Padding, Scope, ValueId, Window, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-5;
/// How often the contracting path halves height and width, and doubles the channels.
const LEVELS: usize = 4;

/// What tells one U-Net from another.
pub struct Config {
    /// Channels at full size.
    width: usize,
    sampling: UpSampling,
}

/// How the expansive path doubles height and width.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UpSampling {
    /// A transposed convolution, which halves the number of channels: the paper's.
    Transposed,
    /// Bilinear interpolation, which keeps the number of channels: the convolutions halve it instead.
    Bilinear,
}

/// The paper's.
pub const UNET: Config = Config {
    width: 64,
    sampling: UpSampling::Transposed,
};
/// The same with fewer parameters on the way up.
pub const UNET_BILINEAR: Config = Config {
    sampling: UpSampling::Bilinear,
    ..UNET
};
/// An eighth of the paper's width, and a 64th of its parameters.
pub const UNET_SMALL: Config = Config { width: 8, ..UNET };

/// The network for images of `input`: an answer for each pixel and class.
pub fn build(name: &str, config: &Config, input: Shape, classes: usize) -> Result<Graph> {
    let &Config { width, sampling } = config;
    let factor = match sampling {
        UpSampling::Transposed => 1,
        UpSampling::Bilinear => 2,
    };
    let border = border(input);
    image_network(name, input, |net, image| {
        let padded = match border.is_zero() {
            true => image,
            false => net.pad("pad", image, border)?,
        };
        let mut x = double_conv(&net.at("inc"), padded, [width; 2])?;
        let mut skips = Vec::with_capacity(LEVELS);
        for level in 1..=LEVELS {
            skips.push(x);
            let down = net.at(format!("down{level}.maxpool_conv"));
            x = down.max_pool("0", x, Window::square(2, 2))?;
            let wide = width << level;
            let wide = if level == LEVELS { wide / factor } else { wide };
            x = double_conv(&down.at(1), x, [wide; 2])?;
        }
        for (index, skip) in skips.into_iter().rev().enumerate() {
            let up = net.at(format!("up{}", index + 1));
            let wide = net.shape(skip)?.channels;
            let y = up_sample(&up, x, sampling, wide)?;
            let joined = up.concat("concat", &[skip, y])?;
            let widths = match sampling {
                UpSampling::Transposed => [wide; 2],
                // The last level has no other below it to be narrowed for.
                UpSampling::Bilinear if wide == width => [wide, wide],
                UpSampling::Bilinear => [wide, wide / factor],
            };
            x = double_conv(&up.at("conv"), joined, widths)?;
        }
        let scores = net.conv("outc.conv", x, Conv::new(classes, 1).bias())?;
        match border.is_zero() {
            true => Ok(scores),
            false => net.crop("crop", scores, border),
        }
    })
}

/// What makes both sides of `input` multiples of what the contracting path divides them by, half of it on
/// each side.
fn border(input: Shape) -> Padding {
    let missing = |side: usize| side.next_multiple_of(1 << LEVELS) - side;
    let (rows, columns) = (missing(input.height), missing(input.width));
    Padding {
        top: rows / 2,
        left: columns / 2,
        bottom: rows - rows / 2,
        right: columns - columns / 2,
    }
}

/// Twice a 3x3 convolution, normalised, with a ReLU.
fn double_conv(net: &Scope<'_>, mut x: ValueId, widths: [usize; 2]) -> Result<ValueId> {
    let net = net.at("double_conv");
    for (index, width) in widths.into_iter().enumerate() {
        let name = |layer: usize| (3 * index + layer).to_string();
        x = net.conv(&name(0), x, Conv::new(width, 3).padding(1))?;
        x = net.batch_norm(&name(1), x, EPSILON)?;
        x = net.relu(&name(2), x)?;
    }
    Ok(x)
}

fn up_sample(up: &Scope<'_>, x: ValueId, sampling: UpSampling, width: usize) -> Result<ValueId> {
    match sampling {
        UpSampling::Transposed => up.conv_transpose("up", x, Conv::new(width, 2).stride(2).bias()),
        UpSampling::Bilinear => {
            let Shape { height, width, .. } = up.shape(x)?;
            let align_corners = true;
            let interpolation = Interpolation::Bilinear { align_corners };
            up.resize("up", x, [2 * height, 2 * width], interpolation)
        }
    }
}
