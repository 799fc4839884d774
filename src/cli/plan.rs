//! `menagerie plan`.

use std::io::Write;

use clap::Args;
use menagerie::graph::Graph;
use menagerie::{passes, zoo};

use super::arguments::PassArguments;
use super::output::Failure;

/// Print what a network would run, without a GPU
#[derive(Args)]
pub struct PlanCommand {
    /// Name of the network
    model: String,
    /// Images that go through at once
    #[arg(long, default_value_t = 1, value_parser = super::arguments::at_least_one)]
    batch: usize,
    #[command(flatten)]
    passes: PassArguments,
}

impl PlanCommand {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let graph = zoo::find(&self.model)?.graph()?;
        let graph = passes::optimize(&graph, &self.passes.set()?)?;
        write!(out, "{}", describe(&graph, self.batch))?;
        Ok(())
    }
}

fn describe(graph: &Graph, batch: usize) -> String {
    let mut text = format!("{} batch {batch}\n", graph.name());
    for node in graph.nodes() {
        text.push_str(&format!("{} {} {}\n", node.name, node.shape, node.op));
    }
    text
}
