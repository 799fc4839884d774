//! `menagerie summary`: layers, shapes and parameters, counted as Keras counts them.

use std::io::Write;

use clap::Args;
use menagerie::graph::{Derivation, Graph, Node, Parameter};
use menagerie::zoo;
use serde_json::json;

use super::arguments::SizeArgument;
use super::output::{self, Failure, grouped};
use super::table;

/// Print every layer of a network with its output shape and parameters
#[derive(Args)]
pub struct Summary {
    /// Name of the network
    model: String,
    #[command(flatten)]
    size: SizeArgument,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Numbers of parameters. Running statistics count, but are not trainable.
pub struct Totals {
    trainable: usize,
    fixed: usize,
}

impl Totals {
    /// Counts each stored parameter of `graph` once, however many layers read it.
    pub fn of(graph: &Graph) -> Self {
        let count = |trainable: bool| {
            graph
                .parameters()
                .iter()
                .filter(|parameter| parameter.derivation == Derivation::Stored)
                .filter(|parameter| parameter.trainable == trainable)
                .map(Parameter::elements)
                .sum()
        };
        Self {
            trainable: count(true),
            fixed: count(false),
        }
    }

    /// Trainable or not.
    pub fn all(&self) -> usize {
        self.trainable + self.fixed
    }
}

impl Summary {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let model = zoo::find(&self.model)?;
        let graph = model.graph_for(self.size.shape(model))?;
        let totals = Totals::of(&graph);
        if self.json {
            let layers: Vec<_> = graph
                .nodes()
                .iter()
                .map(|node| {
                    json!({
                        "name": node.name,
                        "kind": node.op.kind(),
                        "output_shape": [node.shape.channels, node.shape.height, node.shape.width],
                        "parameters": parameters(&graph, node),
                    })
                })
                .collect();
            let value = json!({
                "model": graph.name(),
                "layers": layers,
                "total": totals.all(),
                "trainable": totals.trainable,
                "non_trainable": totals.fixed,
            });
            return output::json(out, &value);
        }
        let rows: Vec<[String; 3]> = graph
            .nodes()
            .iter()
            .map(|node| {
                [
                    format!("{} ({})", node.name, node.op.kind()),
                    node.shape.to_string(),
                    grouped(parameters(&graph, node)),
                ]
            })
            .collect();
        write_table(out, graph.name(), &rows)?;
        writeln!(out, "Total params: {}", grouped(totals.all()))?;
        writeln!(out, "Trainable params: {}", grouped(totals.trainable))?;
        writeln!(out, "Non-trainable params: {}", grouped(totals.fixed))?;
        Ok(())
    }
}

fn parameters(graph: &Graph, node: &Node) -> usize {
    node.op
        .parameters()
        .iter()
        .map(|&id| graph.parameter(id).elements())
        .sum()
}

/// The table in the shape Keras users know.
fn write_table(out: &mut dyn Write, name: &str, rows: &[[String; 3]]) -> Result<(), Failure> {
    let header = ["Layer (type)", "Output Shape", "Param #"];
    let right = [false, false, true];
    let widths = table::widths(header, rows);
    // Two spaces stand between columns.
    let width = widths.iter().sum::<usize>() + 4;
    writeln!(out, "Model: \"{name}\"")?;
    writeln!(out, "{}", "_".repeat(width))?;
    table::line(out, &header.map(String::from), &widths, right)?;
    writeln!(out, "{}", "=".repeat(width))?;
    for row in rows {
        table::line(out, row, &widths, right)?;
    }
    writeln!(out, "{}", "=".repeat(width))?;
    Ok(())
}
