//! Writes a comparison in the forms that the arguments ask for.

use std::io::Write;

use menagerie::atomic_write;

use super::ReportArguments;
use super::page::page;
use super::report::Report;
use crate::cli::output::{self, Failure};

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
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use menagerie::graph::Cost;
    use menagerie::profile::{AlternativeTimes, Roofline};
    use serde_json::{Value, json};

    use super::*;
    use crate::cli::compare::report::Row;

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
