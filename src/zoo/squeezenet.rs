//! SqueezeNet: Iandola et al. 2016, "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and
//! <0.5MB model size" (arXiv:1602.07360), and the authors' later release 1.1. Graph and names are
//! torchvision's `models/squeezenet.py`.

use crate::error::Result;
use crate::graph::{Conv, Graph, Scope, ValueId, Window, image_network};
use crate::tensor::Shape;

/// One of the releases.
pub struct Config {
    /// Channels of the first convolution, and height and width of its filters.
    stem: (usize, usize),
    /// Fire modules by the pooling before them: channels squeezed to, channels of each expanding half.
    fires: [&'static [(usize, usize)]; 3],
}

/// Release 1.0, the paper's.
pub const V1_0: Config = Config {
    stem: (96, 7),
    fires: [
        &[(16, 64), (16, 64), (32, 128)],
        &[(32, 128), (48, 192), (48, 192), (64, 256)],
        &[(64, 256)],
    ],
};

/// Release 1.1, which pools earlier.
pub const V1_1: Config = Config {
    stem: (64, 3),
    fires: [
        &[(16, 64), (16, 64)],
        &[(32, 128), (32, 128)],
        &[(48, 192), (48, 192), (64, 256), (64, 256)],
    ],
};

/// The release `config` for images of `input`.
pub fn build(name: &str, config: &Config, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let features = net.at("features");
        let (channels, kernel) = config.stem;
        let x = features.conv("0", x, Conv::new(channels, kernel).stride(2).bias())?;
        let mut x = features.relu("1", x)?;
        let mut index = 2;
        for fires in config.fires {
            let pool = Window::square(3, 2).rounded_up();
            x = features.max_pool(&index.to_string(), x, pool)?;
            index += 1;
            for &(squeezed, expanded) in fires {
                x = fire(&features.at(index), x, squeezed, expanded)?;
                index += 1;
            }
        }
        let classifier = net.at("classifier");
        let x = classifier.dropout("0", x)?;
        let x = classifier.conv("1", x, Conv::new(classes, 1).bias())?;
        let x = classifier.relu("2", x)?;
        classifier.global_average_pool("3", x)
    })
}

/// Squeeze by 1x1, expand by 1x1 and by 3x3 side by side.
fn fire(net: &Scope<'_>, x: ValueId, squeezed: usize, expanded: usize) -> Result<ValueId> {
    let x = conv_relu(net, "squeeze", x, Conv::new(squeezed, 1))?;
    let narrow = conv_relu(net, "expand1x1", x, Conv::new(expanded, 1))?;
    let wide = conv_relu(net, "expand3x3", x, Conv::new(expanded, 3).padding(1))?;
    net.concat("concat", &[narrow, wide])
}

fn conv_relu(net: &Scope<'_>, name: &str, x: ValueId, conv: Conv) -> Result<ValueId> {
    let x = net.conv(name, x, conv.bias())?;
    net.relu(&format!("{name}_activation"), x)
}
