//! A profile as JSON.

use menagerie::profile::{Spread, Timing};
use serde_json::{Value, json};

use super::report::{Report, Row, microseconds, milliseconds};
use crate::cli::ports;

/// The report without the single runs, which are in the trace.
pub fn value(report: &Report) -> Value {
    let first = &report.first_answer;
    let profile = &report.profile;
    json!({
        "model": &report.model,
        "inputs": ports::value(&report.inputs),
        "batch": report.batch,
        "precision": report.precision.name(),
        "runs": report.runs,
        "weights": report.weights,
        "adapter": report.adapter.to_string(),
        "driver": report.adapter.driver,
        "version": env!("CARGO_PKG_VERSION"),
        "timing": match profile.timing {
            Timing::InPass => "in_pass",
            Timing::PassPerKernel => "pass_per_kernel",
            Timing::WallOnly => "wall_only",
        },
        "timed_by": profile.timing.to_string(),
        "roofline": report.roofline.map(|roofline| json!({
            "gflops": roofline.flops_per_second / 1e9,
            "gbytes": roofline.bytes_per_second / 1e9,
        })),
        "wall_ms": spread(&profile.wall),
        "span_ms": profile.span().as_ref().map(spread),
        "kernels_ms": profile.kernels().map(milliseconds),
        "gap_ms": report.gap(),
        "first_answer_ms": {
            "total": milliseconds(first.total()),
            "load": milliseconds(first.load.duration()),
            "plan": milliseconds(first.planning()),
            "device": milliseconds(first.device.duration()),
            "session": milliseconds(first.session.duration()),
            "compile": milliseconds(first.preparation.compile.duration()),
            "upload": milliseconds(first.preparation.upload.duration()),
            "first_run": milliseconds(first.run.duration()),
        },
        "dispatches": report.rows().iter().map(dispatch).collect::<Vec<_>>(),
    })
}

fn spread(spread: &Spread) -> Value {
    json!({
        "median": milliseconds(spread.median),
        "min": milliseconds(spread.least),
        "max": milliseconds(spread.most),
    })
}

fn dispatch(row: &Row<'_>) -> Value {
    let dispatch = row.dispatch;
    let time = dispatch.time.as_ref();
    json!({
        "layer": dispatch.layer,
        "operation": dispatch.operation,
        "kernel": dispatch.kernel.name,
        "output": [dispatch.shape.channels, dispatch.shape.height, dispatch.shape.width],
        "workgroups": dispatch.workgroups,
        "median_us": time.map(|time| microseconds(time.median)),
        "min_us": time.map(|time| microseconds(time.least)),
        "max_us": time.map(|time| microseconds(time.most)),
        "share_percent": row.share_percent,
        "flops": dispatch.cost.flops,
        "bytes": dispatch.cost.bytes(),
        "gflops": row.gflops,
        "gbytes": row.gbytes,
        "roofline_percent": row.roofline_percent,
    })
}
