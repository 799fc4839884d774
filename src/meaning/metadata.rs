//! The metadata of a file: keys with texts. Most are those of a configuration in JSON, and exporters have their own.

use serde_json::{Map, Value};

use super::config::Config;
use crate::labels::Labels;
use crate::preprocess::{Adjustments, Colour, Framing};

impl Config {
    /// Reads the entries of a file's metadata. What they do not say, or say in an unknown way, is unknown.
    pub fn of_metadata<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let entries: Map<String, Value> = entries
            .map(|(key, text)| {
                let value = serde_json::from_str(text).unwrap_or_else(|_| text.into());
                (key.to_owned(), value)
            })
            .collect();
        let mut found = Self::read(&entries).unwrap_or_default();
        let text = |key: &str| entries.get(key).and_then(Value::as_str);
        found.adjustments = found
            .adjustments
            .or(of_ultralytics(&entries))
            .or(of_onnx(&text));
        let listed =
            || text("character").map(|lines| Labels::new(lines.lines().map(str::to_owned)));
        found.labels = found
            .labels
            .or_else(|| names_of(entries.get("names")?))
            .or_else(listed);
        found
    }
}

/// Ultralytics' classifiers: `imgsz` is the size, and pixels are from 0 to 1.
fn of_ultralytics(entries: &Map<String, Value>) -> Adjustments {
    let mut found = Adjustments::default();
    let sides = entries.get("imgsz").and_then(Value::as_array);
    let sides: Vec<usize> = sides
        .into_iter()
        .flatten()
        .filter_map(|side| usize::try_from(side.as_u64()?).ok())
        .collect();
    if let [height, width] = sides[..] {
        found.crop = Some([height, width]);
        found.framing = Some(Framing::ShorterSide(height.min(width)));
        found.normalise_scaled(1.0 / 255.0, [0.0; 3], [1.0; 3]);
    }
    found
}

/// ONNX's own keys for images (ONNX, "Metadata", image category definition).
fn of_onnx<'a>(text: &impl Fn(&str) -> Option<&'a str>) -> Adjustments {
    let mut found = Adjustments::default();
    match text("Image.BitmapPixelFormat") {
        Some("Bgr8") => found.colour = Some(Colour::Bgr),
        Some("Rgb8") => found.colour = Some(Colour::Rgb),
        _ => {}
    }
    match text("Image.NominalPixelRange") {
        Some("NominalRange_0_255") => found.normalise_scaled(1.0, [0.0; 3], [1.0; 3]),
        Some("Normalized_0_1") => found.normalise_scaled(1.0 / 255.0, [0.0; 3], [1.0; 3]),
        Some("Normalized_1_1") => found.normalise_scaled(1.0 / 127.5, [1.0; 3], [1.0; 3]),
        _ => {}
    }
    found
}

/// The names of classes in JSON, or as Python writes a dictionary: `{0: 'tench', 1: "judge's wig"}`.
fn names_of(names: &Value) -> Option<Labels> {
    let Some(text) = names.as_str() else {
        return Labels::of_json(names);
    };
    let mut rest = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    let mut names = Map::new();
    while !rest.is_empty() {
        let (index, value) = rest.split_once(':')?;
        let (name, after) = python_string(value.trim_start())?;
        names.insert(index.trim().to_owned(), name.into());
        let after = after.trim_start();
        rest = after.strip_prefix(',').unwrap_or(after).trim_start();
        if rest == after && !rest.is_empty() {
            return None;
        }
    }
    Labels::of_json(&Value::Object(names))
}

/// The string that a text begins with, in either of Python's quotes, and what follows.
fn python_string(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|first| "'\"".contains(*first))?;
    let mut name = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => name.push(characters.next()?.1),
            end if end == quote => return Some((name, &text[at + 1..])),
            other => name.push(other),
        }
    }
    None
}
