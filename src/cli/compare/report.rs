//! The output of a comparison: a table, JSON or CSV.

use std::io::Write;

use menagerie::graph::Cost;
use menagerie::profile::{AlternativeTimes, Quartiles, Roofline, Spread};
use serde_json::{Value, json};

use crate::cli::output::{Failure, counted, one_line, quartiles};
use crate::cli::table;

/// The alternatives and their times.
pub struct Report {
    /// What all alternatives have in common.
    pub title: String,
    /// The unit of the times, for example `an image`.
    pub unit: &'static str,
    /// The adapter's roofline, if it is known and relevant.
    pub roofline: Option<Roofline>,
    pub rows: Vec<Row>,
    /// The times of each row.
    pub times: Vec<AlternativeTimes>,
    /// Further lines.
    pub notes: Vec<String>,
}

/// An alternative.
pub struct Row {
    pub label: String,
    /// Its further properties in JSON.
    pub facts: Value,
    /// Its cost, if it is relevant.
    pub cost: Option<Cost>,
}

/// A row's numbers.
pub struct Numbers {
    /// Milliseconds.
    pub time: [f64; 3],
    /// Ratio to the time of the first row in each round.
    pub ratio: Option<Quartiles>,
    gflops: Option<f64>,
    /// Percentage of the adapter's peak rate of arithmetic.
    percent: Option<f64>,
    /// The least time by the roofline, as a percentage of the time.
    pub roofline: Option<f64>,
}

impl Report {
    /// The numbers of each row.
    pub fn numbers(&self) -> Vec<Numbers> {
        let rows = self.rows.iter().zip(&self.times);
        rows.map(|(row, times)| {
            let Spread {
                median,
                least,
                most,
            } = times.spread().unwrap_or_default();
            let seconds = median.as_secs_f64();
            let cost = row.cost.filter(|_| seconds > 0.0);
            let rate = cost.map(|cost| cost.flops as f64 / seconds);
            Numbers {
                time: [median, least, most].map(|time| time.as_secs_f64() * 1e3),
                ratio: times.ratio_to(&self.times[0]),
                gflops: rate.map(|rate| rate / 1e9),
                percent: rate
                    .zip(self.roofline)
                    .map(|(rate, roofline)| 100.0 * rate / roofline.flops_per_second),
                roofline: cost
                    .zip(self.roofline)
                    .map(|(cost, roofline)| 100.0 * roofline.least_seconds(&cost) / seconds),
            }
        })
        .collect()
    }

    pub fn text(&self, out: &mut dyn Write, rounds: usize) -> Result<(), Failure> {
        writeln!(out, "{}", one_line(&self.title))?;
        let fixed = |digits: usize| {
            move |value: Option<f64>| {
                value.map_or(String::new(), |value| format!("{value:.digits$}"))
            }
        };
        let (coarse, fine) = (fixed(1), fixed(3));
        let rows: Vec<[String; 9]> = self
            .rows
            .iter()
            .zip(self.numbers())
            .map(|(row, numbers)| {
                let [median, least, most] = numbers.time.map(|time| fine(Some(time)));
                let ratio = numbers.ratio;
                let middle = ratio.map_or(String::new(), |ratio| {
                    format!("{:.3} to {:.3}", ratio.lower, ratio.upper)
                });
                [
                    row.label.clone(),
                    median,
                    least,
                    most,
                    fine(ratio.map(|ratio| ratio.median)),
                    middle,
                    coarse(numbers.gflops),
                    coarse(numbers.percent),
                    coarse(numbers.roofline),
                ]
            })
            .collect();
        let timed = ["", "median ms", "min", "max", "ratio", "quartiles"];
        if self.rows.iter().any(|row| row.cost.is_some()) {
            let [a, b, c, d, e, f] = timed;
            let header = [a, b, c, d, e, f, "GFLOP/s", "% of peak", "roofline %"];
            let mut right = [true; 9];
            right[0] = false;
            table::write(out, header, right, &rows)?;
        } else {
            let rows: Vec<[String; 6]> = rows
                .into_iter()
                .map(|[a, b, c, d, e, f, ..]| [a, b, c, d, e, f])
                .collect();
            table::write(out, timed, [false, true, true, true, true, true], &rows)?;
        }
        for note in &self.notes {
            writeln!(out, "{}", one_line(note))?;
        }
        writeln!(
            out,
            "times of {}, {} interleaved; ratios to the first line in each round",
            self.unit,
            counted(rounds, "round")
        )?;
        if let Some(roofline) = self.roofline {
            writeln!(
                out,
                "peak {:.1} GFLOP/s, of multiply-adds in registers; {:.1} GB/s, of a copy",
                roofline.flops_per_second / 1e9,
                roofline.bytes_per_second / 1e9
            )?;
        }
        Ok(())
    }

    pub fn value(&self, rounds: usize) -> Value {
        let rows = self.rows.iter().zip(self.numbers());
        let rows: Vec<Value> = rows
            .map(|(row, numbers)| {
                let mut value = row.facts.clone();
                value["label"] = row.label.as_str().into();
                let [median, least, most] = numbers.time;
                value["ms"] = json!({ "median": median, "min": least, "max": most });
                value["ratio"] = numbers.ratio.as_ref().map_or(Value::Null, quartiles);
                if row.cost.is_some() {
                    value["gflops"] = json!(numbers.gflops);
                    value["peak_percent"] = json!(numbers.percent);
                    value["roofline_percent"] = json!(numbers.roofline);
                }
                value
            })
            .collect();
        json!({
            "title": self.title,
            "rounds": rounds,
            "times_of": self.unit,
            "peak_gflops": self.roofline.map(|roofline| roofline.flops_per_second / 1e9),
            "peak_gb_per_second": self.roofline.map(|roofline| roofline.bytes_per_second / 1e9),
            "compared": rows,
            "notes": self.notes,
        })
    }

    /// A header, and one line for each alternative. Values that could not be measured are empty.
    pub fn csv(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let mut lines = csv::Writer::from_writer(out);
        let written = self
            .records()
            .iter()
            .try_for_each(|record| lines.write_record(record));
        written.map_err(std::io::Error::from)?;
        lines.flush()?;
        Ok(())
    }

    fn records(&self) -> Vec<[String; 10]> {
        let header = [
            "label",
            "median_ms",
            "min_ms",
            "max_ms",
            "ratio",
            "ratio_lower",
            "ratio_upper",
            "gflops",
            "peak_percent",
            "roofline_percent",
        ];
        let text = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
        let rows = self.rows.iter().zip(self.numbers());
        let rows = rows.map(|(row, numbers)| {
            let [median, least, most] = numbers.time.map(|time| text(Some(time)));
            let ratio = |part: fn(Quartiles) -> f64| text(numbers.ratio.map(part));
            [
                row.label.clone(),
                median,
                least,
                most,
                ratio(|ratio| ratio.median),
                ratio(|ratio| ratio.lower),
                ratio(|ratio| ratio.upper),
                text(numbers.gflops),
                text(numbers.percent),
                text(numbers.roofline),
            ]
        });
        [header.map(str::to_owned)]
            .into_iter()
            .chain(rows)
            .collect()
    }
}
