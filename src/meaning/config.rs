//! Preprocessing and labels in JSON: timm's `config.json`, and Hugging Face's `config.json` and
//! `preprocessor_config.json`.

use serde_json::{Map, Value};

use crate::labels::Labels;
use crate::preprocess::{Adjustments, Framing, Interpolation};

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
/// The same of the processor of ConvNeXt in transformers.
const CONVNEXT_CROP_PCT: f64 = 224.0 / 256.0;

impl Config {
    /// Reads an object of timm or of Hugging Face. What it does not have is unknown.
    ///
    /// # Errors
    /// If it asks for steps that [`Adjustments`] cannot describe.
    pub fn read(object: &Map<String, Value>) -> Result<Self, String> {
        let pretrained = object.get("pretrained_cfg").and_then(Value::as_object);
        let adjustments = match is_of_processor(object) {
            true => of_processor(object)?,
            false => of_timm(pretrained.unwrap_or(object))?,
        };
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

/// Whether the object is a `preprocessor_config.json`.
fn is_of_processor(object: &Map<String, Value>) -> bool {
    let keys = [
        "image_processor_type",
        "feature_extractor_type",
        "image_mean",
        "do_resize",
    ];
    keys.iter().any(|key| object.contains_key(*key))
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

/// The image processors of Hugging Face's transformers.
fn of_processor(config: &Map<String, Value>) -> Result<Adjustments, String> {
    let is_set = |key: &str, default| config.get(key).and_then(Value::as_bool).unwrap_or(default);
    let mut kinds = ["image_processor_type", "feature_extractor_type"].iter();
    let kind = kinds.find_map(|key| config.get(*key)?.as_str());
    let is_of = |family: &str| kind.is_some_and(|kind| kind.starts_with(family));
    if !is_set("do_resize", true) {
        return Err("photos that are not resized are not supported".into());
    }
    let mut found = Adjustments::default();
    let scale = match is_set("do_rescale", true) {
        true => number(config.get("rescale_factor")).unwrap_or(1.0 / 255.0),
        false => 1.0,
    };
    let values = match is_set("do_normalize", true) {
        true => channels(config.get("image_mean")).zip(channels(config.get("image_std"))),
        false => Some(([0.0; 3], [1.0; 3])),
    };
    if let Some((mut mean, mut std)) = values {
        if is_set("rescale_offset", false) {
            mean = mean.map(|mean| mean + 1.0);
        }
        // EfficientNet's processor divides by the deviation once more, for weights that were converted from Keras.
        if is_of("EfficientNet") && is_set("include_top", true) {
            std = std.map(|std| std * std);
        }
        found.normalise_scaled(scale as f32, mean, std);
    }
    found.interpolation = match config.get("resample").and_then(Value::as_u64) {
        None => None,
        Some(0) => Some(Interpolation::Nearest),
        Some(2) => Some(Interpolation::Bilinear),
        Some(3) => Some(Interpolation::Bicubic),
        Some(other) => return Err(format!("Pillow's filter {other} is not supported")),
    };
    let crop = config.get("crop_size").and_then(extents);
    let crop = crop.filter(|_| is_set("do_center_crop", true));
    let part = number(config.get("crop_pct"));
    let part = part.or(is_of("ConvNext").then_some(CONVNEXT_CROP_PCT));
    let (short, sides) = match config.get("size") {
        Some(Value::Object(size)) if size.contains_key("shortest_edge") => {
            (size.get("shortest_edge").and_then(Value::as_u64), None)
        }
        Some(Value::Number(side)) if crop.is_some() || part.is_some() => (side.as_u64(), None),
        Some(size) => (None, extents(size)),
        None => (None, None),
    };
    let short = short.and_then(|side| usize::try_from(side).ok());
    match (short, sides, crop) {
        // ConvNeXt's processor crops what it resizes only below 384.
        (Some(side), _, _) if part.is_some() => {
            let part = part.filter(|part| side < 384 && *part > 0.0);
            found.crop = Some([side; 2]);
            found.framing = Some(match part {
                Some(part) => Framing::ShorterSide((side as f64 / part) as usize),
                None => Framing::Squash(1.0),
            });
        }
        (Some(side), _, Some(crop)) => {
            found.crop = Some(crop);
            found.framing = Some(Framing::ShorterSide(side));
        }
        (None, Some(sides), crop) if crop.is_none_or(|crop| crop == sides) => {
            found.crop = Some(sides);
            found.framing = Some(Framing::Squash(1.0));
        }
        (None, None, _) => {}
        _ => return Err("its resize and crop are not supported".into()),
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

/// A value for each of three channels, or one for all of them.
fn channels(value: Option<&Value>) -> Option<[f32; 3]> {
    let values: Vec<f32> = match value? {
        Value::Array(values) => {
            let values = values
                .iter()
                .map(|value| value.as_f64().map(|value| value as f32));
            values.collect::<Option<_>>()?
        }
        value => vec![value.as_f64()? as f32],
    };
    match values[..] {
        [one] => Some([one; 3]),
        [red, green, blue] => Some([red, green, blue]),
        _ => None,
    }
}

fn number(value: Option<&Value>) -> Option<f64> {
    value.and_then(Value::as_f64)
}

fn integers(value: &Value) -> Option<Vec<usize>> {
    let values = value.as_array()?.iter();
    let values = values.map(|value| value.as_u64().and_then(|value| usize::try_from(value).ok()));
    values.collect()
}

/// Height and width: an object of both, or one number.
fn extents(value: &Value) -> Option<[usize; 2]> {
    let side = |value: &Value| value.as_u64().and_then(|side| usize::try_from(side).ok());
    match value {
        Value::Object(size) => Some([side(size.get("height")?)?, side(size.get("width")?)?]),
        value => side(value).map(|side| [side; 2]),
    }
}
