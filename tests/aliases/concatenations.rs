//! Concatenations whose inputs are slices of them.

use menagerie::graph::{Dropout, Op};

use crate::case::{Case, case, conv, fused, graph, one};

/// The conditions for it.
pub fn cases() -> Vec<Case> {
    let two = |a: usize, b: usize| {
        graph(|net, x| {
            let a = conv(net, "a", x, a)?;
            let b = conv(net, "b", x, b)?;
            net.concat("concat", &[a, b])
        })
    };
    vec![
        case("in place", two(4, 8), &["a 0 of 3", "b 1 of 3"]),
        case(
            "only the last may leave a quad unfilled",
            two(8, 3),
            &["a 0 of 3", "b 2 of 3"],
        ),
        case(
            "the second would begin inside a quad",
            two(6, 4),
            &["a 0 of 2", "b 0 of 1", "concat 0 of 3", "concat 0 of 3"],
        ),
        case(
            "an input of the network lies where the caller puts it",
            graph(|net, x| {
                let a = conv(net, "a", x, 4)?;
                net.concat("concat", &[a, x])
            }),
            &["a 0 of 1", "concat 0 of 3", "concat 0 of 3"],
        ),
        case(
            "a value lies in one place: twice in one",
            graph(|net, x| {
                let a = conv(net, "a", x, 4)?;
                net.concat("concat", &[a, a])
            }),
            &[
                "a 0 of 1",
                "concat.copy 0 of 1",
                "concat 0 of 2",
                "concat 0 of 2",
            ],
        )
        .apart(&["a 0 of 1", "concat 0 of 2", "concat 0 of 2"]),
        case(
            "a value lies in one place: in two",
            graph(|net, x| {
                let a = conv(net, "a", x, 4)?;
                let b = conv(net, "b", x, 4)?;
                let ab = net.concat("ab", &[a, b])?;
                let ba = net.concat("ba", &[b, a])?;
                net.add("add", ab, ba)
            }),
            &[
                "a 0 of 2",
                "b 1 of 2",
                "ba.copy 0 of 1",
                "ba 0 of 2",
                "ba 0 of 2",
                "add 0 of 2",
            ],
        )
        .apart(&[
            "a 0 of 2",
            "b 1 of 2",
            "ba 0 of 2",
            "ba 0 of 2",
            "add 0 of 2",
        ]),
        case(
            "a concatenation in place inside another",
            graph(|net, x| {
                let a = conv(net, "a", x, 4)?;
                let b = conv(net, "b", x, 8)?;
                let c = conv(net, "c", x, 5)?;
                let inner = net.concat("inner", &[a, b])?;
                net.concat("outer", &[inner, c])
            }),
            &["a 0 of 5", "b 1 of 5", "c 3 of 5"],
        ),
        case(
            "the inner one's last is not the outer one's last",
            graph(|net, x| {
                let a = conv(net, "a", x, 4)?;
                let b = conv(net, "b", x, 6)?;
                let c = conv(net, "c", x, 4)?;
                let inner = net.concat("inner", &[a, b])?;
                net.concat("outer", &[inner, c])
            }),
            &[
                "a 0 of 3",
                "b 1 of 3",
                "c 0 of 1",
                "outer 0 of 4",
                "outer 0 of 4",
            ],
        ),
        case(
            "who writes a slice must not read beside it",
            graph(|net, x| {
                let a = conv(net, "a", x, 4)?;
                let b = conv(net, "b", a, 4)?;
                net.concat("concat", &[a, b])
            }),
            &["a 0 of 1", "b 0 of 1", "concat 0 of 2", "concat 0 of 2"],
        ),
        case(
            "nor what is another name of a slice",
            graph(|net, x| {
                let a = conv(net, "a", x, 4)?;
                let same = one(net, "dropout", Op::Dropout(Dropout), a)?;
                let b = conv(net, "b", same, 4)?;
                net.concat("concat", &[a, b])
            }),
            &["a 0 of 1", "b 0 of 1", "concat 0 of 2", "concat 0 of 2"],
        ),
        case(
            "nor a part of one",
            graph(|net, x| {
                let a = conv(net, "a", x, 8)?;
                let part = net.split("split", a, &[4, 4])?[1];
                let b = conv(net, "b", part, 4)?;
                net.concat("concat", &[a, b])
            }),
            &["a 0 of 2", "b 0 of 1", "concat 0 of 3", "concat 0 of 3"],
        ),
        case(
            "nor what lies beside it from within",
            graph(|net, x| {
                let a = conv(net, "a", x, 4)?;
                let b = conv(net, "b", x, 4)?;
                let inner = net.concat("inner", &[a, b])?;
                let c = conv(net, "c", a, 4)?;
                net.concat("outer", &[inner, c])
            }),
            &[
                "a 0 of 2",
                "b 1 of 2",
                "c 0 of 1",
                "outer 0 of 3",
                "outer 0 of 3",
            ],
        ),
        case(
            "nor a residual that would",
            fused(graph(|net, x| {
                let a = conv(net, "a", x, 4)?;
                let b = conv(net, "b", x, 4)?;
                let sum = net.add("add", a, b)?;
                net.concat("concat", &[a, sum])
            })),
            &["a 0 of 1", "b 0 of 1", "concat 0 of 2", "concat 0 of 2"],
        ),
        case(
            "a part of another value is written by nobody",
            graph(|net, x| {
                let a = conv(net, "a", x, 8)?;
                let parts = net.split("split", a, &[4, 4])?;
                let b = conv(net, "b", x, 4)?;
                net.concat("concat", &[parts[1], b])
            }),
            &["a 0 of 2", "b 0 of 1", "concat 0 of 2", "concat 0 of 2"],
        ),
    ]
}
