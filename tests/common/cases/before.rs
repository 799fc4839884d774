//! Batch normalisations, with an activation each, that convolutions compute of what they load.

use menagerie::Result;
use menagerie::graph::{Activation, Graph, Window, image_network};

use super::convolution::{Convolution, lopsided};
use super::{Case, fused};

/// What batch normalisations add to the variance.
const EPSILON: f64 = 1e-5;

/// `function` of a batch normalisation in front of a convolution, which computes all of it.
#[derive(Clone, Copy, Debug)]
pub struct Normalised {
    pub function: Activation,
    pub convolution: Convolution,
}

impl Normalised {
    pub fn case(self, name: &'static str) -> Case {
        let passes = ["fuse_activation", "fuse_residual", "fuse_before"];
        let nodes = 1 + usize::from(self.convolution.residual);
        Case::new(name, fused(self.plain(), &passes, nodes))
    }

    /// Operation by operation. The residual is made of what is not normalised.
    pub fn plain(self) -> Result<Graph> {
        let Self {
            function,
            convolution,
        } = self;
        image_network("case", convolution.input(), |net, x| {
            let normalised = net.batch_norm("bn", x, EPSILON)?;
            let normalised = net.activation("bn.activation", normalised, function)?;
            convolution.layers(net, normalised, x)
        })
    }
}

fn relu(convolution: Convolution) -> Normalised {
    Normalised {
        function: Activation::Relu,
        convolution,
    }
}

pub fn cases() -> Vec<Case> {
    let point = Window::square(1, 1);
    let three = Window::square(3, 1).padded(1);
    let grouped = |groups, each| Convolution {
        groups,
        ..Convolution::dense(each, [5, 6], three)
    };
    vec![
        // A multiply-add and a comparison of each of 2 * 3 * 3 = 18 values, then 4 * 9 = 36 results of 2 * 9 = 18
        // multiply-adds; 72 weights, a scale and a shift for each of 2 channels.
        relu(Convolution::dense([2, 4], [3, 3], three))
            .case("batch norm and relu in front of a conv 3x3")
            .costing(18 * 3 + 36 * 2 * 18, 18 + 36, 72 + 2 * 2),
        relu(Convolution::dense([7, 9], [6, 7], lopsided()).loaded())
            .case("batch norm and relu in front of a conv of odd channels")
            .batch(3),
        relu(Convolution::dense([36, 20], [5, 4], point).loaded())
            .case("batch norm and relu in front of a conv 1x1")
            .batch(3),
        relu(Convolution::dense([10, 6], [1, 1], point).biased())
            .case("batch norm and relu in front of a conv of a pixel")
            .batch(3),
        relu(grouped(3, [4, 8]).loaded())
            .case("batch norm and relu in front of a conv in groups of quads"),
        relu(grouped(2, [3, 5]).loaded())
            .case("batch norm and relu in front of a conv in groups that share quads"),
        relu(Convolution::depthwise(7, [6, 7], three).loaded())
            .case("batch norm and relu in front of a depthwise conv")
            .batch(3),
        relu(Convolution::depthwise(9, [8, 7], Window::square(5, 1).padded(2)))
            .case("batch norm and relu in front of a depthwise conv 5x5"),
        Normalised {
            function: Activation::Identity,
            convolution: Convolution::dense([5, 3], [1, 1], three).biased(),
        }
        .case("batch norm in front of a conv of a pixel, mostly of its border"),
        // Makes something of the zeros in lanes beyond the last channel.
        Normalised {
            function: Activation::Sigmoid,
            convolution: Convolution::dense([6, 5], [4, 5], three),
        }
        .case("batch norm and sigmoid in front of a conv"),
    ]
}
