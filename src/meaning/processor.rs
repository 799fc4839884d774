//! The image processors of Hugging Face's transformers: `preprocessor_config.json`.

use serde_json::{Map, Value, json};

use super::values::{channels, extents, number};
use crate::preprocess::{Adjustments, Framing, Interpolation};

/// Whether a processor has written `object`.
pub(super) fn has_written(object: &Map<String, Value>) -> bool {
    let keys = [
        "image_processor_type",
        "feature_extractor_type",
        "image_mean",
        "do_resize",
    ];
    keys.iter().any(|key| object.contains_key(*key))
}

/// Reads the configuration of a processor.
///
/// # Errors
/// If it asks for steps that [`Adjustments`] cannot describe.
pub(super) fn read(config: &Map<String, Value>) -> Result<Adjustments, String> {
    let mut kinds = ["image_processor_type", "feature_extractor_type"].iter();
    let kind = kinds.find_map(|key| config.get(*key)?.as_str());
    let is_of = |family: &str| kind.is_some_and(|kind| kind.starts_with(family));
    let mut complete = kind.map(defaults).unwrap_or_default();
    let present = config.iter().filter(|(_, value)| !value.is_null());
    complete.extend(present.map(|(key, value)| (key.clone(), value.clone())));
    let config = &complete;
    let is_set = |key: &str, default| config.get(key).and_then(Value::as_bool).unwrap_or(default);
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

/// What a processor does if its configuration does not say otherwise.
fn defaults(kind: &str) -> Map<String, Value> {
    let ends = [
        "ImageProcessor",
        "ImageProcessorFast",
        "ImageProcessorPil",
        "FeatureExtractor",
    ];
    let family = ends.iter().find_map(|end| kind.strip_suffix(end));
    let (mean, std) = match family {
        Some("Bit") => (
            [0.481_454_66, 0.457_827_5, 0.408_210_73],
            [0.268_629_54, 0.261_302_58, 0.275_777_11],
        ),
        _ => ([0.5; 3], [0.5; 3]),
    };
    let steps = match family {
        Some("Bit") => json!({ "size": { "shortest_edge": 224 }, "crop_size": 224, "resample": 3 }),
        Some("ConvNext") => {
            json!({ "size": { "shortest_edge": 384 }, "crop_pct": 0.875, "resample": 3 })
        }
        Some("EfficientNet") => json!({ "size": 346, "do_center_crop": false, "resample": 3 }),
        Some("MobileNetV1" | "MobileNetV2") => {
            json!({ "size": { "shortest_edge": 256 }, "crop_size": 224, "resample": 2 })
        }
        Some("ViT") => json!({ "size": 224, "resample": 2 }),
        _ => return Map::new(),
    };
    let mut all = steps.as_object().cloned().unwrap_or_default();
    all.insert("image_mean".to_owned(), json!(mean));
    all.insert("image_std".to_owned(), json!(std));
    all
}
