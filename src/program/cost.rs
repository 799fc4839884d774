//! The cost of each dispatch of an operation.

use super::split::Part;
use crate::graph::Cost;
use crate::kernels::{Call, Format, View};

/// Returns the costs of the `calls` that compute `part`. They divide the operation's cost in proportion to their
/// workgroups. Its bytes are those of f32; a part whose tensors or parameters are in another format moves fewer.
pub fn of_calls(part: &Part<'_>, parameters: Format, calls: &[Call]) -> Vec<Cost> {
    let whole = stored(part, parameters);
    let all: u64 = calls.iter().map(|call| call.workgroups).sum();
    let up_to = |workgroups: u64, value: u64| {
        let share = u128::from(value) * u128::from(workgroups) / u128::from(all.max(1));
        share as u64
    };
    let mut begin = 0;
    calls
        .iter()
        .map(|call| {
            let end = begin + call.workgroups;
            // Differences of running totals, so that the costs add up exactly in spite of rounding.
            let share = |value| up_to(end, value) - up_to(begin, value);
            let cost = Cost {
                flops: share(whole.flops),
                activation_bytes: share(whole.activation_bytes),
                parameter_bytes: share(whole.parameter_bytes),
            };
            begin = end;
            cost
        })
        .collect()
}

/// Returns the cost of `part` with the bytes of the formats of its tensors.
fn stored(part: &Part<'_>, parameters: Format) -> Cost {
    let cost = part.site.cost();
    let tensors = || part.inputs.iter().chain(&part.outputs);
    let bytes = |format_of: fn(&View) -> Format| -> u64 {
        let bytes = tensors().map(|view| format_of(view).bytes(view.shape.pixels() * view.quads()));
        bytes.sum()
    };
    let scaled = |bytes: u64, stored: u64, of_f32: u64| {
        let scaled = u128::from(bytes) * u128::from(stored) / u128::from(of_f32.max(1));
        scaled as u64
    };
    let (found, of_f32) = (bytes(|view| view.format), bytes(|_| Format::F32));
    let quad = |format: Format| format.quad_bytes();
    Cost {
        activation_bytes: scaled(cost.activation_bytes, found, of_f32),
        parameter_bytes: scaled(cost.parameter_bytes, quad(parameters), quad(Format::F32)),
        ..cost
    }
}
