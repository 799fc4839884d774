//! Convolution layers.

use crate::error::Result;
use crate::graph::{Conv2d, ConvTranspose2d, Op, Padding, Reshape, Scope, ValueId, Window};
use crate::tensor::Dims;

/// The attributes of a convolution layer. The number of input channels is inferred.
///
/// ```
/// use menagerie::graph::Conv;
///
/// // 64 filters of 7x7 taps, moved by two pixels, with a border of three.
/// let stem = Conv::new(64, 7).stride(2).padding(3);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Conv {
    out_channels: usize,
    window: Window,
    same: bool,
    groups: usize,
    bias: bool,
}

impl Conv {
    /// Creates a convolution with `out_channels` filters of `kernel` by `kernel` taps, stride 1, no padding and no
    /// bias.
    pub fn new(out_channels: usize, kernel: usize) -> Self {
        Self::rectangle(out_channels, [kernel; 2])
    }

    /// The same as [`Conv::new`] for a kernel of (height, width) taps.
    pub fn rectangle(out_channels: usize, kernel: [usize; 2]) -> Self {
        Self {
            out_channels,
            window: Window {
                kernel,
                ..Window::square(1, 1)
            },
            same: false,
            groups: 1,
            bias: false,
        }
    }

    /// Sets the stride in pixels, for both axes.
    pub fn stride(mut self, stride: usize) -> Self {
        self.window.stride = [stride; 2];
        self
    }

    /// Sets the dilation: the distance between neighbouring taps in pixels, for both axes.
    pub fn dilation(mut self, dilation: usize) -> Self {
        self.window.dilation = [dilation; 2];
        self
    }

    /// Sets a padding of `pixels` zeros on all sides.
    pub fn padding(mut self, pixels: usize) -> Self {
        self.window.padding = Padding::all(pixels);
        self
    }

    /// Sets a padding of half the kernel. With an odd kernel and a stride of 1, height and width stay the same.
    pub fn centred(mut self) -> Self {
        self.window.padding = Padding::centred(self.window.kernel);
        self
    }

    /// Sets the padding that TensorFlow calls SAME.
    pub fn same_padding(mut self) -> Self {
        self.same = true;
        self
    }

    /// Splits the channels into `groups` groups.
    pub fn groups(mut self, groups: usize) -> Self {
        self.groups = groups;
        self
    }

    /// Adds a bias.
    pub fn bias(mut self) -> Self {
        self.bias = true;
        self
    }
}

impl Scope<'_> {
    /// Adds the convolution `name` with parameters `weight` and, if it has one, `bias`.
    pub fn conv(&self, name: &str, x: ValueId, conv: Conv) -> Result<ValueId> {
        let input = self.shape(x)?;
        let mut op = Conv2d {
            window: conv.window,
            groups: conv.groups,
        };
        if conv.same {
            let padding = op.window.same_padding(input);
            op.window.padding = padding.map_err(|error| error.in_context(self.join(name)))?;
        }
        let weight = op.weight_dims(input.channels, conv.out_channels);
        let inputs = self.with_parameters(name, x, &weight, conv)?;
        self.add_one(name, Op::Conv2d(op), inputs)
    }

    /// Adds the transposed convolution `name` with parameters `weight` and, if it has one, `bias`. The padding is
    /// cropped from the result.
    pub fn conv_transpose(&self, name: &str, x: ValueId, conv: Conv) -> Result<ValueId> {
        let op = ConvTranspose2d {
            window: conv.window,
            output_padding: [0, 0],
            groups: conv.groups,
        };
        let weight = op.weight_dims(self.shape(x)?.channels, conv.out_channels);
        let inputs = self.with_parameters(name, x, &weight, conv)?;
        self.add_one(name, Op::ConvTranspose2d(op), inputs)
    }

    /// Adds the fully connected layer `name` on the channels of each pixel, with parameters `weight` and `bias`. It is a
    /// 1x1 convolution whose weight is stored as `[out, in]`.
    pub fn linear_of_pixels(&self, name: &str, x: ValueId, out_channels: usize) -> Result<ValueId> {
        let layer = self.at(name);
        let in_channels = self.shape(x)?.channels;
        let matrix = layer.parameter("weight", &[out_channels, in_channels])?;
        let bias = layer.parameter("bias", &[out_channels])?;
        let op = Conv2d {
            window: Window::square(1, 1),
            groups: 1,
        };
        let dims = Dims::new(&op.weight_dims(in_channels, out_channels))?;
        let filters =
            layer.add_one("filters", Op::Reshape(Reshape { dims }), vec![Some(matrix)])?;
        self.add_one(
            name,
            Op::Conv2d(op),
            vec![Some(x), Some(filters), Some(bias)],
        )
    }

    fn with_parameters(
        &self,
        name: &str,
        x: ValueId,
        weight: &[usize],
        conv: Conv,
    ) -> Result<Vec<Option<ValueId>>> {
        let layer = self.at(name);
        let weight = layer.parameter("weight", weight)?;
        let bias = match conv.bias {
            true => Some(layer.parameter("bias", &[conv.out_channels])?),
            false => None,
        };
        Ok(vec![Some(x), Some(weight), bias])
    }
}
