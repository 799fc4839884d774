//! What the command line can say.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Parser;
use menagerie::zoo::WeightsSource;

use crate::choice::Share;

/// A window that tells what it shows: a network classifies each picture on the device that draws it
#[derive(Debug, Parser)]
#[command(name = "window")]
pub struct Arguments {
    /// Show the images of this folder; without it, a mountain lake that photos drift across
    pub folder: Option<PathBuf>,
    /// The network, one that classifies
    #[arg(long, value_name = "NAME", default_value = "mobilenet_v2")]
    pub model: String,
    /// A safetensors file, `hub` or `synthetic:SEED`, instead of where weights usually lie
    #[arg(long, value_name = "WEIGHTS")]
    pub weights: Option<WeightsSource>,
    /// Milliseconds of the GPU's time that the network may take of each frame, instead of an eighth of it
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    budget: Option<Milliseconds>,
    /// Width and height of the window
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1120x630")]
    pub size: Size,
    /// Open no window: draw, write the last frame to this PNG file, and end
    #[arg(long, value_name = "FILE")]
    pub screenshot: Option<PathBuf>,
    /// How many frames of a sixtieth of a second to draw for the screenshot
    #[arg(long, value_name = "N", default_value_t = 300, requires = "screenshot")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub frames: u32,
    /// Begin with the heat map shown
    #[arg(long)]
    pub heat: bool,
}

impl Arguments {
    /// What the network may take of each frame.
    pub fn share(&self) -> Share {
        match self.budget {
            Some(budget) => Share::Time(budget.0),
            None => Share::Eighth,
        }
    }
}

/// A length of time that is not negative.
#[derive(Clone, Copy, Debug)]
struct Milliseconds(Duration);

impl FromStr for Milliseconds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = text.parse().map(|milliseconds: f64| milliseconds / 1000.0);
        seconds
            .ok()
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .map(Self)
            .ok_or_else(|| "expected milliseconds, not below 0".to_owned())
    }
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Size(pub [u32; 2]);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |side: &str| side.parse().ok().filter(|side| (16..=8192).contains(side));
        text.split_once('x')
            .and_then(|(width, height)| Some(Self([side(width)?, side(height)?])))
            .ok_or_else(|| "expected WIDTHxHEIGHT, each from 16 to 8192".to_owned())
    }
}
