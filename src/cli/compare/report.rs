//! The output of a comparison: a table, JSON or CSV.

use std::io::Write;

use menagerie::atomic_write;
use menagerie::graph::Cost;
use menagerie::profile::{AlternativeTimes, Quartiles, Roofline, Spread};
use serde_json::{Value, json};

use super::ReportArguments;
use super::page::page;
use crate::cli::output::{self, Failure, counted, one_line, quartiles};
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
    pub fn write(&self, out: &mut dyn Write, arguments: &ReportArguments) -> Result<(), Failure> {
        if let Some(path) = &arguments.html {
            atomic_write::write(path, page(self, arguments.rounds).as_bytes())?;
        }
        if arguments.json {
            output::json(out, &self.value(arguments.rounds))
        } else if arguments.csv {
            self.csv(out)
        } else {
            self.text(out, arguments.rounds)
        }
    }

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

    fn text(&self, out: &mut dyn Write, rounds: usize) -> Result<(), Failure> {
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

    fn value(&self, rounds: usize) -> Value {
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
    fn csv(&self, out: &mut dyn Write) -> Result<(), Failure> {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn report(flops: Option<u64>) -> Report {
        let row = |label: &str| Row {
            label: label.into(),
            facts: json!({ "model": label }),
            cost: flops.map(|flops| Cost {
                flops,
                activation_bytes: 1000,
                parameter_bytes: 0,
            }),
        };
        let times = |times: [u64; 3]| AlternativeTimes {
            label: String::new(),
            times: times.map(Duration::from_millis).to_vec(),
        };
        Report {
            title: "title".into(),
            unit: "a run",
            roofline: flops.map(|_| Roofline {
                flops_per_second: 4e9,
                bytes_per_second: 1e6,
            }),
            rows: vec![row("a"), row("b,\"c\"")],
            times: vec![times([2, 2, 20]), times([3, 3, 30])],
            notes: vec!["not d".into()],
        }
    }

    #[test]
    fn the_table_has_what_was_measured() {
        let arguments = |json, csv| ReportArguments {
            rounds: 3,
            json,
            csv,
            html: None,
        };
        let text = |flops, arguments| {
            let mut out = Vec::new();
            assert!(report(flops).write(&mut out, &arguments).is_ok());
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            text(None, arguments(false, false)),
            "title\n\
             \x20      median ms    min     max  ratio       quartiles\n\
             a          2.000  2.000  20.000  1.000  1.000 to 1.000\n\
             b,\"c\"      3.000  3.000  30.000  1.500  1.500 to 1.500\n\
             not d\n\
             times of a run, 3 rounds interleaved; ratios to the first line in each round\n"
        );
        let with_rates = text(Some(2_000_000), arguments(false, false));
        assert!(
            with_rates.contains("1.000 to 1.000      1.0       25.0        50.0\n"),
            "{with_rates}"
        );
        assert!(
            with_rates.ends_with(
                "\npeak 4.0 GFLOP/s, of multiply-adds in registers; 0.0 GB/s, of a copy\n"
            )
        );
        assert_eq!(
            text(Some(2_000_000), arguments(false, true)),
            "label,median_ms,min_ms,max_ms,ratio,ratio_lower,ratio_upper,gflops,peak_percent,roofline_percent\n\
             a,2,2,20,1,1,1,1,25,50\n\
             \"b,\"\"c\"\"\",3,3,30,1.5,1.5,1.5,0.6666666666666666,16.666666666666664,33.333333333333336\n"
        );
        let value: Value =
            serde_json::from_str(&text(Some(2_000_000), arguments(true, false))).unwrap();
        assert_eq!(value["compared"][1]["ratio"]["median"], 1.5);
        assert_eq!(value["compared"][0]["ms"]["max"], 20.0);
        assert_eq!(value["compared"][0]["model"], "a");
        assert_eq!(value["compared"][0]["peak_percent"], 25.0);
    }
}
