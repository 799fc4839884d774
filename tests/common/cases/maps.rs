//! What changes the size of maps, and normalisation across channels.

use menagerie::graph::{
    Activation, Crop, GroupNorm, Interpolation, LayerNorm, LocalResponseNorm, Number, Op, Padding,
    Pointwise, Resize, image_network,
};
use menagerie::tensor::Shape;

use super::{Case, fused, weighted};

pub fn resize([height, width]: [usize; 2], interpolation: Interpolation) -> Op {
    Op::Resize(Resize {
        height,
        width,
        interpolation,
    })
}

pub fn crop(border: Padding) -> Op {
    Op::Crop(Crop { border })
}

/// AlexNet's, but for what is given.
pub fn local_response_norm(size: usize, alpha: f64, beta: f64, k: f64) -> Op {
    Op::LocalResponseNorm(LocalResponseNorm {
        size,
        alpha: Number(alpha),
        beta: Number(beta),
        k: Number(k),
    })
}

/// A layer normalisation of `x + offset`, with or without a beta.
pub fn layer_norm(name: &'static str, shape: Shape, offset: f64, beta: bool) -> Case {
    let graph = image_network("case", shape, |net, x| {
        let sum = Pointwise::identity().plus(&Pointwise::constant(offset));
        let x = match offset == 0.0 {
            true => x,
            false => net.pointwise("offset", sum, &[x])?,
        };
        let op = Op::LayerNorm(LayerNorm {
            epsilon: Number(1e-6),
        });
        let channels = shape.channels;
        weighted(net, "norm", op, x, &[channels], beta.then_some(channels))
    });
    Case::new(name, graph)
}

/// A group normalisation of `x + offset`, with or without a beta.
pub fn group_norm(
    name: &'static str,
    shape: Shape,
    groups: usize,
    offset: f64,
    beta: bool,
) -> Case {
    let graph = image_network("case", shape, |net, x| {
        let sum = Pointwise::identity().plus(&Pointwise::constant(offset));
        let x = match offset == 0.0 {
            true => x,
            false => net.pointwise("offset", sum, &[x])?,
        };
        let op = Op::GroupNorm(GroupNorm {
            groups,
            epsilon: Number(1e-5),
        });
        let channels = shape.channels;
        weighted(net, "norm", op, x, &[channels], beta.then_some(channels))
    });
    Case::new(name, graph)
}

/// What networks have behind a normalisation, in one call: a residual, and an activation.
fn group_norm_before(name: &'static str, function: Activation, has_residual: bool) -> Case {
    let graph = image_network("case", Shape::new(15, 4, 3), |net, x| {
        let mut x = x;
        let norm = net.group_norm("norm", x, 3, 1e-5)?;
        x = match has_residual {
            true => net.add("sum", norm, x)?,
            false => norm,
        };
        net.activation("activation", x, function)
    });
    let passes = ["fuse_residual", "fuse_activation"];
    Case::new(name, fused(graph, &passes, 1))
}

pub fn cases() -> Vec<Case> {
    let bilinear = |align_corners| Interpolation::Bilinear { align_corners };
    let (small, large) = (Shape::new(1, 2, 2), Shape::new(96, 13, 11));
    let odd = Shape::new(5, 6, 7);
    let border = Padding {
        top: 1,
        left: 2,
        bottom: 0,
        right: 3,
    };
    vec![
        Case::unary("nearest", resize([4, 4], Interpolation::Nearest), small).costing(0, 4 + 16, 0),
        // Two mixtures along a row and one of both, each a difference, a product and a sum.
        Case::unary("bilinear", resize([4, 4], bilinear(false)), small).costing(
            16 * 3 * 3,
            4 + 16,
            0,
        ),
        Case::unary("bilinear, smaller", resize([4, 3], bilinear(true)), odd).batch(3),
        Case::unary("crop", crop(Padding::all(1)), Shape::new(2, 5, 5)).costing(0, 50 + 18, 0),
        Case::unary("lopsided crop of odd channels", crop(border), odd).batch(3),
        // A square, which the neighbours share, the sum of five, then scale, shift, power and division.
        Case::unary(
            "local response norm",
            local_response_norm(5, 1e-4, 0.75, 2.0),
            Shape::new(6, 2, 2),
        )
        .costing(24 * (1 + 5 + 4), 24 + 24, 0),
        Case::unary(
            "local response norm over more than there is",
            local_response_norm(11, 1.5, 0.5, 1.0),
            odd,
        )
        .batch(3),
        // The sum of the mean; difference, square and sum of the variance; difference, quotient, product and sum.
        layer_norm("layer norm", Shape::new(6, 2, 2), 0.0, true).costing(
            24 * (1 + 3 + 4),
            24 + 24,
            6 + 6,
        ),
        layer_norm("layer norm of odd channels", odd, 0.0, false).batch(3),
        layer_norm("layer norm of a vector", Shape::vector(37), 0.0, true).batch(3),
        // The same sums.
        group_norm("group norm", Shape::new(6, 2, 2), 2, 0.0, true).costing(
            24 * (1 + 3 + 4),
            24 + 24,
            6 + 6,
        ),
        group_norm("instance norm", odd, odd.channels, 0.0, true).batch(3),
        group_norm("group norm of pairs", Shape::new(12, 5, 3), 6, 0.0, false).batch(2),
        group_norm("group norm of quads", Shape::new(16, 5, 3), 4, 0.0, true).batch(2),
        group_norm(
            "group norm across quads",
            Shape::new(30, 5, 3),
            5,
            0.0,
            true,
        )
        .batch(2),
        group_norm("group norm of one group", odd, 1, 0.0, true).batch(2),
        group_norm("group norm of a large mean", large, 8, 3000.0, true),
        group_norm_before("group norm with a residual", Activation::Relu, true).batch(2),
        group_norm_before("group norm with SiLU", Activation::Silu, false),
        group_norm_before(
            "group norm with a residual and SiLU",
            Activation::Silu,
            true,
        ),
        // The mean is thousands of deviations.
        layer_norm("layer norm of a large mean", large, 3000.0, true),
        // U-Net's and AlexNet's shapes, of which random small ones are unlike.
        Case::unary(
            "bilinear of many channels",
            resize([26, 22], bilinear(false)),
            large,
        ),
        Case::unary(
            "bilinear between corners",
            resize([26, 22], bilinear(true)),
            large,
        ),
        Case::unary(
            "nearest of many channels",
            resize([26, 22], Interpolation::Nearest),
            large,
        ),
        Case::unary("crop of many channels", crop(border), large),
        Case::unary(
            "local response norm of many channels",
            local_response_norm(5, 1e-4, 0.75, 2.0),
            large,
        ),
    ]
}
