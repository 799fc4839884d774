//! `menagerie compare`: several things timed side by side.

mod kernels;
mod networks;
mod report;

use std::io::Write;

use clap::{Args, Subcommand};
use menagerie::{Error, ErrorKind};

use super::arguments::count;
use super::output::Failure;

/// Time networks, adapters, sizes or kernels side by side, in turns
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Compare {
    #[command(flatten)]
    networks: networks::Networks,
    #[command(subcommand)]
    kernels: Option<Kernels>,
}

#[derive(Subcommand)]
enum Kernels {
    Kernels(kernels::KernelsArguments),
}

impl Compare {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        match &self.kernels {
            Some(Kernels::Kernels(kernels)) => kernels.run(out),
            None => self.networks.run(out),
        }
    }
}

/// `--rounds`, `--json` and `--csv`.
#[derive(Args)]
struct ReportArguments {
    /// Number of times that each takes its turn, after a first run
    #[arg(long, default_value_t = 15, value_parser = count())]
    rounds: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print CSV: a line for each
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// For what has nothing beside it.
fn nothing_to_compare(instead: &str) -> Error {
    Error::new(ErrorKind::Input, format!("nothing to compare: {instead}"))
}
