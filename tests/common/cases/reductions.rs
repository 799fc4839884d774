//! Operations that make one value of many along any axes: reductions, and products of computed matrices.

use menagerie::Result;
use menagerie::graph::{
    LayerNorm, Number, Op, Reduce, Reduction, Scope, Softmax, ValueId, image_network, network,
};
use menagerie::tensor::{Element, Shape, Type};

use super::Case;
use super::movement::of_rank;

pub fn reduce(reduction: Reduction, axes: &[usize]) -> Op {
    let axes = axes.to_vec();
    Op::Reduce(Reduce { reduction, axes })
}

fn matrix(net: &Scope<'_>, name: &str, extents: &[usize]) -> Result<ValueId> {
    net.input(name, Type::per_image(Element::F32, extents)?)
}

/// The product of two inputs of these extents.
pub fn product(name: &'static str, a: &[usize], b: &[usize]) -> Case {
    let graph = network("case", |net| {
        let (a, b) = (matrix(net, "a", a)?, matrix(net, "b", b)?);
        net.output("output", net.mat_mul("product", a, b)?)
    });
    Case::new(name, graph)
}

/// The attention of a sequence to itself, with heads.
fn attention(name: &'static str, [length, heads, width]: [usize; 3]) -> Case {
    let graph = network("case", |net| {
        let x = matrix(net, "x", &[length, heads * width])?;
        let apart = net.reshape("apart", x, &[length, heads, width])?;
        let queries = net.transpose("queries", apart, &[1, 0, 2])?;
        let keys = net.transpose("keys", apart, &[1, 2, 0])?;
        let scores = net.mat_mul("scores", queries, keys)?;
        // Softmax is over axis 1, so the keys come first.
        let scores = net.transpose("turned", scores, &[2, 0, 1])?;
        let shares = net.softmax("softmax", scores)?;
        let shares = net.transpose("shares", shares, &[1, 2, 0])?;
        let together = net.mat_mul("values", shares, queries)?;
        net.output("output", net.transpose("output", together, &[1, 0, 2])?)
    });
    Case::new(name, graph)
}

pub fn cases() -> Vec<Case> {
    let odd = Shape::new(7, 2, 3);
    let of = |name, reduction, axes: &[usize]| Case::unary(name, reduce(reduction, axes), odd);
    vec![
        of("sum of pixels", Reduction::Sum, &[1, 2])
            .batch(3)
            .costing(42, 42 + 7, 0),
        of("sum of channels", Reduction::Sum, &[0]).batch(2),
        of("mean of rows", Reduction::Mean, &[1]).batch(2),
        of("mean of an image", Reduction::Mean, &[0, 1, 2]).batch(2),
        of("largest of a row", Reduction::Max, &[2]).batch(2),
        of("smallest of a column", Reduction::Min, &[1]),
        of("product of channels", Reduction::Product, &[0]).batch(2),
        of("norm l1", Reduction::AbsoluteSum, &[0, 2]),
        of("norm l2", Reduction::Norm, &[1, 2]).batch(2),
        of("index of the largest", Reduction::ArgMax, &[0]).batch(2),
        of("index of the smallest", Reduction::ArgMin, &[0, 1, 2]).batch(2),
        Case::unary(
            "mean of many",
            reduce(Reduction::Mean, &[1, 2]),
            Shape::new(3, 40, 30),
        ),
        of_rank("mean of a matrix", reduce(Reduction::Mean, &[1]), &[5, 6]).batch(3),
        of_rank(
            "sum of five axes",
            reduce(Reduction::Sum, &[0, 2, 3]),
            &[2, 3, 5, 2, 3],
        ),
        Case::new(
            "mean of a transposed image",
            image_network("case", odd, |net, x| {
                let turned = net.transpose("turned", x, &[2, 0, 1])?;
                net.reduce("mean", turned, Reduction::Mean, &[1])
            }),
        )
        .batch(2),
        product("a matrix product", &[4, 3], &[3, 5])
            .batch(2)
            .costing(2 * 3 * 20, 12 + 15 + 20, 0),
        product("a long matrix product", &[3, 200], &[200, 2]),
        product("a matrix product in quads", &[5, 70], &[70, 9]).batch(2),
        product("products of many matrices", &[2, 3, 4, 3], &[2, 3, 3, 5]).batch(2),
        product("products with one matrix", &[2, 3, 4, 3], &[3, 5]).batch(2),
        product("products of repeated matrices", &[2, 1, 4, 3], &[3, 3, 5]).batch(2),
        attention("attention", [5, 2, 3]),
        attention("attention in quads", [6, 2, 8]),
        of_rank("softmax of a sequence", Op::Softmax(Softmax), &[7, 4]).batch(2),
        Case::new(
            "layer norm of a sequence",
            network("case", |net| {
                let x = matrix(net, "x", &[6, 5])?;
                let gamma = net.parameter("gamma", &[6])?;
                let epsilon = Number(1e-5);
                let op = Op::LayerNorm(LayerNorm { epsilon });
                let results = net.add_op("norm", op, vec![Some(x), Some(gamma), None])?;
                net.output("output", results[0])
            }),
        )
        .batch(2),
    ]
}
