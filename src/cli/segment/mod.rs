//! `menagerie segment`.

mod largest;
mod mask;
mod overlay;

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use image::{DynamicImage, RgbImage};
use menagerie::graph::Graph;
use menagerie::passes::{self, PassSet};
use menagerie::preprocess::Photo;
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::zoo::{self, Labels, Model};
use menagerie::{Error, ErrorKind, Result};
use serde_json::json;

use super::arguments::AdapterArgument;
use super::executor::Device;
use super::output::{self, Failure, one_line};
use super::photos::Source;
use super::picture::{Colours, PictureFile};
use super::weights::WeightsArguments;
use mask::Mask;

/// Mark the pixels of a photo that show what a network looks for
#[derive(Args)]
pub struct Segment {
    /// An image, or `-` for standard input
    #[arg(value_name = "FILE")]
    photo: PathBuf,
    /// Picture to write, of the photo's size: white where the network finds something, black elsewhere;
    /// its name's ending says in which format
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Write the photo with the mask drawn over it
    #[arg(long)]
    overlay: bool,
    /// How probable a pixel must be to count, 0 to 1
    #[arg(long, default_value_t = 0.5, value_parser = probability)]
    threshold: f64,
    /// Name of the network
    #[arg(long, default_value = "unet_small")]
    model: String,
    #[command(flatten)]
    weights: WeightsArguments,
    #[command(flatten)]
    adapter: AdapterArgument,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Segment {
    pub fn run(&self, out: &mut dyn Write, started: Instant) -> Result<(), Failure> {
        let model = zoo::find(&self.model)?;
        if model.labels != Labels::Mask {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "{} answers for the photo and not for each pixel; `menagerie classify` tells what it sees",
                    model.name
                ),
            )
            .into());
        }
        let colours = match self.overlay {
            true => Colours::All,
            false => Colours::BlackAndWhite,
        };
        let source = Source::named(&self.photo);
        let file = PictureFile::new(&self.output, colours, &source)?;
        let weights = self.weights.source(model)?;
        let preprocess = weights.preprocess(model);
        let weights = weights.open(model)?;
        let photo = source.read()?;
        let [width, height] = [photo.width(), photo.height()].map(|side| side as usize);

        let graph = graph(model, &weights, [height, width])?;
        let device = Device::open(&self.adapter.choice())?;
        let mut executor = device.prepare(&graph, &weights, 1).map_err(|error| {
            if error.kind() != ErrorKind::Limit {
                return error;
            }
            largest::too_large(model, &weights, &device, [height, width])
                .map_or(error, |too_large| too_large.in_context(&source))
        })?;
        let input = preprocess.for_size(height, width).apply(Photo {
            width,
            height,
            rgb: photo.as_raw(),
        })?;
        let computing = Instant::now();
        let scores = executor.run(&input)?;
        let network = computing.elapsed().as_secs_f64() * 1e3;
        let mask = Mask::new(&scores, self.threshold);
        file.write(&self.draw(photo, &mask))?;

        let total = started.elapsed().as_secs_f64() * 1e3;
        let adapter = executor.describe();
        if self.json {
            let value = json!({
                "model": model.name,
                "adapter": adapter,
                "file": source.to_string(),
                "width": width,
                "height": height,
                "threshold": self.threshold,
                "covered": mask.covered(),
                "output": self.output.to_string_lossy(),
                "overlay": self.overlay,
                "total_ms": total,
                "network_ms": network,
            });
            return output::json(out, &value);
        }
        writeln!(
            out,
            "{} on {adapter}: {:.2}% of {width}x{height} pixels covered, in {total:.0} ms, {network:.0} ms of \
             it in the network, written to {}",
            model.name,
            mask.covered() * 100.0,
            one_line(&self.output.to_string_lossy()),
        )?;
        Ok(())
    }

    fn draw(&self, mut photo: RgbImage, mask: &Mask) -> DynamicImage {
        if !self.overlay {
            return mask.to_image().into();
        }
        overlay::draw(&mut photo, mask);
        photo.into()
    }
}

/// The network for photos of `size`, height first, as it runs with `weights`.
fn graph(model: &Model, weights: &Weights, [height, width]: [usize; 2]) -> Result<Graph> {
    let input = Shape::new(model.input.channels, height, width);
    passes::optimize(&model.graph_of(input, weights)?, &PassSet::all())
}

fn probability(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("expected a number from 0 to 1".to_owned()),
    }
}
