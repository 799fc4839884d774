//! A window that tells what it shows: a network looks at what the application draws, on the device that draws
//! it, a little in every frame.
//!
//! `cargo run --release --example window` draws a mountain lake that photos drift across;
//! `cargo run --release --example window FOLDER` shows the images of a folder. `--help` lists the rest.
//!
//! What is menagerie's is in `recognition.rs`; everything else is what an application has anyway.

mod application;
mod arguments;
mod graphics;
mod history;
mod ink;
mod lake;
mod overlay;
mod photo;
mod present;
mod recognition;
mod screen;
mod screenshot;
mod show;
mod slides;
mod window;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
use recognition::Choice;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> menagerie::Result<()> {
    let choice = Choice::new(
        &arguments.model,
        arguments.weights.clone(),
        arguments.share(),
    )?;
    match &arguments.screenshot {
        Some(path) => screenshot::take(choice, arguments, path),
        None => window::open(choice, arguments),
    }
}
