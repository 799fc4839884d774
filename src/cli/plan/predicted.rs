//! The predicted times of a plan, and the kernels that were not chosen.

use std::io::{self, Write};

use menagerie::prediction::{Limit, Prediction};
use menagerie::program::{Dispatch, Predicted, Program};
use serde_json::{Value, json};

use crate::cli::output::{counted, one_line};
use crate::cli::table;

const HEADER: [&str; 7] = [
    "",
    "layer",
    "operation",
    "kernel",
    "workgroups",
    "predicted µs",
    "bound",
];
const RIGHT: [bool; 7] = [true, false, false, false, true, true, false];

/// Writes a line for each dispatch of `plan`, for the device `name` or any device; with `why`, also a line for each other
/// kernel that can compute it.
pub fn write(out: &mut dyn Write, plan: &Program, name: Option<&str>, why: bool) -> io::Result<()> {
    let profile = plan.profile();
    writeln!(
        out,
        "{}, batch {}, for {} ({profile}); times are predictions, not measurements",
        one_line(plan.name()),
        plan.batch(),
        name.unwrap_or("any WebGPU device"),
    )?;
    let dispatches = plan.dispatches().iter().enumerate();
    let rows: Vec<[String; 7]> = dispatches
        .flat_map(|(index, dispatch)| {
            let others = if why { runners_up(dispatch) } else { Vec::new() };
            std::iter::once(row(index, dispatch)).chain(others)
        })
        .collect();
    table::write(out, HEADER, RIGHT, &rows)?;
    let hardware = profile.hardware();
    let total = plan.predicted_seconds().unwrap_or(0.0);
    writeln!(
        out,
        "predicted total {:.3} ms of {}: {}",
        total * 1e3,
        counted(plan.dispatches().len(), "dispatch").replace("dispatchs", "dispatches"),
        shares(plan)
    )?;
    writeln!(
        out,
        "with {} processors, {:.1} TFLOP/s, {:.0} GB/s, {:.0} µs between dispatches",
        hardware.processors,
        hardware.flops_per_second as f64 / 1e12,
        hardware.bytes_per_second as f64 / 1e9,
        f64::from(hardware.launch_nanoseconds) / 1e3
    )
}

fn row(index: usize, dispatch: &Dispatch) -> [String; 7] {
    let [x, y, z] = dispatch.workgroups;
    let name = match dispatch.instance.name {
        "" => dispatch.kernel.name.to_owned(),
        instance => format!("{} {instance}", dispatch.kernel.name),
    };
    let [time, bound] = match &dispatch.predicted {
        Some(predicted) => [micros(predicted), predicted.limit().to_string()],
        None => [String::new(), String::new()],
    };
    [
        index.to_string(),
        dispatch.node.clone(),
        dispatch.operation.clone(),
        name,
        format!("{x}x{y}x{z}"),
        time,
        bound,
    ]
}

/// A row for each kernel that was not chosen. The first says why, unless the chosen kernel is predicted to be the fastest.
fn runners_up(dispatch: &Dispatch) -> Vec<[String; 7]> {
    let Some(choice) = &dispatch.choice else {
        return Vec::new();
    };
    let others = choice.predicted.iter();
    let others = others.filter(|other| other.candidate != choice.candidate);
    let chosen = chosen(choice.predicted.as_slice(), dispatch);
    others
        .map(|other| {
            let ratio = chosen.map_or(String::new(), |chosen| {
                format!("{:.2} of it", other.time.seconds() / chosen.seconds())
            });
            [
                String::new(),
                String::new(),
                format!("  chosen: {}; instead, {ratio}:", choice.reason),
                other.candidate.name(),
                String::new(),
                micros(&other.time),
                other.time.limit().to_string(),
            ]
        })
        .collect()
}

fn chosen<'a>(predicted: &'a [Predicted], dispatch: &Dispatch) -> Option<&'a Prediction> {
    let chosen = predicted.iter().find(|predicted| {
        (predicted.candidate.kernel, predicted.candidate.instance)
            == (dispatch.kernel, dispatch.instance)
    });
    chosen.map(|chosen| &chosen.time)
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
        let seconds: f64 = bound.map(|it| it.seconds()).sum();
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
        json!({ "kernel": other.candidate.name(), "predicted": of(&other.time) })
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
