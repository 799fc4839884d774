//! Tables of text.

use std::io::{self, Write};

use super::output::one_line;

/// Writes `rows` under `header`. Each column is as wide as its widest cell, and right-aligned if its `right` is true.
pub fn write<const N: usize>(
    out: &mut dyn Write,
    header: [&str; N],
    right: [bool; N],
    rows: &[[String; N]],
) -> io::Result<()> {
    let widths = widths(header, rows);
    line(out, &header.map(String::from), &widths, right)?;
    for row in rows {
        line(out, row, &widths, right)?;
    }
    Ok(())
}

/// Width of each column.
pub fn widths<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> [usize; N] {
    let mut widths = header.map(|cell| cell.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(one_line(cell).chars().count());
        }
    }
    widths
}

/// Writes one row.
pub fn line<const N: usize>(
    out: &mut dyn Write,
    row: &[String; N],
    widths: &[usize; N],
    right: [bool; N],
) -> io::Result<()> {
    let mut text = String::new();
    for index in 0..N {
        let (cell, width) = (one_line(&row[index]), widths[index]);
        if right[index] {
            text.push_str(&format!("{cell:>width$}"));
        } else {
            text.push_str(&format!("{cell:width$}"));
        }
        text.push_str("  ");
    }
    writeln!(out, "{}", text.trim_end())
}
