//! GoogLeNet: Szegedy et al. 2014, "Going deeper with convolutions" (arXiv:1409.4842). Graph and names are
//! torchvision's `models/googlenet.py`: normalised, and 3x3 where the paper has 5x5.

use super::inception::{chain, conv_norm_relu};
use crate::error::Result;
use crate::graph::{Conv, Graph, Scope, ValueId, Window, image_network};
use crate::tensor::Shape;

/// The paper's heads in the middle, which only training uses: checkpoints have them.
const AUXILIARY_HEADS: [&str; 2] = ["aux1", "aux2"];

/// Channels of an inception module's branches: a row of the paper's table 1.
struct Inception {
    name: &'static str,
    one: usize,
    three_reduce: usize,
    three: usize,
    five_reduce: usize,
    five: usize,
    pool: usize,
}

const fn inception(name: &'static str, channels: [usize; 6]) -> Inception {
    let [one, three_reduce, three, five_reduce, five, pool] = channels;
    Inception {
        name,
        one,
        three_reduce,
        three,
        five_reduce,
        five,
        pool,
    }
}

const INCEPTIONS_3: [Inception; 2] = [
    inception("inception3a", [64, 96, 128, 16, 32, 32]),
    inception("inception3b", [128, 128, 192, 32, 96, 64]),
];
const INCEPTIONS_4: [Inception; 5] = [
    inception("inception4a", [192, 96, 208, 16, 48, 64]),
    inception("inception4b", [160, 112, 224, 24, 64, 64]),
    inception("inception4c", [128, 128, 256, 24, 64, 64]),
    inception("inception4d", [112, 144, 288, 32, 64, 64]),
    inception("inception4e", [256, 160, 320, 32, 128, 128]),
];
const INCEPTIONS_5: [Inception; 2] = [
    inception("inception5a", [256, 160, 320, 32, 128, 128]),
    inception("inception5b", [384, 192, 384, 48, 128, 128]),
];

/// GoogLeNet for images of `input`.
pub fn build(name: &str, input: Shape, classes: usize) -> Result<Graph> {
    let halve = |kernel: usize| Window::square(kernel, 2).rounded_up();
    let mut graph = image_network(name, input, |net, x| {
        let x = conv_norm_relu(net, "conv1", x, Conv::new(64, 7).stride(2).padding(3))?;
        let x = net.max_pool("maxpool1", x, halve(3))?;
        let x = conv_norm_relu(net, "conv2", x, Conv::new(64, 1))?;
        let x = conv_norm_relu(net, "conv3", x, Conv::new(192, 3).padding(1))?;
        let x = net.max_pool("maxpool2", x, halve(3))?;
        let x = modules(net, x, &INCEPTIONS_3)?;
        let x = net.max_pool("maxpool3", x, halve(3))?;
        let x = modules(net, x, &INCEPTIONS_4)?;
        let x = net.max_pool("maxpool4", x, halve(2))?;
        let x = modules(net, x, &INCEPTIONS_5)?;
        let x = net.global_average_pool("avgpool", x)?;
        let x = net.dropout("dropout", x)?;
        net.linear("fc", x, classes)
    })?;
    for head in AUXILIARY_HEADS {
        graph.add_training_branch(head);
    }
    Ok(graph)
}

fn modules(net: &Scope<'_>, mut x: ValueId, inceptions: &[Inception]) -> Result<ValueId> {
    for inception in inceptions {
        x = module(&net.at(inception.name), x, inception)?;
    }
    Ok(x)
}

/// Four branches side by side: the paper's figure 2b.
fn module(net: &Scope<'_>, x: ValueId, widths: &Inception) -> Result<ValueId> {
    let one = conv_norm_relu(net, "branch1", x, Conv::new(widths.one, 1))?;
    let reduced = |branch: &str, reduce: usize, out_channels: usize| {
        let wide = Conv::new(out_channels, 3).padding(1);
        chain(
            &net.at(branch),
            x,
            &[("0", Conv::new(reduce, 1)), ("1", wide)],
        )
    };
    let three = reduced("branch2", widths.three_reduce, widths.three)?;
    let five = reduced("branch3", widths.five_reduce, widths.five)?;
    let branch = net.at("branch4");
    let pooled = branch.max_pool("0", x, Window::square(3, 1).padded(1).rounded_up())?;
    let pooled = conv_norm_relu(&branch, "1", pooled, Conv::new(widths.pool, 1))?;
    net.concat("concat", &[one, three, five, pooled])
}
