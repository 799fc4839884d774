//! The layer whose kernels are compared: a convolution of a shape, or a layer of a network.

use std::str::FromStr;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use menagerie::graph::{Graph, NodeId, Padding, Window};
use menagerie::passes::{PassSet, optimize};
use menagerie::{Error, ErrorKind, Result, zoo};

use crate::cli::arguments::Size;

/// The only node of a graph of a single layer.
pub const LAYER: NodeId = NodeId::FIRST;

/// `--conv` and its extents, or `--layer`.
#[derive(Args)]
pub struct LayerArguments {
    /// Shape of the weight: output channels, input channels of a group, height and width of the window
    #[arg(
        long,
        value_name = "OUTxINxHEIGHTxWIDTH",
        requires = "size",
        required_unless_present = "layer"
    )]
    conv: Option<WeightShape>,
    /// Size of the input: one number for a square, or HEIGHTxWIDTH
    #[arg(long, value_name = "SIZE")]
    size: Option<Size>,
    /// Stride of the window in pixels
    #[arg(long, default_value_t = 1, value_parser = extent(1))]
    stride: usize,
    /// Padding on all sides in pixels; half of the window by default
    #[arg(long, value_parser = extent(0))]
    padding: Option<usize>,
    /// Number of groups
    #[arg(long, default_value_t = 1, value_parser = extent(1))]
    groups: usize,
    /// A layer of a network instead of a convolution, as `resnet50/maxpool`; without the activation behind it
    #[arg(long, value_name = "MODEL/LAYER", conflicts_with_all = ["conv", "size", "stride", "padding", "groups"])]
    layer: Option<NetworkLayer>,
}

/// A layer of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NetworkLayer {
    model: String,
    layer: String,
}

impl FromStr for NetworkLayer {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text.split_once('/') {
            Some((model, layer)) => Ok(Self {
                model: model.to_owned(),
                layer: layer.to_owned(),
            }),
            None => Err("expected MODEL/LAYER, as in resnet50/maxpool".to_owned()),
        }
    }
}

impl NetworkLayer {
    /// The graph of the layer alone, as plans have it: after the passes.
    fn graph(&self) -> Result<Graph> {
        let graph = optimize(&zoo::find(&self.model)?.graph()?, &PassSet::all())?;
        let result = graph.value(graph.find(&self.layer)?);
        let Some(node) = result.node() else {
            let message = format!("{}: {} is an input, not a layer", self.model, self.layer);
            return Err(Error::new(ErrorKind::UnknownLayer, message));
        };
        graph.layer(node)
    }
}

impl LayerArguments {
    /// The graph of the layer alone.
    pub fn graph(&self) -> Result<Graph> {
        match (&self.layer, self.conv, self.size) {
            (Some(layer), ..) => layer.graph(),
            (None, Some(conv), Some(size)) => self.convolution(conv, size),
            // The parser has refused this.
            (None, ..) => Err(Error::new(
                ErrorKind::Input,
                "expected a convolution or a layer",
            )),
        }
    }

    fn convolution(&self, conv: WeightShape, size: Size) -> Result<Graph> {
        let WeightShape {
            out_channels,
            in_channels,
            kernel,
        } = conv;
        let padding = match self.padding {
            Some(pixels) => Padding::all(pixels),
            None => Padding::centred(kernel),
        };
        let window = Window {
            kernel,
            stride: [self.stride; 2],
            padding,
            ..Window::square(1, 1)
        };
        let input = size.with_channels(in_channels * self.groups);
        Graph::convolution(input, out_channels, window, self.groups, true)
    }
}

/// The shape of a convolution's weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct WeightShape {
    out_channels: usize,
    /// Of a group.
    in_channels: usize,
    kernel: [usize; 2],
}

/// The most channels, and the most taps along an axis. No network has as many, and their product does not overflow.
const LARGEST_EXTENT: usize = 1 << 15;

/// The most values of a weight: one gigabyte. The system may end a process that takes all memory.
const MOST_WEIGHTS: usize = 1 << 28;

/// Parses a number of pixels or groups.
fn extent(least: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(least..=LARGEST_EXTENT as u64)
}

impl FromStr for WeightShape {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let extents: std::result::Result<Vec<usize>, _> = text.split('x').map(str::parse).collect();
        match extents.as_deref() {
            Ok(&[out_channels, in_channels, height, width])
                if [out_channels, in_channels, height, width]
                    .iter()
                    .all(|extent| (1..=LARGEST_EXTENT).contains(extent))
                    && out_channels * in_channels * height * width <= MOST_WEIGHTS =>
            {
                Ok(Self {
                    out_channels,
                    in_channels,
                    kernel: [height, width],
                })
            }
            _ => Err(format!(
                "expected OUTxINxHEIGHTxWIDTH, each from 1 to {LARGEST_EXTENT}, at most {MOST_WEIGHTS} \
                 values together"
            )),
        }
    }
}
