//! `menagerie compare`: times alternatives, interleaved.

mod builder;
mod candidates;
mod kernels;
mod layer;
mod networks;
mod output;
mod own;
mod page;
mod parity;
mod predictions;
mod report;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use menagerie::{Error, ErrorKind};

use super::arguments::count;
use super::output::Failure;

/// Compare the times of networks, adapters, sizes or kernels, interleaved, or predictions with measurements
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Compare {
    #[command(flatten)]
    networks: networks::Networks,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Kernels(Box<kernels::KernelsArguments>),
    Predictions(predictions::Predictions),
}

impl Compare {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        match &self.command {
            Some(Command::Kernels(kernels)) => kernels.run(out),
            Some(Command::Predictions(predictions)) => predictions.run(out),
            None => self.networks.run(out),
        }
    }
}

/// `--rounds`, `--json` and `--csv`.
#[derive(Args)]
struct ReportArguments {
    /// Number of interleaved rounds after a first run
    #[arg(long, default_value_t = 15, value_parser = count())]
    rounds: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print CSV, one line for each alternative
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Also write the table as a page with bars to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// The error for a comparison with fewer than two alternatives.
fn nothing_to_compare(instead: &str) -> Error {
    Error::new(ErrorKind::Input, format!("nothing to compare: {instead}"))
}
