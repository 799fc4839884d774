//! `menagerie segment`.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use menagerie::maps::class_colour;
use menagerie::photo::Source;
use menagerie::zoo::Task;
use menagerie::{Error, ErrorKind, Labels, Network, Photo, Result};
use serde_json::{Value, json};

use super::arguments::AdapterArgument;
use super::decoding::DecodingArguments;
use super::legend::{self, Entry};
use super::notices::notices;
use super::output::{self, Failure, one_line};
use super::photos::one_photo;
use super::picture::{Colours, PictureFile};
use super::precision::PrecisionArguments;
use super::preprocessing::PreprocessArguments;
use super::table;
use super::weights::WeightsArguments;

/// Background and one object: a mask.
const TWO: usize = 2;

/// The threshold if none is given.
const THRESHOLD: f64 = 0.5;

/// Segment a photo: find the pixels that show the network's object, or the class of each pixel
#[derive(Args)]
pub struct Segment {
    /// An image, or `-` for standard input
    #[arg(value_name = "FILE")]
    photo: PathBuf,
    /// Image file to write, of the photo's size: white where the network finds an object, black elsewhere. A network of
    /// several classes writes the colour of each pixel's class, with a legend below. The extension determines the format
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Write the photo with the mask or the classes drawn over it
    #[arg(long)]
    overlay: bool,
    /// Leave out the legend below the picture of several classes, so that it has the photo's size
    #[arg(long)]
    no_legend: bool,
    /// Least probability of a pixel of the mask, 0 to 1; 0.5 if it is not given. A network of several classes has none
    #[arg(long, value_parser = probability)]
    threshold: Option<f64>,
    /// Name of the network, or the path of an ONNX file
    #[arg(long, default_value = "unet_small")]
    model: String,
    #[command(flatten)]
    weights: WeightsArguments,
    #[command(flatten)]
    adapter: AdapterArgument,
    #[command(flatten)]
    precision: PrecisionArguments,
    #[command(flatten)]
    decoding: DecodingArguments,
    #[command(flatten)]
    preprocess: PreprocessArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Segment {
    pub fn run(&self, out: &mut dyn Write, started: Instant) -> Result<(), Failure> {
        let network = Network::builder(&self.model).on_notice(notices(&self.model));
        let network = self.precision.apply(self.adapter.apply(network));
        let network = self.weights.apply(network)?;
        let mut network = self.preprocess.apply(network)?;
        network
            .expect_task(Task::Segment)
            .map_err(|error| match error.kind() {
                ErrorKind::WrongTask => {
                    error.with_advice("`menagerie classify` prints its classes")
                }
                _ => error,
            })?;
        let colours = match self.overlay {
            true => Colours::All,
            false => Colours::OfClasses,
        };
        let source = one_photo(&self.photo)?;
        let file = PictureFile::new(&self.output, colours, &source)?;
        let mut network = network.load()?;
        file.check(&network)?;
        let photo = self.decoding.decoding().open_source(&source)?;
        let size = [photo.width(), photo.height()];
        let found = match network.classes()? > TWO {
            true => self.classes(&mut network, photo, &file),
            false => self.mask(&mut network, photo, &file),
        };
        let found = found.map_err(|error| match error.kind() {
            ErrorKind::Limit | ErrorKind::OutOfMemory => error.in_context(&source),
            _ => error,
        })?;
        let times =
            [started.elapsed(), network.running_time()].map(|time| time.as_secs_f64() * 1e3);
        match self.json {
            true => output::json(out, &self.described(&network, &source, size, found, times)),
            false => self.write(out, &network, size, &found, times),
        }
    }

    /// Writes the mask of the network's object.
    fn mask(&self, network: &mut Network, photo: Photo, file: &PictureFile) -> Result<Found> {
        let threshold = self.threshold.unwrap_or(THRESHOLD);
        let mask = network.segment(&photo)?;
        match self.overlay {
            true => file.write_photo(mask.over(photo, threshold)?)?,
            false => file.write_gray(
                [mask.width(), mask.height()],
                mask.black_and_white(threshold),
            )?,
        }
        Ok(Found::Covered {
            threshold,
            share: mask.covered_share(threshold),
        })
    }

    /// Writes the classes in their colours.
    fn classes(&self, network: &mut Network, photo: Photo, file: &PictureFile) -> Result<Found> {
        if self.threshold.is_some() {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "--threshold is for a mask of one object, and {} has {} classes",
                    network.name(),
                    network.classes()?
                ),
            ));
        }
        let found = network.segment_classes(&photo)?;
        let picture = match self.overlay {
            true => found.over(photo)?,
            false => found.picture()?,
        };
        let shares = found.shares();
        file.write_photo(match self.no_legend {
            true => picture,
            false => legend::below(picture, &entries(&shares, network.labels()))?,
        })?;
        Ok(Found::Classes(shares))
    }

    fn described(
        &self,
        network: &Network,
        source: &Source,
        [width, height]: [usize; 2],
        found: Found,
        [total, computing]: [f64; 2],
    ) -> Value {
        let mut value = json!({
            "model": network.name(),
            "adapter": network.device().to_string(),
            "file": source.to_string(),
            "width": width,
            "height": height,
            "output": self.output.to_string_lossy(),
            "overlay": self.overlay,
            "total_ms": total,
            "network_ms": computing,
        });
        match found {
            Found::Covered { threshold, share } => {
                value["threshold"] = threshold.into();
                value["covered"] = share.into();
            }
            Found::Classes(shares) => {
                value["legend"] = (!self.no_legend).into();
                let classes = shares.into_iter().map(|(class, share)| {
                    json!({
                        "index": class,
                        "label": network.labels().name(class),
                        "colour": hexadecimal(class),
                        "share": share,
                    })
                });
                value["classes"] = classes.collect();
            }
        }
        value
    }

    fn write(
        &self,
        out: &mut dyn Write,
        network: &Network,
        [width, height]: [usize; 2],
        found: &Found,
        [total, computing]: [f64; 2],
    ) -> Result<(), Failure> {
        let (name, adapter) = (network.name(), network.device());
        let what = match found {
            Found::Covered { share, .. } => {
                format!("{:.2}% of {width}x{height} pixels covered", share * 100.0)
            }
            Found::Classes(shares) => {
                format!("{} classes in {width}x{height} pixels", shares.len())
            }
        };
        writeln!(
            out,
            "{name} on {adapter}: {what}, in {total:.0} ms, {computing:.0} ms of it in the network, written to {}",
            one_line(&self.output.to_string_lossy()),
        )?;
        if let Found::Classes(shares) = found {
            let rows: Vec<[String; 3]> = (shares.iter())
                .map(|&(class, share)| {
                    [
                        format!("{:.2}%", share * 100.0),
                        hexadecimal(class),
                        network.labels().label(class).into_owned(),
                    ]
                })
                .collect();
            let header = ["pixels", "colour", "class"];
            table::write(out, header, [true, false, false], &rows)?;
        }
        Ok(())
    }
}

/// What the network finds.
enum Found {
    /// The share of the pixels of its object, which have at least a probability.
    Covered { threshold: f64, share: f64 },
    /// The classes of all pixels with their shares.
    Classes(Vec<(usize, f64)>),
}

/// The legend of these classes.
fn entries(shares: &[(usize, f64)], labels: &Labels) -> Vec<Entry> {
    let entries = shares.iter().map(|&(class, _)| Entry {
        colour: class_colour(class),
        name: labels.label(class).into_owned(),
    });
    entries.collect()
}

/// The colour of a class, as in HTML.
fn hexadecimal(class: usize) -> String {
    let [red, green, blue] = class_colour(class);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn probability(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("expected a number from 0 to 1".to_owned()),
    }
}
