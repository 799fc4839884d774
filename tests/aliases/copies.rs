//! Dispatches that would bind two values of one storage.

use menagerie::graph::{Dropout, Op};

use crate::case::{Case, case, conv, fused, graph, one};

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "a sum of two parts",
            graph(|net, x| {
                let a = conv(net, "a", x, 8)?;
                let parts = net.split("split", a, &[4, 4])?;
                net.add("add", parts[0], parts[1])
            }),
            &["a 0 of 2", "add.copy 0 of 1", "add 0 of 1"],
        )
        .apart(&["a 0 of 2", "add 0 of 1"]),
        case(
            "a residual beside the input",
            fused(graph(|net, x| {
                let parts = net.split("split", x, &[4, 4])?;
                let a = conv(net, "a", parts[0], 4)?;
                net.add("add", a, parts[1])
            })),
            &["a.copy 0 of 1", "a 0 of 1"],
        )
        .apart(&["a 0 of 1"]),
        case(
            "a residual that is the input",
            fused(graph(|net, x| {
                let a = conv(net, "a", x, 8)?;
                net.add("add", a, x)
            })),
            &["a.copy 0 of 2", "a 0 of 2"],
        )
        .apart(&["a 0 of 2"]),
        case(
            "a sum of a value and itself reads it once",
            graph(|net, x| {
                let a = conv(net, "a", x, 8)?;
                net.add_scaled("add", a, a, 0.5)
            }),
            &["a 0 of 2", "add 0 of 2"],
        ),
        case(
            "a sum of a value and another name of it",
            graph(|net, x| {
                let a = conv(net, "a", x, 8)?;
                let same = one(net, "dropout", Op::Dropout(Dropout), a)?;
                net.add("add", a, same)
            }),
            &["a 0 of 2", "add.copy 0 of 2", "add 0 of 2"],
        )
        .apart(&["a 0 of 2", "add 0 of 2"]),
        case(
            "a sum of two slices",
            graph(|net, x| {
                let a = conv(net, "a", x, 4)?;
                let b = conv(net, "b", x, 4)?;
                let whole = net.concat("concat", &[a, b])?;
                let sum = net.add("add", a, b)?;
                let c = conv(net, "c", sum, 8)?;
                net.add("last", whole, c)
            }),
            &[
                "a 0 of 2",
                "b 1 of 2",
                "add.copy 0 of 1",
                "add 0 of 1",
                "c 0 of 2",
                "last 0 of 2",
            ],
        )
        .apart(&[
            "a 0 of 2",
            "b 1 of 2",
            "add 0 of 1",
            "c 0 of 2",
            "last 0 of 2",
        ]),
        case(
            "three parts in another order",
            graph(|net, x| {
                let a = conv(net, "a", x, 12)?;
                let parts = net.split("split", a, &[4, 4, 4])?;
                net.concat("concat", &[parts[2], parts[0], parts[1]])
            }),
            &[
                "a 0 of 3",
                "concat.copy 0 of 1",
                "concat.copy 0 of 1",
                "concat 0 of 3",
                "concat 0 of 3",
                "concat 0 of 3",
            ],
        )
        .apart(&[
            "a 0 of 3",
            "concat 0 of 3",
            "concat 0 of 3",
            "concat 0 of 3",
        ]),
    ]
}
