//! Fuses a padding with zeros into the padding of the window that reads it. Other readers of the padded image keep
//! the pad node. Nothing is computed twice, because the window reads the unpadded image.

use super::patch::{Outcome, described};
use crate::graph::{AveragePool, Conv2d, Draft, Insertion, NodeId, Op, Padding, Source, Window};
use crate::tensor::Type;

pub(super) fn look(draft: &Draft, id: NodeId) -> Outcome {
    let node = draft.node(id);
    let Some((_, pad)) = node.input().and_then(|padded| draft.producer(padded)) else {
        return Outcome::NoMatch;
    };
    let (Op::Pad(border), Some(source)) = (pad.op(), pad.input()) else {
        return Outcome::NoMatch;
    };
    if border.value.0 != 0.0 {
        let reason = format!("{} pads with {}", pad.name(), border.value);
        return Outcome::Refused(reason);
    }
    if !node.pre().is_identity() {
        let reason = format!("{} is applied to its zeros too", described(node.pre()));
        return Outcome::Refused(reason);
    }
    let op = match node.op() {
        Op::Conv2d(conv) => Op::Conv2d(Conv2d {
            window: widened(conv.window, border.padding),
            ..*conv
        }),
        Op::AveragePool(pool) => match counting(pool, border.padding) {
            Ok(pool) => Op::AveragePool(pool),
            Err(reason) => return Outcome::Refused(reason),
        },
        Op::MaxPool(_) => {
            let reason = format!(
                "a zero of {} can be the maximum of a window, but padding cannot",
                pad.name()
            );
            return Outcome::Refused(reason);
        }
        _ => return Outcome::NoMatch,
    };
    let mut types: Vec<Option<&Type>> = node
        .inputs()
        .iter()
        .map(|input| input.map(|input| draft.value(input).ty()))
        .collect();
    types[0] = Some(draft.value(source).ty());
    let result = draft.value(node.result()).ty();
    match op.infer(&types) {
        Ok(types) if types == [*result] => {
            let mut fused = Insertion::like(node);
            fused.op = op;
            fused.inputs[0] = Some(Source::Value(source));
            Outcome::replace(fused)
        }
        // If the output size is rounded up, the position of the image's end decides whether a last window counts.
        Ok(types) => Outcome::Refused(format!("the result would be {}", types[0])),
        Err(error) => Outcome::Refused(error.to_string()),
    }
}

/// Returns the pool with `border` added to its padding. The zeros of `border` count as values, so those of its own
/// padding must count too.
fn counting(pool: &AveragePool, border: Padding) -> Result<AveragePool, String> {
    if !pool.count_padding && !pool.window.padding.is_zero() {
        return Err("the zeros of its own padding do not count, but those of the pad do".into());
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
