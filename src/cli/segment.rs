//! `menagerie segment`.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use menagerie::zoo::Task;
use menagerie::{ErrorKind, Network};
use serde_json::json;

use super::arguments::AdapterArgument;
use super::decoding::DecodingArguments;
use super::notices::notices;
use super::output::{self, Failure, one_line};
use super::photos::one_photo;
use super::picture::{Colours, PictureFile};
use super::weights::WeightsArguments;

/// Segment a photo: find the pixels that show the network's object
#[derive(Args)]
pub struct Segment {
    /// An image, or `-` for standard input
    #[arg(value_name = "FILE")]
    photo: PathBuf,
    /// Image file to write, of the photo's size: white where the network finds an object, black elsewhere.
    /// The extension determines the format
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Write the photo with the mask drawn over it
    #[arg(long)]
    overlay: bool,
    /// Least probability of a pixel of the mask, 0 to 1
    #[arg(long, default_value_t = 0.5, value_parser = probability)]
    threshold: f64,
    /// Name of the network, or the path of an ONNX file
    #[arg(long, default_value = "unet_small")]
    model: String,
    #[command(flatten)]
    weights: WeightsArguments,
    #[command(flatten)]
    adapter: AdapterArgument,
    #[command(flatten)]
    decoding: DecodingArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Segment {
    pub fn run(&self, out: &mut dyn Write, started: Instant) -> Result<(), Failure> {
        let network = Network::builder(&self.model).on_notice(notices(&self.model));
        let mut network = self.weights.apply(self.adapter.apply(network))?;
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
            false => Colours::BlackAndWhite,
        };
        let source = one_photo(&self.photo)?;
        let file = PictureFile::new(&self.output, colours, &source)?;
        let mut network = network.load()?;
        let photo = self.decoding.decoding().open_source(&source)?;
        let mask = network
            .segment(&photo)
            .map_err(|error| match error.kind() {
                ErrorKind::Limit => error.in_context(&source),
                _ => error,
            })?;
        let (width, height) = (mask.width(), mask.height());
        match self.overlay {
            true => file.write_photo(mask.over(photo, self.threshold)?)?,
            false => file.write_gray([width, height], mask.black_and_white(self.threshold))?,
        }

        let [total, computing] =
            [started.elapsed(), network.running_time()].map(|time| time.as_secs_f64() * 1e3);
        let (adapter, covered) = (network.device(), mask.covered_share(self.threshold));
        if self.json {
            let value = json!({
                "model": network.name(),
                "adapter": adapter.to_string(),
                "file": source.to_string(),
                "width": width,
                "height": height,
                "threshold": self.threshold,
                "covered": covered,
                "output": self.output.to_string_lossy(),
                "overlay": self.overlay,
                "total_ms": total,
                "network_ms": computing,
            });
            return output::json(out, &value);
        }
        writeln!(
            out,
            "{} on {adapter}: {:.2}% of {width}x{height} pixels covered, in {total:.0} ms, {computing:.0} ms of \
             it in the network, written to {}",
            network.name(),
            covered * 100.0,
            one_line(&self.output.to_string_lossy()),
        )?;
        Ok(())
    }
}

fn probability(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("expected a number from 0 to 1".to_owned()),
    }
}
