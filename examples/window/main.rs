//! A window that tells what it shows: a network looks at what the application draws, on the device that draws
//! it, a little in every frame.
//!
//! `cargo run --release --example window` draws a mountain lake that photos drift across;
//! `cargo run --release --example window FOLDER` shows the images of a folder. `--help` lists the rest.
//!
//! What is menagerie's is in `recognition.rs`, `heat_maps.rs` and `choice.rs`; everything else is what an
//! application has anyway.

mod application;
mod arguments;
mod choice;
mod graphics;
mod heat_maps;
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
use choice::Choice;

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

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(
        arguments: &[&str],
    ) -> menagerie::Result<(application::Application, image::RgbaImage)> {
        let always = [
            "window",
            "--screenshot",
            "none",
            "--size",
            "300x200",
            "--frames",
            "5",
        ];
        let arguments = Arguments::try_parse_from(always.iter().chain(arguments))
            .unwrap_or_else(|error| panic!("{error}"));
        let choice = Choice::new(
            &arguments.model,
            arguments.weights.clone(),
            arguments.share(),
        )?;
        screenshot::draw(choice, &arguments)
    }

    const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");

    #[test]
    fn a_folder_is_shown_and_classified_whatever_else_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("broken.png"), "no image").unwrap();
        std::fs::copy(
            format!("{SAMPLES}/coffee.png"),
            folder.path().join("cup.png"),
        )
        .unwrap();
        let path = folder.path().to_str().unwrap();
        let (application, frame) = drawn(&[path, "--heat", "--budget", "1000"]).unwrap();
        assert_eq!(application.top_label().as_deref(), Some("espresso"));
        assert_eq!(frame.dimensions(), (300, 200));
    }

    #[test]
    fn a_lost_device_ends_it() {
        let (mut application, _) = drawn(&["--budget", "1000"]).unwrap();
        application.graphics.device.destroy();
        let canvas = application.graphics.canvas("canvas", [300, 200]);
        let end = (0..3).find_map(|_| application.frame(&canvas, 1.0, None).err());
        assert_eq!(end.unwrap().kind(), menagerie::ErrorKind::DeviceLost);
    }

    #[test]
    fn what_cannot_be_done_is_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let empty = format!("{path}: no images in this folder");
        let cases: [(&[&str], &str); 3] = [
            (&[path], &empty),
            (
                &["--model", "unet_small"],
                "unet_small finds pixels: expected a network that classifies",
            ),
            (&["--model", "nothing"], "nothing"),
        ];
        for (arguments, expected) in cases {
            let error = drawn(arguments)
                .err()
                .map(|error| error.to_string())
                .unwrap();
            assert!(error.contains(expected), "{error:?} without {expected:?}");
            assert_eq!(error.lines().count(), 1, "{error:?}");
        }
    }
}
