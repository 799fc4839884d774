//! Inverted residuals: the block of MobileNet v2 (Sandler et al. 2018, arXiv:1801.04381) and of the networks that
//! were searched for since. It expands by 1x1, filters each channel, gates the channels where it has squeeze and
//! excitation, and projects by 1x1 without an activation.

use super::torchvision::SqueezeExcitation;
use crate::error::Result;
use crate::graph::{Activation, Conv, Scope, ValueId};

/// A run of blocks, of which only the first has the stride.
pub struct Stage {
    /// Channels that are filtered, over those that go in.
    pub expansion: usize,
    /// Height and width of the filter.
    pub kernel: usize,
    /// Channels that come out.
    pub out_channels: usize,
    /// Number of blocks.
    pub count: usize,
    /// Of the first block.
    pub stride: usize,
}

/// A row of the tables in the papers.
pub const fn stage(
    expansion: usize,
    kernel: usize,
    out_channels: usize,
    count: usize,
    stride: usize,
) -> Stage {
    Stage {
        expansion,
        kernel,
        out_channels,
        count,
        stride,
    }
}

impl Stage {
    /// The stride of each block.
    pub fn strides(&self) -> impl Iterator<Item = usize> {
        let first = self.stride;
        (0..self.count).map(move |block| if block == 0 { first } else { 1 })
    }
}

/// One block.
pub struct InvertedResidual {
    /// Channels that are filtered.
    pub expanded: usize,
    /// Height and width of the filter.
    pub kernel: usize,
    /// Of the filter.
    pub stride: usize,
    /// Of the filter.
    pub dilation: usize,
    /// Channels that come out.
    pub out_channels: usize,
    /// The border that the filter gets.
    pub border: fn(Conv) -> Conv,
    /// Behind the first two convolutions.
    pub activation: Activation,
    /// Added to each variance.
    pub epsilon: f64,
    /// The gate of the filtered channels.
    pub squeeze_excitation: Option<SqueezeExcitation>,
}

/// What layers are called: a convolution, its batch normalisation, and the function behind them.
pub struct Names {
    /// Layers that expand; none where there is nothing to expand.
    pub expand: Option<[String; 3]>,
    /// Layers that filter.
    pub filter: [String; 3],
    /// The module that gates, where the block has one.
    pub squeeze_excitation: String,
    /// Layers that project.
    pub project: [String; 2],
}

/// The layers of torchvision's `Conv2dNormActivation` that is called `module`.
pub fn nested(module: usize) -> [String; 3] {
    [0, 1, 2].map(|layer| format!("{module}.{layer}"))
}

impl InvertedResidual {
    /// A block of `stage` for `in_channels`: no gate, and the border that keeps height and width.
    pub fn of_stage(
        stage: &Stage,
        stride: usize,
        in_channels: usize,
        activation: Activation,
        epsilon: f64,
    ) -> Self {
        Self {
            expanded: in_channels * stage.expansion,
            kernel: stage.kernel,
            stride,
            dilation: 1,
            out_channels: stage.out_channels,
            border: Conv::centred,
            activation,
            epsilon,
            squeeze_excitation: None,
        }
    }

    /// The same block without a stride, with a filter that is dilated by `dilation`.
    pub fn dilated(self, dilation: usize) -> Self {
        Self {
            stride: 1,
            dilation,
            ..self
        }
    }

    /// Adds the block to `net`, in modules that are counted through, as torchvision's newer networks have them.
    pub fn build(&self, net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
        let expands = self.expanded != net.shape(x)?.channels;
        let filter = usize::from(expands);
        let gate = filter + 1;
        let project = gate + usize::from(self.squeeze_excitation.is_some());
        let [conv, norm, _] = nested(project);
        let names = Names {
            expand: expands.then(|| nested(0)),
            filter: nested(filter),
            squeeze_excitation: gate.to_string(),
            project: [conv, norm],
        };
        self.build_named(net, x, &names)
    }

    /// Adds the block to `net`, with layers of these names.
    pub fn build_named(&self, net: &Scope<'_>, x: ValueId, names: &Names) -> Result<ValueId> {
        let mut y = x;
        if let Some(names) = &names.expand {
            y = self.conv_norm_act(net, names, y, Conv::new(self.expanded, 1))?;
        }
        let filter = Conv::new(self.expanded, self.kernel)
            .stride(self.stride)
            .dilation(self.dilation)
            .groups(self.expanded);
        y = self.conv_norm_act(net, &names.filter, y, (self.border)(filter))?;
        if let Some(gate) = self.squeeze_excitation {
            y = gate.build(&net.at(&names.squeeze_excitation), y)?;
        }
        let [conv, norm] = &names.project;
        y = net.conv(conv, y, Conv::new(self.out_channels, 1))?;
        y = net.batch_norm(norm, y, self.epsilon)?;
        if self.stride == 1 && net.shape(x)?.channels == self.out_channels {
            y = net.add("add", x, y)?;
        }
        Ok(y)
    }

    fn conv_norm_act(
        &self,
        net: &Scope<'_>,
        [conv, norm, activation]: &[String; 3],
        x: ValueId,
        layer: Conv,
    ) -> Result<ValueId> {
        let x = net.conv(conv, x, layer)?;
        let x = net.batch_norm(norm, x, self.epsilon)?;
        net.activation(activation, x, self.activation)
    }
}
