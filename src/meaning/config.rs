//! Preprocessing and labels in JSON: timm's `config.json`, and Hugging Face's `config.json` and
//! `preprocessor_config.json`.

use serde_json::{Map, Value};

use super::processor;
use super::values::{channels, integers, number};
use crate::labels::Labels;
use crate::preprocess::{Adjustments, Framing, Interpolation, Preprocess};

/// What a JSON object says about weights.
#[derive(Default)]
pub(crate) struct Config {
    pub adjustments: Adjustments,
    pub labels: Option<Labels>,
    /// timm's name of the network.
    pub architecture: Option<String>,
}

/// timm's crop where a configuration has none.
const CROP_PCT: f64 = 0.875;

impl Config {
    /// Reads an object of timm or of Hugging Face. What it does not have is unknown.
    ///
    /// # Errors
    /// If it asks for steps that [`Adjustments`] cannot describe.
    pub fn read(object: &Map<String, Value>) -> Result<Self, String> {
        let pretrained = object.get("pretrained_cfg").and_then(Value::as_object);
        let adjustments = match processor::has_written(object) {
            true => processor::read(object)?,
            false => of_timm(pretrained.unwrap_or(object))?,
        };
        if let Some(crop) = adjustments.crop
            && crop.contains(&0)
        {
            return Err("its images have no pixels".to_owned());
        }
        Ok(Self {
            adjustments,
            labels: labels(object).or_else(|| labels(pretrained?)),
            architecture: object
                .get("architecture")
                .and_then(Value::as_str)
                .map(str::to_owned),
        })
    }
}

/// timm's `create_transform` for evaluation.
fn of_timm(config: &Map<String, Value>) -> Result<Adjustments, String> {
    let mut found = Adjustments {
        mean: channels(config.get("mean")),
        std: channels(config.get("std")),
        ..Adjustments::default()
    };
    if let Some(name) = config.get("interpolation").and_then(Value::as_str) {
        found.interpolation = Some(interpolation(name)?);
    }
    if let Some(size) = config.get("input_size").and_then(integers)
        && let [_, height, width] = size[..]
    {
        // What a configuration of timm leaves out.
        let imagenet = Preprocess::IMAGENET;
        found.interpolation = found.interpolation.or(Some(Interpolation::Bicubic));
        found.mean = found.mean.or(Some(imagenet.mean));
        found.std = found.std.or(Some(imagenet.std));
        let part = number(config.get("crop_pct")).unwrap_or(CROP_PCT);
        let part = if part > 0.0 && part <= 1.0 { part } else { 1.0 };
        let scaled = |side: usize| (side as f64 / part) as usize;
        let mode = config.get("crop_mode").and_then(Value::as_str);
        found.crop = Some([height, width]);
        found.framing = Some(match mode {
            Some("squash") if part == 1.0 => Framing::Squash(1.0),
            None | Some("center") => Framing::ShorterSide(scaled(height.min(width))),
            Some(other) => return Err(format!("the crop {other} of {part} is not supported")),
        });
    }
    Ok(found)
}

/// The names of classes, unless they only count: `LABEL_0`.
fn labels(object: &Map<String, Value>) -> Option<Labels> {
    if let Some(names) = object.get("id2label") {
        let labels = Labels::of_json(names)?;
        let is_counted = (0..labels.len()).all(|index| {
            let name = labels.name(index).unwrap_or_default();
            name.strip_prefix("LABEL_") == Some(index.to_string().as_str())
        });
        return (!is_counted).then_some(labels);
    }
    let names = object.get("labels").or_else(|| object.get("label_names"))?;
    let described = object.get("label_descriptions").and_then(Value::as_object);
    let labels = Labels::of_json(names)?;
    let Some(described) = described else {
        return Some(labels);
    };
    let descriptions = labels.names().map(|name| {
        let description = described.get(name).and_then(Value::as_str);
        description.unwrap_or(name).to_owned()
    });
    let ids = (0..labels.len()).map_while(|index| labels.wordnet_id(index).map(str::to_owned));
    Some(Labels::new(descriptions).with_wordnet_ids(ids))
}

fn interpolation(name: &str) -> Result<Interpolation, String> {
    match name {
        "nearest" => Ok(Interpolation::Nearest),
        "bilinear" => Ok(Interpolation::Bilinear),
        "bicubic" => Ok(Interpolation::Bicubic),
        other => Err(format!("the filter {other} is not supported")),
    }
}
