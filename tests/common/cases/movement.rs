//! Operations that only move values, and those that need not even that.

use menagerie::graph::{
    Activation, Dropout, Expand, Flatten, Number, Op, Pad, Padding, Relayout, Reshape, Slice,
    SliceAxis, Split, Transpose, image_network, network,
};
use menagerie::tensor::{Dims, Element, Layout, Shape, Type};

use super::convolution::mixed;
use super::{Case, add};

/// Who writes what is concatenated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branches {
    /// Nobody: they are inputs, which lie where the caller puts them.
    Inputs,
    /// A convolution of the only input each, straight into its slice where that begins with a quad.
    Computed,
}

/// Maps of `shape` but of these numbers of channels, concatenated.
pub fn concatenation(
    name: &'static str,
    shape: Shape,
    channels: &[usize],
    branches: Branches,
) -> Case {
    let graph = network("case", |net| {
        let input = match branches {
            Branches::Inputs => None,
            Branches::Computed => Some(net.image("input", shape)?),
        };
        let branch = |(index, &channels): (usize, &usize)| {
            let name = format!("branch{index}");
            match input {
                Some(input) => mixed(net, &name, input, channels),
                None => net.image(&name, Shape { channels, ..shape }),
            }
        };
        let branches = channels.iter().enumerate().map(branch);
        let branches: Vec<_> = branches.collect::<menagerie::Result<_>>()?;
        let together = net.concat("concat", &branches)?;
        net.output("output", together)
    });
    Case::new(name, graph)
}

/// The channels of an image in parts of so many, each an output.
pub fn splitting(name: &'static str, shape: Shape, channels: &[usize]) -> Case {
    let graph = network("case", |net| {
        let input = net.image("input", shape)?;
        let parts = net.split("split", input, channels)?;
        let mut parts = parts.into_iter().enumerate();
        parts.try_for_each(|(index, part)| net.output(&format!("part{index}"), part))
    });
    Case::new(name, graph)
}

pub fn pad(padding: Padding) -> Op {
    Op::Pad(Pad::zeros(padding))
}

pub fn flatten() -> Op {
    Op::Flatten(Flatten)
}

pub fn dropout() -> Op {
    Op::Dropout(Dropout)
}

pub fn reshape(extents: &[usize]) -> Op {
    let dims = Dims::new(extents).unwrap();
    Op::Reshape(Reshape { dims })
}

pub fn transpose(axes: &[usize]) -> Op {
    let axes = axes.to_vec();
    Op::Transpose(Transpose { axes })
}

/// Begin, step and count along each axis.
pub fn slice(axes: &[(usize, isize, usize)]) -> Op {
    let axes = axes
        .iter()
        .map(|&(begin, step, count)| SliceAxis { begin, step, count });
    Op::Slice(Slice {
        axes: axes.collect(),
    })
}

pub fn expand(extents: &[usize]) -> Op {
    let dims = Dims::new(extents).unwrap();
    Op::Expand(Expand { dims })
}

/// A copy with channels last of an image whose axes were put into this order.
fn relayout(name: &'static str, axes: &[usize], shape: Shape) -> Case {
    let graph = image_network("case", shape, |net, x| {
        let turned = net.transpose("turned", x, axes)?;
        let layout = Layout::channels_last(4);
        add(
            net,
            "relayout",
            Op::Relayout(Relayout { layout }),
            &[turned],
        )
    });
    Case::new(name, graph)
}

/// The channels of an image in `groups` groups, taken from each group in turn (ShuffleNet's channel shuffle).
fn shuffle(name: &'static str, groups: usize, shape: Shape) -> Case {
    let Shape {
        channels,
        height,
        width,
    } = shape;
    let each = channels / groups;
    let graph = image_network("case", shape, |net, x| {
        let apart = net.reshape("apart", x, &[groups, each, height, width])?;
        let turned = net.transpose("turned", apart, &[1, 0, 2, 3])?;
        net.reshape("together", turned, &[channels, height, width])
    });
    Case::new(name, graph)
}

/// A point-wise operation on an image whose axes are in this order.
fn activated(name: &'static str, axes: &[usize], shape: Shape) -> Case {
    let graph = image_network("case", shape, |net, x| {
        let turned = net.transpose("turned", x, axes)?;
        let active = net.activation("silu", turned, Activation::Silu)?;
        let twice = net.add("twice", active, turned)?;
        net.reshape("row", twice, &[1, shape.elements(), 1])
    });
    Case::new(name, graph)
}

/// The product of an image whose axes are in this order and a constant of its extents.
fn scaled(name: &'static str, axes: &[usize], shape: Shape) -> Case {
    let graph = image_network("case", shape, |net, x| {
        let turned = net.transpose("turned", x, axes)?;
        let image = [shape.channels, shape.height, shape.width];
        let extents: Vec<usize> = axes.iter().map(|&axis| image[axis]).collect();
        let factor = net.parameter("factor", &[&[1], &*extents].concat())?;
        let scaled = net.multiply("scaled", turned, factor)?;
        net.reshape("row", scaled, &[1, shape.elements(), 1])
    });
    Case::new(name, graph)
}

/// `op` of a value per image that has these extents.
pub fn of_rank(name: &'static str, op: Op, extents: &[usize]) -> Case {
    let graph = network("case", |net| {
        let x = net.input("input", Type::per_image(Element::F32, extents)?)?;
        let y = add(net, "op", op, &[x])?;
        net.output("output", y)
    });
    Case::new(name, graph)
}

pub fn cases() -> Vec<Case> {
    let (odd, small) = (Shape::new(7, 2, 3), Shape::new(2, 3, 4));
    let square = |channels| Shape::new(channels, 2, 2);
    vec![
        concatenation("concat", square(1), &[2, 3], Branches::Inputs).costing(0, 8 + 12 + 20, 0),
        concatenation("concat of many", odd, &[3, 1, 1, 1, 6], Branches::Inputs).batch(3),
        concatenation("concat in place", odd, &[4, 8, 3], Branches::Computed)
            .batch(3)
            .costing(0, 2 * 6 * 15, 0),
        concatenation("concat beside quads", odd, &[3, 5], Branches::Computed),
        splitting("split", odd, &[4, 3])
            .batch(3)
            .costing(0, 42 + 42, 0),
        Case::unary("pad", pad(Padding::all(1)), Shape::new(2, 3, 3)).costing(0, 18 + 50, 0),
        Case::unary(
            "lopsided pad of odd channels",
            pad(Padding {
                top: 0,
                left: 3,
                bottom: 2,
                right: 1,
            }),
            odd,
        )
        .batch(3),
        Case::unary(
            "pad with a value",
            Op::Pad(Pad {
                padding: Padding::all(1),
                value: Number(-0.75),
            }),
            odd,
        )
        .batch(2),
        of_rank(
            "split of a sequence",
            Op::Split(Split {
                channels: vec![3, 5],
            }),
            &[8, 3],
        )
        .batch(2),
        Case::new(
            "concat of sequences",
            network("case", |net| {
                let part = |name: &str, channels: usize| {
                    net.input(name, Type::per_image(Element::F32, &[channels, 5])?)
                };
                let parts = [part("a", 3)?, part("b", 6)?];
                net.output("output", net.concat("concat", &parts)?)
            }),
        )
        .batch(2),
        Case::unary("flatten", flatten(), small).costing(0, 24 + 24, 0),
        Case::unary("flatten of odd channels", flatten(), odd).batch(3),
        Case::unary("flatten of a pixel", flatten(), Shape::new(7, 1, 1)).batch(3),
        Case::unary("dropout", dropout(), small).costing(0, 24 + 24, 0),
        Case::unary("reshape of a pixel", reshape(&[7]), Shape::new(7, 1, 1))
            .batch(3)
            .costing(0, 7 + 7, 0),
        splitting("split beside quads", Shape::new(7, 2, 3), &[3, 4]).costing(0, 42 + 42, 0),
        splitting(
            "split of many beside quads",
            Shape::new(13, 2, 3),
            &[1, 5, 4, 2, 1],
        )
        .batch(3),
        Case::unary("reshape", reshape(&[4, 3, 2]), Shape::new(2, 3, 4)).costing(0, 24 + 24, 0),
        Case::unary(
            "reshape of odd channels",
            reshape(&[3, 7, 5]),
            Shape::new(5, 3, 7),
        )
        .batch(3),
        Case::unary("reshape to a vector", reshape(&[30]), Shape::new(5, 3, 2)).batch(3),
        Case::unary("transpose", transpose(&[1, 2, 0]), small).costing(0, 24 + 24, 0),
        Case::unary("transpose of odd channels", transpose(&[2, 0, 1]), odd).batch(3),
        Case::unary("transpose of rows and columns", transpose(&[0, 2, 1]), odd).batch(3),
        of_rank(
            "transpose of five axes",
            transpose(&[4, 1, 3, 0, 2]),
            &[2, 3, 5, 2, 3],
        )
        .batch(2),
        of_rank("transpose of a matrix", transpose(&[1, 0]), &[5, 6]).batch(3),
        of_rank(
            "reshape of five axes",
            reshape(&[15, 4, 3]),
            &[2, 3, 5, 2, 3],
        )
        .batch(2),
        of_rank("reshape of a sequence", reshape(&[2, 3, 5]), &[6, 5]).batch(3),
        relayout("relayout", &[2, 0, 1], odd)
            .batch(3)
            .costing(0, 42 + 42, 0),
        shuffle("channel shuffle", 2, Shape::new(12, 3, 2)).batch(3),
        shuffle("channel shuffle of odd groups", 3, Shape::new(15, 2, 2)),
        activated("activation of columns first", &[2, 0, 1], odd).batch(3),
        activated("activation of channels first", &[1, 2, 0], odd).batch(2),
        scaled("product of columns first", &[2, 0, 1], odd).batch(3),
        scaled("product of channels first", &[1, 2, 0], odd).batch(2),
        Case::unary("slice", slice(&[(1, 1, 3), (0, 1, 2), (2, -1, 2)]), odd)
            .batch(3)
            .costing(0, 42 + 12, 0),
        Case::unary(
            "slice of quads",
            slice(&[(4, 1, 3), (0, 1, 2), (0, 1, 3)]),
            odd,
        )
        .batch(3),
        Case::unary(
            "slice of every second pixel",
            slice(&[(0, 1, 5), (1, 2, 2), (0, 2, 3)]),
            Shape::new(5, 4, 6),
        ),
        Case::unary(
            "slice backwards",
            slice(&[(6, -1, 7), (1, -1, 2), (2, -1, 3)]),
            odd,
        )
        .batch(2),
        of_rank(
            "slice of a sequence",
            slice(&[(0, 1, 1), (0, 1, 5)]),
            &[6, 5],
        )
        .batch(3),
        Case::unary("expand", expand(&[7, 2, 3]), Shape::new(7, 1, 1))
            .batch(3)
            .costing(0, 7 + 42, 0),
        Case::unary(
            "expand of one channel",
            expand(&[5, 2, 3]),
            Shape::new(1, 2, 3),
        )
        .batch(2),
        of_rank("expand of a vector", expand(&[4, 3, 6]), &[6]).batch(3),
        // A sum of what is a part and what is another name of the whole.
        Case::new(
            "views of one value",
            network("case", |net| {
                let input = net.image("input", Shape::new(8, 2, 3))?;
                let parts = net.split("split", input, &[4, 4])?;
                let same = add(net, "dropout", dropout(), &[parts[1]])?;
                let sum = net.add("add", parts[0], same)?;
                net.output("output", sum)
            }),
        ),
    ]
}
