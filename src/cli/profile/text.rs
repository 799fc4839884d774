//! A profile as a table and totals.

use std::io::{self, Write};

use menagerie::program::Precision;

use super::report::{Report, extent, microseconds, milliseconds};
use crate::cli::output::{counted, one_line};
use crate::cli::ports;
use crate::cli::table;

const HEADER: [&str; 11] = [
    "layer",
    "kernel",
    "output",
    "workgroups",
    "µs",
    "min",
    "max",
    "share %",
    "GFLOP/s",
    "GB/s",
    "roofline %",
];

/// Writes one line for each dispatch, then the totals.
pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut right = [true; HEADER.len()];
    right[..3].fill(false);
    let rows: Vec<[String; HEADER.len()]> = report
        .rows()
        .iter()
        .map(|row| {
            let dispatch = row.dispatch;
            let time = |pick: fn(&menagerie::profile::Spread) -> std::time::Duration| {
                number(
                    dispatch.time.as_ref().map(|time| microseconds(pick(time))),
                    1,
                )
            };
            [
                dispatch.layer.clone(),
                dispatch.kernel.name.to_owned(),
                dispatch.shape.to_string(),
                extent(dispatch.workgroups),
                time(|time| time.median),
                time(|time| time.least),
                time(|time| time.most),
                number(row.share_percent, 1),
                number(row.gflops, 2),
                number(row.gbytes, 2),
                number(row.roofline_percent, 1),
            ]
        })
        .collect();
    table::write(out, HEADER, right, &rows)?;
    writeln!(out)?;
    totals(out, report)
}

/// What is said of a precision other than f32.
fn of_precision(precision: Precision) -> String {
    match precision {
        Precision::F32 => String::new(),
        other => format!("{other}, "),
    }
}

fn totals(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let Report {
        profile,
        first_answer: first,
        ..
    } = report;
    writeln!(
        out,
        "{} {} on {}, batch {}, {}{}; timed by {}",
        report.model,
        ports::types(&report.inputs),
        one_line(&report.adapter.to_string()),
        report.batch,
        of_precision(report.precision),
        counted(report.runs, "run"),
        profile.timing,
    )?;
    let wall = profile.wall;
    write!(
        out,
        "wall time untimed {:.2} ms ({:.2} to {:.2})",
        milliseconds(wall.median),
        milliseconds(wall.least),
        milliseconds(wall.most),
    )?;
    match (profile.kernels(), profile.span(), report.gap()) {
        (Some(kernels), Some(span), Some(gap)) => writeln!(
            out,
            "; kernels {:.2} ms of {:.2} ms from first to last; gap to the wall {gap:.2} ms",
            milliseconds(kernels),
            milliseconds(span.median),
        )?,
        _ => writeln!(out)?,
    }
    writeln!(
        out,
        "first answer after {:.1} ms: load {:.1}, plan {:.1}, device {:.1}, compile {:.1} beside upload {:.1} \
         (session {:.1}), first run {:.1}",
        milliseconds(first.total()),
        milliseconds(first.load.duration()),
        milliseconds(first.planning()),
        milliseconds(first.device.duration()),
        milliseconds(first.preparation.compile.duration()),
        milliseconds(first.preparation.upload.duration()),
        milliseconds(first.session.duration()),
        milliseconds(first.run.duration()),
    )?;
    if let Some(roofline) = report.roofline {
        writeln!(
            out,
            "roofline: {:.1} GFLOP/s, {:.1} GB/s; ridge at {:.1} FLOP/byte",
            roofline.flops_per_second / 1e9,
            roofline.bytes_per_second / 1e9,
            roofline.flops_per_second / roofline.bytes_per_second,
        )?;
    }
    Ok(())
}

fn number(value: Option<f64>, decimals: usize) -> String {
    match value {
        Some(value) => format!("{value:.decimals$}"),
        None => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use menagerie::profile::Timing;

    use super::*;
    use crate::cli::profile::report::sample;

    fn text(timing: Timing) -> String {
        let mut text = Vec::new();
        write(&mut text, &sample::report(&["first", "second"], timing)).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn each_dispatch_has_its_line_and_shares_add_up() {
        let text = text(Timing::InPass);
        let lines: Vec<&str> = text.lines().collect();
        // 2000 operations in 1 µs of 10 GFLOP/s, and 500 bytes of 1 GB/s: the bytes take longer.
        let kernel = menagerie::kernels::KERNELS[0].name;
        let cells = |line: &str| {
            line.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let rest = [
            "2x3x4", "5x6x1", "1.0", "1.0", "2.0", "33.3", "2.00", "0.50", "50.0",
        ];
        assert_eq!(cells(lines[1]), [&["first", kernel], &rest[..]].concat());
        assert_eq!(cells(lines[2])[7], "66.7");
        assert!(text.contains("kernels 0.00 ms"), "{text}");
    }

    #[test]
    fn what_cannot_be_timed_is_said_to_be() {
        let untimed = text(Timing::WallOnly);
        assert!(untimed.contains("timed by wall time only, since this device has no timestamps\n"));
        assert!(
            untimed.contains("wall time untimed 0.10 ms (0.10 to 0.20)\n"),
            "{untimed}"
        );
        let dashes = |line: &str| line.split_whitespace().filter(|cell| *cell == "-").count();
        assert_eq!(dashes(untimed.lines().nth(1).unwrap()), 7);
        assert!(text(Timing::PassPerKernel).contains(
            "timed by a pass for each kernel, since this device has no timestamps inside passes\n"
        ));
    }
}
