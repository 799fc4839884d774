//! A profile as a trace that Perfetto and chrome://tracing open: the trace event format
//! (<https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>), complete events only.

use menagerie::profile::{DispatchProfile, Interval};
use serde_json::{Value, json};

use super::report::{Report, extent, microseconds};

/// A track. The format calls it a process and a thread.
type Track = (u32, u32);

const RUNS: Track = (1, 1);
const FIRST_ANSWER: Track = (2, 1);
const COMPILE: Track = (2, 2);
const UPLOAD: Track = (2, 3);

/// The trace: the timed runs with their passes and dispatches on the GPU's clock, and the steps to the first answer on
/// the host's clock. The two clocks are independent.
pub fn encode(report: &Report) -> Vec<u8> {
    let mut events = vec![
        name("process_name", RUNS, &report.adapter.name),
        name("thread_name", RUNS, "timed runs"),
        name("process_name", FIRST_ANSWER, "host"),
        name("thread_name", FIRST_ANSWER, "first answer"),
        name("thread_name", COMPILE, "compile"),
        name("thread_name", UPLOAD, "upload"),
    ];
    runs(&mut events, report);
    first_answer(&mut events, report);
    json!({ "displayTimeUnit": "ms", "traceEvents": events })
        .to_string()
        .into_bytes()
}

/// Parents before children, so that events with equal times nest, too.
fn runs(events: &mut Vec<Value>, report: &Report) {
    let profile = &report.profile;
    for (index, run) in profile.runs.iter().enumerate() {
        let label = format!("{} run {}", report.model, index + 1);
        events.push(event(&label, "run", RUNS, run.span(), json!({})));
        for &pass in &run.passes {
            events.push(event("pass", "pass", RUNS, pass, json!({})));
        }
        for (dispatch, &interval) in profile.dispatches.iter().zip(&run.dispatches) {
            let label = &dispatch.layer;
            events.push(event(label, "dispatch", RUNS, interval, details(dispatch)));
        }
    }
}

fn first_answer(events: &mut Vec<Value>, report: &Report) {
    let first = &report.first_answer;
    let parts = &first.preparation;
    let whole = Interval {
        begin: first.load.begin,
        end: first.run.end,
    };
    for (label, track, interval) in [
        ("first answer", FIRST_ANSWER, whole),
        ("load", FIRST_ANSWER, first.load),
        ("graph and passes", FIRST_ANSWER, first.plan),
        ("device", FIRST_ANSWER, first.device),
        ("session", FIRST_ANSWER, first.session),
        ("plan", FIRST_ANSWER, first.in_session(parts.plan)),
        ("first run", FIRST_ANSWER, first.run),
        ("compile", COMPILE, first.in_session(parts.compile)),
        ("upload", UPLOAD, first.in_session(parts.upload)),
    ] {
        events.push(event(label, "first answer", track, interval, json!({})));
    }
}

fn details(dispatch: &DispatchProfile) -> Value {
    json!({
        "kernel": dispatch.kernel.name,
        "operation": dispatch.operation,
        "output": dispatch.shape.to_string(),
        "workgroups": extent(dispatch.workgroups),
        "flops": dispatch.cost.flops,
        "bytes": dispatch.cost.bytes(),
    })
}

fn event(
    label: &str,
    category: &str,
    (process, thread): Track,
    interval: Interval,
    details: Value,
) -> Value {
    json!({
        "name": label,
        "cat": category,
        "ph": "X",
        "ts": microseconds(interval.begin),
        "dur": microseconds(interval.duration()),
        "pid": process,
        "tid": thread,
        "args": details,
    })
}

fn name(what: &str, (process, thread): Track, label: &str) -> Value {
    json!({ "name": what, "ph": "M", "pid": process, "tid": thread, "args": { "name": label } })
}
