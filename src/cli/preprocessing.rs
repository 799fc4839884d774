//! The arguments that change the preprocessing of photos.

use std::str::FromStr;

use clap::{Args, ValueEnum};
use menagerie::network::NetworkBuilder;
use menagerie::preprocess::{Adjustments, Colour, Framing, Interpolation};
use menagerie::{Error, ErrorKind, Result};

use super::arguments::{Size, SizeArgument};

/// `--resize`, `--crop`, `--interpolation`, `--channels`, `--scale`, `--mean` and `--std`.
#[derive(Args)]
#[command(next_help_heading = "Preprocessing, where it is not to be that of the weights")]
pub struct PreprocessArguments {
    /// Resize the shorter side of a photo to this number of pixels, or the whole photo to HEIGHTxWIDTH
    #[arg(long, value_name = "SIZE")]
    resize: Option<Resize>,
    /// Crop this size from the centre. It is also the size of the network's input
    #[arg(long, value_name = "SIZE")]
    crop: Option<Size>,
    /// Filter for resizing
    #[arg(long, value_name = "FILTER")]
    interpolation: Option<Filter>,
    /// Channels of the network's input
    #[arg(long, value_name = "CHANNELS")]
    channels: Option<Channels>,
    /// Multiply pixels, from 0 to 255, by this factor before --mean and --std are applied. The default is 1/255
    #[arg(long, value_name = "FACTOR", value_parser = factor)]
    scale: Option<f32>,
    /// Subtract these numbers from the channels: three, separated by commas, or one for all channels
    #[arg(long, value_name = "NUMBERS", allow_hyphen_values = true)]
    mean: Option<PerChannel>,
    /// Divide the channels by these numbers: three, separated by commas, or one for all channels
    #[arg(long, value_name = "NUMBERS")]
    std: Option<PerChannel>,
}

impl PreprocessArguments {
    /// Changes the preprocessing of `network` as the arguments say.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if arguments contradict each other.
    pub fn apply<'a>(&self, network: NetworkBuilder<'a>) -> Result<NetworkBuilder<'a>> {
        let mut known = Adjustments::default();
        known.crop = self.crop.map(Size::sides);
        match self.resize {
            Some(Resize::ShorterSide(side)) => known.framing = Some(Framing::ShorterSide(side)),
            Some(Resize::Whole(size)) => {
                if self.crop.is_some_and(|crop| crop != size) {
                    return refused("a whole photo is resized to the crop", "leave out --crop");
                }
                known.framing = Some(Framing::Squash(1.0));
                known.crop = Some(size.sides());
            }
            None => {}
        }
        known.interpolation = self.interpolation.map(Filter::interpolation);
        known.colour = self.channels.map(Channels::colour);
        let [mean, std] =
            [self.mean, self.std].map(|numbers| numbers.map(|PerChannel(numbers)| numbers));
        match self.scale {
            Some(scale) => {
                known.normalise_scaled(scale, mean.unwrap_or([0.0; 3]), std.unwrap_or([1.0; 3]));
            }
            None if mean.is_some_and(|mean| mean.iter().any(|mean| mean.abs() > 1.0)) => {
                return refused(
                    "the mean of pixels from 0 to 1 is at most 1",
                    "--scale 1 keeps pixels from 0 to 255",
                );
            }
            None => (known.mean, known.std) = (mean, std),
        }
        Ok(network.adjust(known))
    }
}

impl PreprocessArguments {
    /// Checks that only one argument gives the size of the input.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if `size` and a crop are given.
    pub fn check(&self, size: &SizeArgument) -> Result<()> {
        let has_crop = self.crop.is_some() || matches!(self.resize, Some(Resize::Whole(_)));
        match has_crop && size.is_given() {
            true => refused("the crop is the size of the input", "leave out --size"),
            false => Ok(()),
        }
    }
}

fn refused<T>(message: &str, advice: &str) -> Result<T> {
    Err(Error::new(ErrorKind::Input, message).with_advice(advice))
}

/// What is resized.
#[derive(Clone, Copy)]
enum Resize {
    ShorterSide(usize),
    Whole(Size),
}

impl FromStr for Resize {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let size: Size = text.parse()?;
        Ok(match text.contains('x') {
            true => Resize::Whole(size),
            false => Resize::ShorterSide(size.sides()[0]),
        })
    }
}

/// A filter for resizing.
#[derive(Clone, Copy, ValueEnum)]
enum Filter {
    Nearest,
    Bilinear,
    Bicubic,
}

impl Filter {
    fn interpolation(self) -> Interpolation {
        match self {
            Filter::Nearest => Interpolation::Nearest,
            Filter::Bilinear => Interpolation::Bilinear,
            Filter::Bicubic => Interpolation::Bicubic,
        }
    }
}

/// Channels of an input.
#[derive(Clone, Copy, ValueEnum)]
enum Channels {
    Rgb,
    Bgr,
    Gray,
}

impl Channels {
    fn colour(self) -> Colour {
        match self {
            Channels::Rgb => Colour::Rgb,
            Channels::Bgr => Colour::Bgr,
            Channels::Gray => Colour::Gray,
        }
    }
}

/// A number for each of three channels.
#[derive(Clone, Copy, Debug, PartialEq)]
struct PerChannel([f32; 3]);

impl FromStr for PerChannel {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let numbers = text
            .split(',')
            .map(|number| number.trim().parse::<f32>().ok());
        let numbers: Option<Vec<f32>> = numbers.collect();
        let numbers = numbers.filter(|numbers| numbers.iter().all(|number| number.is_finite()));
        match numbers.as_deref() {
            Some(&[one]) => Ok(Self([one; 3])),
            Some(&[first, second, third]) => Ok(Self([first, second, third])),
            _ => Err("expected three numbers, separated by commas, or one".to_owned()),
        }
    }
}

/// Parses a factor above 0: a number, or a fraction such as 1/255.
fn factor(text: &str) -> std::result::Result<f32, String> {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let factor = above.parse::<f32>().ok().zip(below.parse::<f32>().ok());
    match factor.map(|(above, below)| above / below) {
        Some(factor) if factor.is_finite() && factor > 0.0 => Ok(factor),
        _ => Err("expected a number above 0, or a fraction such as 1/255".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_for_each_channel_or_for_all() {
        assert_eq!("0.5".parse(), Ok(PerChannel([0.5; 3])));
        assert_eq!("103.9,-1, 2".parse(), Ok(PerChannel([103.9, -1.0, 2.0])));
        for text in ["", "a", "1,2", "1,2,3,4", "inf", "nan,1,1"] {
            assert!(text.parse::<PerChannel>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_factor_is_a_number_or_a_fraction() {
        assert_eq!(factor("1/255"), Ok(1.0 / 255.0));
        assert_eq!(factor("0.017"), Ok(0.017));
        for text in ["", "0", "-1", "1/0", "x", "1/2/3"] {
            assert!(factor(text).is_err(), "{text}");
        }
    }
}
