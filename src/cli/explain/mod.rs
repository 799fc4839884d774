//! `menagerie explain`.

mod class;

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use image::{Rgb, RgbImage};
use menagerie::likeliest::{Guess, likeliest};
use menagerie::maps::{ClassMaps, ScoreMap, Style, with_features};
use menagerie::preprocess::{Photo, Seen};
use menagerie::{Result, passes, zoo};
use serde_json::json;

use super::arguments::{AdapterArgument, PassArguments, SizeArgument};
use super::executor::Executor;
use super::output::{self, Failure, one_line};
use super::photos::Source;
use super::picture::{Colours, PictureFile};
use super::weights::{self, WeightsArguments};

/// Share of the heat map in what it is laid over.
const STRENGTH: f32 = 0.5;

/// Show which pixels of a photo speak for what a network takes it for
#[derive(Args)]
pub struct Explain {
    /// An image, or `-` for standard input
    #[arg(value_name = "FILE")]
    photo: PathBuf,
    /// Picture to write: the photo with a heat map laid over what the network saw of it; its name's ending
    /// says in which format
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// The class to explain, by name or index, instead of the likeliest
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
    /// Write the heat map alone
    #[arg(long)]
    map: bool,
    /// Name of the network
    #[arg(long, default_value = "mobilenet_v2")]
    model: String,
    #[command(flatten)]
    weights: WeightsArguments,
    #[command(flatten)]
    size: SizeArgument,
    #[command(flatten)]
    adapter: AdapterArgument,
    #[command(flatten)]
    passes: PassArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub fn run(&self, out: &mut dyn Write, started: Instant) -> Result<(), Failure> {
        let model = zoo::find(&self.model)?;
        let passes = self.passes.set()?;
        let shape = self.size.shape(model);
        // Networks without class maps have none with any weights.
        with_features(&model.graph_for(shape)?)?;
        let source = Source::named(&self.photo);
        let file = PictureFile::new(&self.output, Colours::All, &source)?;
        let weights = self.weights.source(model)?;
        let preprocess = weights
            .preprocess(model)
            .for_size(shape.height, shape.width);
        let weights = weights.open(model)?;
        let graph = with_features(&model.graph_of(shape, &weights)?)?;
        let names = weights::names(model, &graph);
        let classes = graph.output_shape()?.channels;
        let wanted = self.class.as_deref();
        let wanted = wanted
            .map(|text| class::find(text, &names, classes))
            .transpose()?;

        let photo = source.read()?;
        let [width, height] = [photo.width(), photo.height()].map(|side| side as usize);
        let input = preprocess.apply(Photo {
            width,
            height,
            rgb: photo.as_raw(),
        })?;
        let graph = passes::optimize(&graph, &passes)?;
        let maps = ClassMaps::new(&graph, &weights)?;
        let mut executor = Executor::open(&self.adapter.choice(), &graph, &weights, 1)?;
        let computing = Instant::now();
        let outputs = executor.run_outputs(&input)?;
        let network = computing.elapsed().as_secs_f64() * 1e3;

        let guess = guess(outputs[0].image(0), wanted);
        let map = ScoreMap::relative(&maps.map(&outputs, guess.index)?, 0)?;
        let seen = preprocess.seen(height, width)?;
        file.write(&self.draw(photo, &map, &seen)?.into())?;

        let total = started.elapsed().as_secs_f64() * 1e3;
        let adapter = executor.describe();
        let name = names.get(guess.index).copied();
        if self.json {
            let value = json!({
                "model": model.name,
                "adapter": adapter,
                "file": source.to_string(),
                "width": width,
                "height": height,
                "index": guess.index,
                "label": name,
                "probability": guess.probability,
                "output": self.output.to_string_lossy(),
                "map": self.map,
                "total_ms": total,
                "network_ms": network,
            });
            return output::json(out, &value);
        }
        writeln!(
            out,
            "{} on {adapter}: {}, {:.2}%, in {total:.0} ms, {network:.0} ms of it in the network, written to {}",
            model.name,
            name.map_or_else(|| format!("class {}", guess.index), str::to_owned),
            guess.probability * 100.0,
            one_line(&self.output.to_string_lossy()),
        )?;
        Ok(())
    }

    /// The heat map on the photo, or in its place.
    fn draw(&self, mut photo: RgbImage, map: &ScoreMap, seen: &Seen) -> Result<RgbImage> {
        let size = [photo.width(), photo.height()].map(|side| side as usize);
        let heat = map.paint(seen, size, &Style::heat())?;
        let (heat, _) = heat.as_chunks::<4>();
        for (pixel, &[red, green, blue, alpha]) in photo.pixels_mut().zip(heat) {
            let colour = [red, green, blue];
            if self.map {
                *pixel = Rgb(colour);
            } else if alpha > 0 {
                *pixel = Rgb(laid_over(pixel.0, colour));
            }
        }
        Ok(photo)
    }
}

fn laid_over(photo: [u8; 3], heat: [u8; 3]) -> [u8; 3] {
    std::array::from_fn(|channel| {
        let [photo, heat] = [photo[channel], heat[channel]].map(f32::from);
        (photo + STRENGTH * (heat - photo)).round() as u8
    })
}

/// How likely the class `wanted` is, or which one is likeliest.
fn guess(logits: &[f32], wanted: Option<usize>) -> Guess {
    let guesses = likeliest(logits, logits.len());
    let found = guesses.iter().find(|guess| Some(guess.index) == wanted);
    *found.unwrap_or(&guesses[0])
}
