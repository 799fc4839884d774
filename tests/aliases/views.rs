//! Parts that are read where the whole lies, and what only has another name.

use menagerie::graph::{Dropout, Flatten, Op, Reshape};
use menagerie::tensor::Dims;

use crate::case::{Case, case, conv, graph, one};

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "a split where its input lies",
            graph(|net, x| {
                let a = conv(net, "a", x, 11)?;
                let parts = net.split("split", a, &[4, 7])?;
                let b = conv(net, "b", parts[0], 4)?;
                let c = conv(net, "c", parts[1], 4)?;
                net.add("add", b, c)
            }),
            &["a 0 of 3", "b 0 of 1", "c 0 of 1", "add 0 of 1"],
        ),
        case(
            "a split of a slice",
            graph(|net, x| {
                let a = conv(net, "a", x, 4)?;
                let b = conv(net, "b", x, 12)?;
                let whole = net.concat("concat", &[a, b])?;
                let parts = net.split("split", b, &[4, 8])?;
                let c = conv(net, "c", parts[1], 16)?;
                net.add("add", whole, c)
            }),
            &["a 0 of 4", "b 1 of 4", "c 0 of 4", "add 0 of 4"],
        ),
        case(
            "a split of the network's input, of which a part is the answer",
            graph(|net, x| Ok(net.split("split", x, &[4, 4])?[1])),
            &[],
        ),
        case(
            "a flattening of a pixel",
            graph(|net, x| {
                let pixel = net.adaptive_average_pool("pool", x, 1)?;
                let flat = one(net, "flatten", Op::Flatten(Flatten), pixel)?;
                net.linear("fc", flat, 6)
            }),
            &["pool 0 of 2", "fc 0 of 2"],
        ),
        case(
            "a flattening of more pixels",
            graph(|net, x| {
                let flat = one(net, "flatten", Op::Flatten(Flatten), x)?;
                net.linear("fc", flat, 6)
            }),
            &["flatten 0 of 12", "fc 0 of 2"],
        ),
        case(
            "a pixel under other extents",
            graph(|net, x| {
                let vector = net.global_average_pool("pool", x)?;
                let dims = Dims::new(&[8, 1, 1])?;
                let pixel = one(net, "reshape", Op::Reshape(Reshape { dims }), vector)?;
                conv(net, "a", pixel, 4)
            }),
            &["pool 0 of 2", "a 0 of 1"],
        ),
        case(
            "a pixel under extents of more pixels",
            graph(|net, x| {
                let vector = net.global_average_pool("pool", x)?;
                let dims = Dims::new(&[2, 2, 2])?;
                let image = one(net, "reshape", Op::Reshape(Reshape { dims }), vector)?;
                conv(net, "a", image, 4)
            }),
            &["pool 0 of 2", "reshape.copy 0 of 1", "a 0 of 1"],
        ),
        case(
            "a flattening is written by nobody",
            graph(|net, x| {
                let pixel = net.adaptive_average_pool("pool", x, 1)?;
                let flat = one(net, "flatten", Op::Flatten(Flatten), pixel)?;
                let fc = net.linear("fc", flat, 4)?;
                net.concat("concat", &[flat, fc])
            }),
            &["pool 0 of 2", "fc 0 of 1", "concat 0 of 3", "concat 0 of 3"],
        ),
        case(
            "a split beside quads is computed",
            graph(|net, x| {
                let parts = net.split("split", x, &[3, 5])?;
                let a = conv(net, "a", parts[0], 4)?;
                let b = conv(net, "b", parts[1], 4)?;
                net.add("add", a, b)
            }),
            &[
                "split 0 of 1",
                "split 0 of 2",
                "a 0 of 1",
                "b 0 of 1",
                "add 0 of 1",
            ],
        ),
        case(
            "names of names",
            graph(|net, x| {
                let a = conv(net, "a", x, 8)?;
                let once = one(net, "once", Op::Dropout(Dropout), a)?;
                let part = net.split("split", once, &[4, 4])?[1];
                let twice = one(net, "twice", Op::Dropout(Dropout), part)?;
                conv(net, "b", twice, 3)
            }),
            &["a 0 of 2", "b 0 of 1"],
        ),
    ]
}
