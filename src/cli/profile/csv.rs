//! A profile's dispatches as CSV (RFC 4180).

use std::io::{self, Write};

use super::report::{Report, extent, microseconds};

const HEADER: [&str; 14] = [
    "layer",
    "operation",
    "kernel",
    "output",
    "workgroups",
    "median_us",
    "min_us",
    "max_us",
    "share_percent",
    "flops",
    "bytes",
    "gflops",
    "gbytes",
    "roofline_percent",
];

/// Writes a header, and one line for each dispatch. Values that could not be measured are empty.
pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut lines = ::csv::Writer::from_writer(out);
    lines.write_record(HEADER)?;
    for row in report.rows() {
        let dispatch = row.dispatch;
        let time = dispatch.time;
        let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
        lines.write_record([
            dispatch.layer.clone(),
            dispatch.operation.clone(),
            dispatch.kernel.name.to_owned(),
            dispatch.shape.to_string(),
            extent(dispatch.workgroups),
            number(time.map(|time| microseconds(time.median))),
            number(time.map(|time| microseconds(time.least))),
            number(time.map(|time| microseconds(time.most))),
            number(row.share_percent),
            dispatch.cost.flops.to_string(),
            dispatch.cost.bytes().to_string(),
            number(row.gflops),
            number(row.gbytes),
            number(row.roofline_percent),
        ])?;
    }
    lines.flush()
}

#[cfg(test)]
mod tests {
    use menagerie::profile::Timing;

    use super::*;
    use crate::cli::profile::report::sample;

    #[test]
    fn awkward_names_come_back_as_they_are_and_every_line_has_as_many_fields() {
        let names = ["plain", "a,b", "say \"hi\"", "two\nlines", "", "=1+1;\t'"];
        for timing in [Timing::InPass, Timing::WallOnly] {
            let mut text = Vec::new();
            write(&mut text, &sample::report(&names, timing)).unwrap();
            // The reader refuses lines of other lengths than the first.
            let mut lines = ::csv::Reader::from_reader(text.as_slice());
            assert_eq!(lines.headers().unwrap(), &HEADER.to_vec());
            let records: Vec<::csv::StringRecord> = lines.records().map(Result::unwrap).collect();
            assert_eq!(records.len(), names.len());
            for (record, name) in records.iter().zip(names) {
                assert_eq!(&record[0], name);
                assert_eq!(record[1], format!("{name}, twice"));
                assert_eq!((&record[3], &record[4]), ("2x3x4", "5x6x1"));
                assert_eq!(record[5].is_empty(), timing == Timing::WallOnly);
                assert_eq!((&record[9], &record[10]), ("2000", "500"));
            }
        }
    }
}
