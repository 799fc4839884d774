//! The predicted times of a plan, and the kernels that were not chosen.

use std::io::{self, Write};

use menagerie::prediction::{Limit, Prediction};
use menagerie::program::{Dispatch, Precision, Predicted, Program};
use serde_json::{Value, json};

use crate::cli::output::one_line;
use crate::cli::table;

const HEADER: [&str; 8] = [
    "",
    "layer",
    "operation",
    "kernel",
    "workgroups",
    "predicted µs",
    "bound",
    "why",
];
const RIGHT: [bool; 8] = [true, false, false, false, true, true, false, false];

/// Writes a line for each dispatch of `plan`, for the device `name` or any device; with `why`, also a line for each other
/// kernel that can compute it.
pub fn write(out: &mut dyn Write, plan: &Program, name: Option<&str>, why: bool) -> io::Result<()> {
    let profile = plan.profile();
    writeln!(
        out,
        "{}, batch {}, {}for {} ({profile}); times are predictions, not measurements",
        one_line(plan.name()),
        plan.batch(),
        match plan.precision() {
            Precision::F32 => String::new(),
            other => format!("{other}{}, ", plan.remark()),
        },
        name.unwrap_or("any WebGPU device"),
    )?;
    let dispatches = plan.dispatches().iter().enumerate();
    match why {
        true => {
            let rows = dispatches.flat_map(|(index, dispatch)| {
                std::iter::once(row(index, dispatch)).chain(runners_up(dispatch))
            });
            table::write(out, HEADER, RIGHT, &rows.collect::<Vec<_>>())?;
        }
        false => {
            let columns = |row: [String; 8]| {
                let [a, b, c, d, e, f, g, _] = row;
                [a, b, c, d, e, f, g]
            };
            let rows = dispatches.map(|(index, dispatch)| columns(row(index, dispatch)));
            let [a, b, c, d, e, f, g, _] = HEADER;
            let header = [a, b, c, d, e, f, g];
            let [a, b, c, d, e, f, g, _] = RIGHT;
            let right = [a, b, c, d, e, f, g];
            table::write(out, header, right, &rows.collect::<Vec<_>>())?;
        }
    }
    let hardware = profile.hardware();
    writeln!(
        out,
        "predicted {:.3} ms for {} dispatches: {}",
        plan.predicted_seconds().unwrap_or(0.0) * 1e3,
        plan.dispatches().len(),
        shares(plan)
    )?;
    writeln!(
        out,
        "for {} processors, {:.1} TFLOP/s, {:.0} GB/s, {:.0} µs between dispatches",
        hardware.processors,
        hardware.flops_per_second as f64 / 1e12,
        hardware.bytes_per_second as f64 / 1e9,
        f64::from(hardware.launch_nanoseconds) / 1e3
    )
}

fn row(index: usize, dispatch: &Dispatch) -> [String; 8] {
    let [x, y, z] = dispatch.workgroups;
    let name = match dispatch.instance.name {
        "" => dispatch.kernel.name.to_owned(),
        instance => format!("{} {instance}", dispatch.kernel.name),
    };
    let predicted = dispatch.predicted.as_ref();
    let choice = dispatch.choice.as_ref();
    [
        index.to_string(),
        dispatch.node.clone(),
        dispatch.operation.clone(),
        name,
        format!("{x}x{y}x{z}"),
        predicted.map_or(String::new(), micros),
        predicted.map_or(String::new(), |predicted| predicted.limit().to_string()),
        choice.map_or(String::new(), |choice| choice.reason.to_string()),
    ]
}

/// A row for each kernel that was not chosen.
fn runners_up(dispatch: &Dispatch) -> Vec<[String; 8]> {
    let Some(choice) = &dispatch.choice else {
        return Vec::new();
    };
    let is_chosen = |other: &&Predicted| other.candidate == choice.candidate;
    let chosen = choice.predicted.iter().find(is_chosen);
    let others = choice.predicted.iter().filter(|other| !is_chosen(other));
    let others = others.map(|other| {
        let ratio = chosen.map_or(f64::NAN, |chosen| {
            other.time.seconds() / chosen.time.seconds()
        });
        [
            String::new(),
            String::new(),
            String::new(),
            other.candidate.name(),
            String::new(),
            micros(&other.time),
            other.time.limit().to_string(),
            match other.spills {
                true => format!("{ratio:.2} times as long, and spills registers"),
                false => format!("{ratio:.2} times as long"),
            },
        ]
    });
    others.collect()
}

fn micros(prediction: &Prediction) -> String {
    format!("{:.1}", prediction.seconds() * 1e6)
}

/// The time of the dispatches by bound.
fn shares(plan: &Program) -> String {
    let predicted = || plan.dispatches().iter().filter_map(|it| it.predicted);
    let total: f64 = predicted().map(|it| it.seconds()).sum();
    let share = |limit: Limit| {
        let bound = predicted().filter(|it| it.limit() == limit);
        let seconds = bound
            .map(|it| it.seconds())
            .fold(0.0, |sum, time| sum + time);
        format!("{:.0} % bound by {limit}", 100.0 * seconds / total)
    };
    let limits = [
        Limit::Arithmetic,
        Limit::Bandwidth,
        Limit::Latency,
        Limit::Launch,
    ];
    limits.map(share).join(", ")
}

/// Adds the prediction of `dispatch` and its runners-up to `value`.
pub fn add(value: &mut Value, dispatch: &Dispatch) {
    let Some((choice, predicted)) = dispatch.choice.as_ref().zip(dispatch.predicted) else {
        return;
    };
    value["predicted"] = of(&predicted);
    value["chosen"] = choice.reason.to_string().into();
    let others = choice.predicted.iter();
    let others = others.filter(|other| other.candidate != choice.candidate);
    let others = others.map(|other| {
        json!({
            "kernel": other.candidate.name(),
            "predicted": of(&other.time),
            "spills": other.spills,
        })
    });
    value["runners_up"] = others.collect();
}

/// A prediction as JSON, in microseconds.
fn of(prediction: &Prediction) -> Value {
    json!({
        "us": prediction.seconds() * 1e6,
        "bound": prediction.limit().to_string(),
        "arithmetic_us": prediction.arithmetic * 1e6,
        "bandwidth_us": prediction.bandwidth * 1e6,
        "latency_us": prediction.latency * 1e6,
        "launch_us": prediction.launch * 1e6,
    })
}
