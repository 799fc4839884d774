//! The cost of each dispatch of an operation.

use super::split::Part;
use crate::graph::Cost;
use crate::kernels::Call;

/// Returns the costs of the `calls` that compute `part`. They divide the operation's cost in proportion to their
/// workgroups.
pub fn of_calls(part: &Part<'_>, calls: &[Call]) -> Vec<Cost> {
    let whole = part.site.cost();
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
