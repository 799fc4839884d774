//! Takes a border of zeros into the window that slides over it. Other readers of the padded image keep
//! it: the window reads the image itself, so nothing is computed twice.

use super::patch::Outcome;
use crate::graph::{AveragePool, Conv2d, Draft, NodeId, Op, Padding, Shape, Window};

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let Some((&padded, others)) = node.inputs.split_first() else {
        return Outcome::NoMatch;
    };
    let pad = draft.node(padded);
    let (Op::Pad(border), &[source]) = (&pad.op, pad.inputs.as_slice()) else {
        return Outcome::NoMatch;
    };
    let op = match &node.op {
        Op::Conv2d(conv) => Op::Conv2d(Conv2d {
            window: widened(conv.window, border.padding),
            ..*conv
        }),
        Op::AveragePool(pool) => match counting(pool, border.padding) {
            Ok(pool) => Op::AveragePool(pool),
            Err(reason) => return Outcome::Refused(reason),
        },
        Op::MaxPool(_) => {
            let reason = format!("a zero of {} can win, a border cannot", pad.name);
            return Outcome::Refused(reason);
        }
        _ => return Outcome::NoMatch,
    };
    let mut inputs = vec![source];
    inputs.extend(others);
    let shapes: Vec<Shape> = inputs
        .iter()
        .map(|&input| draft.node(input).shape)
        .collect();
    match op.shape(&shapes) {
        Ok(shape) if shape == node.shape => Outcome::replace(&node.name, op, inputs),
        // Rounding up, whether a last window counts depends on where the image ends.
        Ok(shape) => Outcome::Refused(format!("the result would be {shape}")),
        Err(error) => Outcome::Refused(error.to_string()),
    }
}

/// The pool with the zeros of `border` as its own. They count as values, so its own must too.
fn counting(pool: &AveragePool, border: Padding) -> Result<AveragePool, String> {
    if !pool.count_padding && !pool.window.padding.is_zero() {
        return Err("its own border does not count, the zeros before it do".into());
    }
    Ok(AveragePool {
        window: widened(pool.window, border),
        count_padding: true,
    })
}

fn widened(mut window: Window, border: Padding) -> Window {
    window.padding = window.padding.plus(border);
    window
}
