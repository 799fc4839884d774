//! Label files: the right class of each photo, as lines of text, CSV or JSON.

use std::path::Path;

use menagerie::{Error, ErrorKind, Result, text_file};
use serde_json::Value;

use super::class_names::ClassNames;

/// The keys of the class of a photo in an object of JSON.
const CLASS_KEYS: [&str; 2] = ["class", "label"];

/// The right class of a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The path of the photo.
    pub name: String,
    /// The index of its class.
    pub class: usize,
}

/// Reads the label file at `path`. Its form follows from its content:
///
/// - JSON: an object of names with their classes, or a list of objects with `file` and `class` (or `label`).
/// - Lines with a tab: name, tab, class.
/// - CSV: name and class in the first two columns. A first line `file,class` or another header without a class is left
///   out.
///
/// A class is an index, a name or a WordNet id.
///
/// # Errors
/// `ErrorKind::Io` if the file cannot be read, `ErrorKind::Input` with the line if it is none of these.
pub fn read(path: &Path, names: &ClassNames) -> Result<Vec<Label>> {
    let text = text_file::read(path)?;
    let labels = parse(text.trim_start_matches('\u{feff}'), names);
    let labels = labels.map_err(|error| error.in_context(path.display()))?;
    if labels.is_empty() {
        let message = format!(
            "{}: expected a class for each photo, found none",
            path.display()
        );
        return Err(Error::new(ErrorKind::Input, message));
    }
    Ok(labels)
}

fn parse(text: &str, names: &ClassNames) -> Result<Vec<Label>> {
    if text.trim_start().starts_with(['{', '[']) {
        return json(text, names);
    }
    if text.contains('\t') {
        return lines(text, names);
    }
    csv(text, names)
}

fn json(text: &str, names: &ClassNames) -> Result<Vec<Label>> {
    let refused = |what: &str| Error::new(ErrorKind::Input, what);
    let value: Value =
        serde_json::from_str(text).map_err(|error| refused(&format!("not valid JSON: {error}")))?;
    let label = |name: &str, class: &Value| {
        let class = match class {
            Value::String(text) => names.class(text),
            Value::Number(number) => names.class(&number.to_string()),
            other => Err(refused(&format!("expected a class, found {other}"))),
        };
        let class = class.map_err(|error| error.in_context(format_args!("{name:?}")))?;
        Ok(Label {
            name: name.to_owned(),
            class,
        })
    };
    match &value {
        Value::Object(labels) => labels
            .iter()
            .map(|(name, class)| label(name, class))
            .collect(),
        Value::Array(labels) => labels
            .iter()
            .map(|entry| {
                let class = CLASS_KEYS.iter().find_map(|key| entry.get(key));
                match (entry["file"].as_str(), class) {
                    (Some(name), Some(class)) => label(name, class),
                    _ => Err(refused(&format!(
                        "expected objects with \"file\" and \"class\", found {entry}"
                    ))),
                }
            })
            .collect(),
        _ => Err(refused("expected a JSON object or list")),
    }
}

fn lines(text: &str, names: &ClassNames) -> Result<Vec<Label>> {
    let mut labels = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_end_matches('\r');
        if line.trim().is_empty() {
            continue;
        }
        let Some((name, class)) = line.split_once('\t') else {
            return Err(Error::new(
                ErrorKind::Input,
                format!("line {number}: expected name, tab, class, found {line:?}"),
            ));
        };
        match label(name, class, names) {
            Ok(label) => labels.push(label),
            Err(_) if is_header(number, name) => {}
            Err(error) => return Err(error.in_context(format_args!("line {number}"))),
        }
    }
    Ok(labels)
}

fn csv(text: &str, names: &ClassNames) -> Result<Vec<Label>> {
    let mut reader = ::csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true);
    let mut labels = Vec::new();
    for row in reader.from_reader(text.as_bytes()).records() {
        let row = row.map_err(|error| Error::new(ErrorKind::Input, format!("not CSV: {error}")))?;
        let number = row.position().map_or(1, |position| position.line());
        let (Some(name), Some(class)) = (row.get(0), row.get(1)) else {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "line {number}: expected name and class, divided by a tab or a comma, found {:?}",
                    row.get(0).unwrap_or_default()
                ),
            ));
        };
        match label(name, class, names) {
            Ok(label) => labels.push(label),
            Err(_) if is_header(number, name) => {}
            Err(error) => return Err(error.in_context(format_args!("line {number}"))),
        }
    }
    Ok(labels)
}

fn label(name: &str, class: &str, names: &ClassNames) -> Result<Label> {
    Ok(Label {
        name: name.to_owned(),
        class: names.class(class.trim())?,
    })
}

/// Whether a line without a class is a header: it is the first, and its name is not that of a file with an extension.
fn is_header(number: u64, name: &str) -> bool {
    number == 1 && Path::new(name).extension().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_say_the_same() {
        let names = ClassNames::sample();
        let expected = [("a b.png", 0), ("d/c.png", 2)].map(|(name, class)| Label {
            name: name.to_owned(),
            class,
        });
        for text in [
            "a b.png\ttabby cat\r\n\nd/c.png\t2\n",
            "file\tclass\na b.png\t0\nd/c.png\tn03",
            "file,class\na b.png,Tabby cat\n\"d/c.png\",2,more\n",
            "a b.png,n01\nd/c.png, n03\n",
            "{\"a b.png\": \"n01\", \"d/c.png\": 2}",
            "[{\"file\": \"a b.png\", \"class\": 0}, {\"file\": \"d/c.png\", \"label\": \"n03\"}]",
        ] {
            assert_eq!(parse(text, &names).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_label_is_named_with_its_line() {
        let names = ClassNames::sample();
        for (text, says) in [
            (
                "a.png\t0\nb.png",
                "line 2: expected name, tab, class, found \"b.png\"",
            ),
            (
                "a.png,0\nb.png,dog",
                "line 2: no class is called \"dog\", and it is not an index below 3",
            ),
            (
                "a.png\tdog",
                "line 1: no class is called \"dog\", and it is not an index below 3",
            ),
            (
                "a.png 0",
                "line 1: expected name and class, divided by a tab or a comma, found \"a.png 0\"",
            ),
            (
                "{\"a\": 7}",
                "\"a\": there is no class 7: the network has 3, they count from 0",
            ),
            ("{\"a\": null}", "\"a\": expected a class, found null"),
            (
                "[1]",
                "expected objects with \"file\" and \"class\", found 1",
            ),
            (
                "{",
                "not valid JSON: EOF while parsing an object at line 1 column 1",
            ),
        ] {
            assert_eq!(parse(text, &names).unwrap_err().to_string(), says);
        }
    }
}
