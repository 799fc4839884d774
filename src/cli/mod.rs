//! The command line: one file for each command, with its arguments and its output.

mod adapters;
mod advice;
mod apart;
mod arguments;
mod autotune;
mod bench;
mod chart;
mod classify;
mod compare;
mod decoding;
mod embed;
mod embedding;
mod evaluate;
mod explain;
mod fetch;
mod gpu_report;
mod json_lines;
mod layer_errors;
mod legend;
mod models;
mod notices;
mod output;
mod page;
mod photo_network;
mod photos;
mod picture;
mod plan;
mod ports;
mod precision;
mod preprocessing;
mod profile;
mod resume;
mod roofline;
mod run;
mod segment;
mod signals;
mod similar;
mod summary;
mod table;
mod tensor_argument;
mod weights;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};

use output::Failure;

/// Classic convolutional networks on any GPU.
#[derive(Parser)]
#[command(name = "menagerie", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Models(models::Models),
    Fetch(fetch::Fetch),
    Summary(summary::SummaryCommand),
    Plan(plan::PlanCommand),
    Run(run::Run),
    Classify(classify::Classify),
    Evaluate(evaluate::Evaluate),
    Segment(segment::Segment),
    Explain(explain::Explain),
    Embed(embed::Embed),
    Similar(similar::Similar),
    Bench(bench::Bench),
    Profile(profile::ProfileCommand),
    Compare(compare::Compare),
    Autotune(autotune::Autotune),
    Adapters(adapters::Adapters),
    GpuReport(gpu_report::GpuReport),
}

/// Runs the command of the process's arguments.
pub fn main() -> ExitCode {
    let started = Instant::now();
    let command = Arguments::parse().command;
    signals::handle();
    let mut out = io::stdout().lock();
    let result = match command {
        Command::Models(command) => command.run(&mut out),
        Command::Fetch(command) => command.run(&mut out),
        Command::Summary(command) => command.run(&mut out),
        Command::Plan(command) => command.run(&mut out),
        Command::Run(command) => command.run(&mut out),
        Command::Classify(command) => command.run(&mut out, started),
        Command::Evaluate(command) => command.run(&mut out, started),
        Command::Segment(command) => command.run(&mut out, started),
        Command::Explain(command) => command.run(&mut out, started),
        Command::Embed(command) => command.run(&mut out, started),
        Command::Similar(command) => command.run(&mut out, started),
        Command::Bench(command) => command.run(&mut out),
        Command::Profile(command) => command.run(&mut out),
        Command::Compare(command) => command.run(&mut out),
        Command::Autotune(command) => command.run(&mut out),
        Command::Adapters(command) => command.run(&mut out),
        Command::GpuReport(command) => command.run(&mut out),
    };
    match result.and_then(|()| out.flush().map_err(Failure::from)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever words come after a command, they are understood or refused.
        #[test]
        fn no_command_line_panics(
            command in prop::sample::select(&[
                "models", "fetch", "summary", "plan", "run", "classify", "evaluate", "segment", "explain", "embed",
                "similar", "bench", "profile", "compare", "autotune", "adapters", "gpu-report", "help", "",
            ][..]),
            words in prop::collection::vec(
                prop_oneof![
                    "-{0,2}[a-z]{0,12}(=.{0,8})?",
                    "(--size|--batch|--adapter|--weights|--mean|--crop|--runs|--conv|--scale)=[0-9xX.,e+-]{0,12}",
                    ".{0,12}",
                ],
                0..5,
            ),
        ) {
            let line = ["menagerie".to_owned(), command.to_owned()].into_iter().chain(words);
            drop(Arguments::try_parse_from(line));
        }
    }
}
