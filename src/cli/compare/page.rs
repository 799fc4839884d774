//! A comparison as a page.

use menagerie::profile::Quartiles;

use super::report::Report;
use crate::cli::chart::{Cell, Chart};
use crate::cli::output::counted;

/// A page with a bar for each time of `report` and each share of the roofline.
pub fn page(report: &Report, rounds: usize) -> String {
    let numbers = report.numbers();
    let longest = numbers.iter().map(|numbers| numbers.time[0]);
    let longest = longest.fold(0.0, f64::max);
    let has_cost = report.rows.iter().any(|row| row.cost.is_some());
    let rows = report.rows.iter().zip(&numbers).map(|(row, numbers)| {
        let mut cells = vec![
            Cell::Text(row.label.clone()),
            Cell::Text(format!("{:.3}", numbers.time[0])),
            Cell::Bar(numbers.time[0] / longest),
            Cell::Text(numbers.ratio.map_or(String::new(), |ratio| {
                let Quartiles {
                    lower,
                    median,
                    upper,
                } = ratio;
                format!("{median:.3} ({lower:.3} to {upper:.3})")
            })),
        ];
        if has_cost {
            let percent = numbers.roofline.map(|percent| format!("{percent:.1}"));
            cells.push(Cell::Text(percent.unwrap_or_default()));
            cells.push(Cell::Bar(numbers.roofline.unwrap_or(0.0) / 100.0));
        }
        cells
    });
    let header = ["", "median ms", "", "ratio", "roofline %", ""];
    let columns = if has_cost { 6 } else { 4 };
    let rounds = counted(rounds, "round");
    let below = format!(
        "times of {}, {rounds} interleaved; ratios to the first line",
        report.unit
    );
    let mut chart = Chart::new(&report.title, &below);
    let rows: Vec<Vec<Cell>> = rows.collect();
    chart.table("Times", &header[..columns], &rows, &report.notes);
    chart.finish()
}
