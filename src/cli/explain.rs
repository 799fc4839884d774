//! `menagerie explain`.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use menagerie::maps::with_features;
use serde_json::json;

use super::arguments::LabelsArgument;
use super::output::{self, Failure, one_line};
use super::photo_network::PhotoNetwork;
use super::photos::one_photo;
use super::picture::{Colours, PictureFile};

/// Opacity of the heat map over the photo.
const STRENGTH: f32 = 0.5;

/// Show which pixels of a photo contribute to a class, as a heat map
#[derive(Args)]
pub struct Explain {
    /// An image, or `-` for standard input
    #[arg(value_name = "FILE")]
    photo: PathBuf,
    /// Image file to write: the photo with the heat map over the part that the network used. The extension determines
    /// the format
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// The class to explain, by name or index; the most probable class by default
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
    /// Write only the heat map
    #[arg(long)]
    map: bool,
    #[command(flatten)]
    network: PhotoNetwork,
    #[command(flatten)]
    labels: LabelsArgument,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub fn run(&self, out: &mut dyn Write, started: Instant) -> Result<(), Failure> {
        let mut network = self.labels.apply(self.network.builder()?)?;
        // Whether a network has class maps does not depend on its weights.
        with_features(&network.graph()?)?;
        let source = one_photo(&self.photo)?;
        let file = PictureFile::new(&self.output, Colours::All, &source)?;
        let mut network = network.load()?;
        file.check(&network)?;
        let class = self.class.as_deref().map(|text| network.class(text));
        let class = class.transpose()?;
        let photo = self.network.decoding().open_source(&source)?;
        let answer = network.explain(&photo, class)?;
        let (width, height) = (photo.width(), photo.height());
        file.write_photo(match self.map {
            true => answer.heat_map()?,
            false => answer.over(photo, STRENGTH)?,
        })?;

        let [total, computing] =
            [started.elapsed(), network.running_time()].map(|time| time.as_secs_f64() * 1e3);
        let adapter = network.device();
        if self.json {
            let value = json!({
                "model": network.name(),
                "adapter": adapter.to_string(),
                "file": source.to_string(),
                "width": width,
                "height": height,
                "index": answer.index(),
                "label": network.labels().name(answer.index()),
                "probability": answer.probability(),
                "output": self.output.to_string_lossy(),
                "map": self.map,
                "total_ms": total,
                "network_ms": computing,
            });
            return output::json(out, &value);
        }
        writeln!(
            out,
            "{} on {adapter}: {}, {:.2}%, in {total:.0} ms, {computing:.0} ms of it in the network, written to {}",
            network.name(),
            one_line(&answer.label()),
            answer.probability() * 100.0,
            one_line(&self.output.to_string_lossy()),
        )?;
        Ok(())
    }
}
