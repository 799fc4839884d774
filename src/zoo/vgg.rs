//! VGG: Simonyan, Zisserman 2014, "Very deep convolutional networks for large-scale image recognition"
//! (arXiv:1409.1556). Graph and names are torchvision's `models/vgg.py`.

use crate::error::Result;
use crate::graph::{Conv, Graph, Scope, ValueId, Window, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-5;
/// Channels of each stage.
const WIDTHS: [usize; 5] = [64, 128, 256, 512, 512];
/// Height and width that the classifier takes.
const GRID: usize = 7;
/// Length of the classifier's hidden layers.
const HIDDEN: usize = 4096;

/// A column of the paper's table 1.
pub struct Config {
    /// Number of 3x3 convolutions in each stage.
    pub depths: [usize; 5],
    /// Whether each of them is normalised, which came after the paper.
    pub batch_norm: bool,
}

/// Column A: 11 layers.
pub const VGG11: Config = plain([1, 1, 2, 2, 2]);
/// Column B: 13 layers.
pub const VGG13: Config = plain([2, 2, 2, 2, 2]);
/// Column D: 16 layers.
pub const VGG16: Config = plain([2, 2, 3, 3, 3]);
/// Column E: 19 layers.
pub const VGG19: Config = plain([2, 2, 4, 4, 4]);

/// Column A, normalised.
pub const VGG11_BN: Config = normalised(VGG11);
/// Column B, normalised.
pub const VGG13_BN: Config = normalised(VGG13);
/// Column D, normalised.
pub const VGG16_BN: Config = normalised(VGG16);
/// Column E, normalised.
pub const VGG19_BN: Config = normalised(VGG19);

const fn plain(depths: [usize; 5]) -> Config {
    Config {
        depths,
        batch_norm: false,
    }
}

const fn normalised(config: Config) -> Config {
    Config {
        batch_norm: true,
        ..config
    }
}

/// The network of `config` for images of `input`.
pub fn build(name: &str, config: &Config, input: Shape, classes: usize) -> Result<Graph> {
    image_network(name, input, |net, x| {
        let x = features(&net.at("features"), x, config)?;
        let x = net.adaptive_average_pool("avgpool", x, GRID)?;
        let x = net.flatten("flatten", x)?;
        let classifier = net.at("classifier");
        let x = classifier.linear("0", x, HIDDEN)?;
        let x = classifier.relu("1", x)?;
        let x = classifier.dropout("2", x)?;
        let x = classifier.linear("3", x, HIDDEN)?;
        let x = classifier.relu("4", x)?;
        let x = classifier.dropout("5", x)?;
        classifier.linear("6", x, classes)
    })
}

/// The stages, each halved by a pooling. Layers are numbered through, whatever they are.
fn features(net: &Scope<'_>, mut x: ValueId, config: &Config) -> Result<ValueId> {
    let mut numbers = 0_usize..;
    let mut next = || numbers.next().unwrap_or_default().to_string();
    for (&width, &depth) in WIDTHS.iter().zip(&config.depths) {
        for _ in 0..depth {
            x = net.conv(&next(), x, Conv::new(width, 3).padding(1).bias())?;
            if config.batch_norm {
                x = net.batch_norm(&next(), x, EPSILON)?;
            }
            x = net.relu(&next(), x)?;
        }
        x = net.max_pool(&next(), x, Window::square(2, 2))?;
    }
    Ok(x)
}
