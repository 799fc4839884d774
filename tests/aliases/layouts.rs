//! Transpositions and reshapings: other names of the same memory, and the copies where kernels need another layout.

use menagerie::Result;
use menagerie::graph::{Scope, ValueId};

use crate::case::{Case, case, conv, graph};

/// The channels of 8x3x2 in two groups, taken from each in turn.
fn shuffled(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let apart = net.reshape("apart", x, &[2, 4, 3, 2])?;
    let turned = net.transpose("turned", apart, &[1, 0, 2, 3])?;
    net.reshape("together", turned, &[8, 3, 2])
}

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "a transposition and its inverse",
            graph(|net, x| {
                let last = net.transpose("last", x, &[1, 2, 0])?;
                let first = net.transpose("first", last, &[2, 0, 1])?;
                conv(net, "a", first, 4)
            }),
            &["a 0 of 1"],
        ),
        case(
            "point-wise arithmetic between transpositions",
            graph(|net, x| {
                let last = net.transpose("last", x, &[1, 2, 0])?;
                let active = net.relu("relu", last)?;
                let first = net.transpose("first", active, &[2, 0, 1])?;
                conv(net, "a", first, 4)
            }),
            &["relu 0 of 2", "a 0 of 1"],
        ),
        case(
            "rows of pixels and back",
            graph(|net, x| {
                let rows = net.reshape("rows", x, &[8, 6])?;
                let image = net.reshape("image", rows, &[8, 3, 2])?;
                conv(net, "a", image, 4)
            }),
            &["a 0 of 1"],
        ),
        case(
            "two readers of a transposed image share a copy",
            graph(|net, x| {
                let turned = net.transpose("turned", x, &[1, 0, 2])?;
                let a = conv(net, "a", turned, 4)?;
                let b = conv(net, "b", turned, 4)?;
                net.concat("concat", &[a, b])
            }),
            &["turned.copy 0 of 1", "a 0 of 2", "b 1 of 2"],
        ),
        case(
            "a channel shuffle is one dispatch",
            graph(|net, x| {
                let shuffled = shuffled(net, x)?;
                conv(net, "a", shuffled, 4)
            }),
            &["together 0 of 2", "a 0 of 1"],
        ),
        case(
            "an answer has its channels last",
            graph(|net, x| {
                let a = conv(net, "a", x, 4)?;
                net.transpose("answer", a, &[2, 1, 0])
            }),
            &["a 0 of 1", "answer 0 of 1"],
        ),
        case(
            "heads of attention are joined where the product writes them",
            graph(|net, x| {
                let queries = net.reshape("queries", x, &[2, 4, 6])?;
                let rows = net.transpose("rows", queries, &[0, 2, 1])?;
                let scores = net.mat_mul("scores", rows, queries)?;
                let a = conv(net, "a", x, 16)?;
                let values = net.reshape("values", a, &[2, 8, 6])?;
                let values = net.transpose("turned", values, &[0, 2, 1])?;
                let product = net.mat_mul("product", scores, values)?;
                let together = net.transpose("together", product, &[1, 0, 2])?;
                let joined = net.reshape("joined", together, &[6, 16])?;
                let first = net.transpose("first", joined, &[1, 0])?;
                let image = net.reshape("image", first, &[16, 3, 2])?;
                conv(net, "b", image, 4)
            }),
            &[
                "scores.copy 0 of 2",
                "scores 0 of 2",
                "a 0 of 4",
                "product 0 of 4",
                "b 0 of 1",
            ],
        )
        // Textures have a kernel that reads the transposed rows where they are.
        .apart(&["scores 0 of 2", "a 0 of 4", "product 0 of 4", "b 0 of 1"]),
        case(
            "a sum of a transposed image and another",
            graph(|net, x| {
                let square = net.reshape("square", x, &[4, 4, 3])?;
                let turned = net.transpose("turned", square, &[1, 0, 2])?;
                let sum = net.add("sum", turned, square)?;
                net.reshape("row", sum, &[48])
            }),
            &[
                "square 0 of 1",
                "square.copy 0 of 1",
                "sum 0 of 1",
                "row 0 of 12",
            ],
        ),
    ]
}
