//! `--compare-precision`: the errors of all layers as a table, or as JSON.

use std::io::{self, Write};

use menagerie::network::LayerError;
use serde_json::{Value, json};

use super::output::one_line;
use super::table;

/// Prints a table of `layers`, and where precision is lost first.
pub fn text(out: &mut dyn Write, layers: &[LayerError]) -> io::Result<()> {
    let rows: Vec<[String; 6]> = layers
        .iter()
        .map(|layer| {
            [
                layer.layer.clone(),
                layer.operation.clone(),
                if layer.is_f32 { "f32" } else { "f16" }.to_owned(),
                format!("{:.4}", layer.largest),
                format!("{:.1e}", layer.difference),
                format!("{:.1e}", layer.relative()),
            ]
        })
        .collect();
    let header = ["layer", "operation", "stored", "largest", "error", "of it"];
    let right = [false, false, false, true, true, true];
    table::write(out, header, right, &rows)?;
    let largest = layers.iter();
    let largest = largest.max_by(|a, b| a.relative().total_cmp(&b.relative()));
    match (LayerError::first_loss(layers), largest) {
        (Some(first), Some(largest)) => writeln!(
            out,
            "precision is lost first in {}: {:.1e} of its largest value; the largest error is {:.1e} in {}",
            one_line(&first.layer),
            first.relative(),
            largest.relative(),
            one_line(&largest.layer),
        )?,
        _ => writeln!(out, "no layer differs from f32")?,
    }
    if let Some(layer) = layers.iter().find(|layer| layer.beyond_range) {
        let layer = one_line(&layer.layer);
        writeln!(
            out,
            "{layer} leaves the range of f16 first; --keep-f32 {layer} keeps it in f32"
        )?;
    }
    Ok(())
}

/// `layers` as JSON.
pub fn value(layers: &[LayerError]) -> Value {
    let layers = layers.iter().map(|layer| {
        json!({
            "layer": layer.layer,
            "operation": layer.operation,
            "stored": if layer.is_f32 { "f32" } else { "f16" },
            "largest": layer.largest,
            "error": layer.difference,
            "relative": layer.relative(),
            "beyond_range": layer.beyond_range,
        })
    });
    layers.collect()
}
