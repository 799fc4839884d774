//! Networks as Keras's `applications` compute them: borders, strides, biases and epsilons differ from other frameworks' of
//! the same papers.
//!
//! Layers are called as Keras calls them, those without a name as it numbers them in a new session. The tensors of a layer
//! are called and laid out as everywhere in the zoo: `conv1_conv.weight` is the kernel in output, input, row, column order,
//! `conv1_bn.weight`, `.bias`, `.running_mean` and `.running_var` are gamma, beta, moving mean and moving variance. A
//! separable convolution has a `.depthwise.weight` and a `.pointwise.weight`.

mod inception_v3;
mod mobilenet_v2;
mod nasnet_large;
mod resnet50;
mod unnamed;
mod xception;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{BatchNorm, Graph, Listing, Number, Op, Scope, ValueId, image_network};
use crate::tensor::{HostTensor, Shape};

/// Added to each variance, unless a network says otherwise.
const EPSILON: f64 = 1e-3;

/// A network of `keras.applications`.
#[derive(Clone, Copy)]
pub enum Network {
    InceptionV3,
    MobileNetV2,
    NasNetLarge,
    ResNet50,
    Xception,
}

impl Network {
    /// The network for images of `input`.
    pub fn build(self, name: &str, input: Shape, classes: usize) -> Result<Graph> {
        let least = self.shortest_side();
        if input.height.min(input.width) < least {
            return Err(Error::new(
                ErrorKind::Shape,
                format!("expected images of at least {least}x{least}, found {input}"),
            ));
        }
        let mut graph = image_network(name, input, |net, x| {
            let features = match self {
                Network::InceptionV3 => inception_v3::features(net, x),
                Network::MobileNetV2 => mobilenet_v2::features(net, x),
                Network::NasNetLarge => nasnet_large::features(net, x),
                Network::ResNet50 => resnet50::features(net, x),
                Network::Xception => xception::features(net, x),
            };
            net.linear("predictions", features?, classes)
        })?;
        graph.set_listing(Listing::Keras);
        Ok(graph)
    }

    /// The name of its family.
    pub const fn family(self) -> &'static str {
        match self {
            Network::InceptionV3 => "Inception v3",
            Network::MobileNetV2 => "MobileNet v2",
            Network::NasNetLarge => "NASNet-A",
            Network::ResNet50 => "ResNet",
            Network::Xception => "Xception",
        }
    }

    /// Keras refuses images with a shorter side, though layers could take some.
    const fn shortest_side(self) -> usize {
        match self {
            Network::InceptionV3 => 75,
            Network::MobileNetV2 | Network::NasNetLarge | Network::ResNet50 => 32,
            Network::Xception => 71,
        }
    }
}

/// A batch normalisation without gamma: its parameters are `bias`, `running_mean` and `running_var`.
fn unscaled_batch_norm(net: &Scope<'_>, name: &str, x: ValueId) -> Result<ValueId> {
    let layer = net.at(name);
    let channels = net.shape(x)?.channels;
    let inputs = vec![
        Some(x),
        Some(layer.known(
            "weight",
            HostTensor::new(&[channels], vec![1.0_f32; channels])?,
        )?),
        Some(layer.parameter("bias", &[channels])?),
        Some(layer.statistic("running_mean", &[channels])?),
        Some(layer.statistic("running_var", &[channels])?),
    ];
    let op = BatchNorm {
        epsilon: Number(EPSILON),
    };
    let results = net.add_op(name, Op::BatchNorm(op), inputs)?;
    Ok(results[0])
}
