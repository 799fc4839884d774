//! The results of an evaluation as text and as JSON.

use std::io::Write;
use std::time::Duration;

use menagerie::Labels;
use menagerie::evaluation::Evaluation;
use menagerie::photo::Unusable;
use serde_json::{Map, Value, json};

use super::labelled::Matching;
use super::worst::Mistake;
use super::{NEAR, Near};
use crate::cli::json_lines;
use crate::cli::output::{self, Failure, counted, one_line};
use crate::cli::table;

/// The most classes of a confusion table in text. Of more classes, the text has the most frequent mistakes.
const TABLE_CLASSES: usize = 16;
/// The number of mistakes in text.
const MISTAKES: usize = 16;

/// The results of an evaluation.
pub struct Report<'a> {
    pub network: &'a str,
    pub adapter: String,
    pub weights: String,
    pub labels: &'a Labels,
    /// How class folders became classes.
    pub matching: Option<Matching>,
    pub evaluation: Evaluation,
    /// The worst mistakes, the worst first.
    pub worst: Vec<Mistake>,
    pub near: Vec<Near>,
    pub failed: &'a [Unusable],
    pub total: Duration,
    pub running: Duration,
}

impl Report<'_> {
    /// The number of classes of the answers that count as right for top-5: 5, or all classes if there are fewer.
    pub fn most(&self) -> usize {
        self.evaluation.classes().min(5)
    }

    /// What was evaluated, in one line.
    pub fn summary(&self) -> String {
        let [total, running] = [self.total, self.running].map(|time| time.as_secs_f64() * 1e3);
        let images = counted(self.evaluation.photos(), "image");
        format!(
            "{} on {}: {images} in {total:.0} ms, {running:.0} ms of it in the network",
            self.network, self.adapter
        )
    }

    /// The classes that occur as right classes or as answers.
    pub fn classes(&self) -> Vec<usize> {
        self.evaluation.by_class().into_keys().collect()
    }

    /// Writes the results as text. With `lists_near`, it has the photos whose two best logits are near each other.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write_text(&self, out: &mut dyn Write, lists_near: bool) -> Result<(), Failure> {
        for k in [1, self.most()] {
            if let Some(share) = self.evaluation.accuracy(k) {
                let (right, all) = (self.evaluation.right_within(k), self.evaluation.photos());
                writeln!(out, "top-{k}  {:>6.2}%  {right} of {all}", share * 100.0)?;
            }
        }
        writeln!(out)?;
        match self.classes().len() {
            0 => {}
            1..=TABLE_CLASSES => self.write_confusion(out)?,
            _ => self.write_mistakes(out)?,
        }
        if lists_near {
            let count = counted(self.near.len(), "image");
            writeln!(out, "\n{count} whose two best logits are within {NEAR}:")?;
            for near in &self.near {
                let name = near.source.to_string();
                writeln!(out, "{:>8.4}  {}", near.margin, one_line(&name))?;
            }
        }
        writeln!(out, "{}", self.summary())?;
        Ok(())
    }

    /// The confusion table: a row for each right class, a column for each answer.
    fn write_confusion(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let classes = self.classes();
        let cells = classes
            .iter()
            .map(|&class| self.evaluation.by_class()[&class].photos);
        let width = cells
            .chain(classes.iter().copied())
            .max()
            .unwrap_or_default();
        let width = width.to_string().len() + 1;
        let mut header = format!("{:>7}  ", "correct");
        for &class in &classes {
            header.push_str(&format!("{class:>width$}"));
        }
        writeln!(out, "{header}  right class (columns: answers)")?;
        let by_class = self.evaluation.by_class();
        for (&class, count) in &by_class {
            if count.photos == 0 {
                continue;
            }
            let share = 100.0 * count.right as f64 / count.photos as f64;
            let mut row = format!("{share:>6.1}%  ");
            for &predicted in &classes {
                match self.evaluation.count(class, predicted) {
                    0 => row.push_str(&format!("{:>width$}", "·")),
                    photos => row.push_str(&format!("{photos:>width$}")),
                }
            }
            let label = self.labels.label(class);
            writeln!(out, "{row}  {class} {}", one_line(&label))?;
        }
        Ok(())
    }

    fn write_mistakes(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let mistakes = self.evaluation.mistakes();
        let by_class = self.evaluation.by_class();
        let rows: Vec<[String; 4]> = mistakes
            .iter()
            .take(MISTAKES)
            .map(|cell| {
                [
                    cell.photos.to_string(),
                    by_class[&cell.class].photos.to_string(),
                    self.labels.label(cell.class).into_owned(),
                    self.labels.label(cell.predicted).into_owned(),
                ]
            })
            .collect();
        let header = ["images", "of", "right class", "answer"];
        table::write(out, header, [true, true, false, false], &rows)?;
        if mistakes.len() > MISTAKES {
            let more = mistakes.len() - MISTAKES;
            writeln!(out, "and {} of classes", counted(more, "more pair"))?;
        }
        Ok(())
    }

    /// Writes the results as JSON.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write_json(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let evaluation = &self.evaluation;
        let by_class = evaluation.by_class().into_iter().map(|(class, count)| {
            json!({
                "class": class,
                "label": self.labels.name(class),
                "images": count.photos,
                "right": count.right,
                "predicted": count.predicted,
            })
        });
        let confusion = evaluation.cells().map(|cell| {
            json!({ "class": cell.class, "predicted": cell.predicted, "images": cell.photos })
        });
        let near = self.near.iter().map(|near| {
            let about =
                json!({ "class": near.class, "predicted": near.predicted, "margin": near.margin });
            named(json_lines::name(&near.source), about)
        });
        let failed = self.failed.iter().map(|failed| {
            named(
                json_lines::name(&failed.source),
                json!({ "error": failed.error.to_string() }),
            )
        });
        let value = json!({
            "model": self.network,
            "weights": self.weights,
            "adapter": self.adapter,
            "classes": evaluation.classes(),
            "matching": self.matching.map(Matching::name),
            "images": evaluation.photos(),
            "top1": evaluation.accuracy(1),
            "top5": evaluation.accuracy(self.most()),
            "right_top1": evaluation.right_within(1),
            "right_top5": evaluation.right_within(self.most()),
            "by_class": by_class.collect::<Value>(),
            "confusion": confusion.collect::<Value>(),
            "near": near.collect::<Value>(),
            "failed": failed.collect::<Value>(),
            "total_ms": self.total.as_secs_f64() * 1e3,
            "network_ms": self.running.as_secs_f64() * 1e3,
        });
        output::json(out, &value)
    }
}

/// An object with the keys of `name` and of `about`.
fn named(name: impl Iterator<Item = (String, Value)>, about: Value) -> Value {
    let mut object: Map<String, Value> = name.collect();
    if let Value::Object(about) = about {
        object.extend(about);
    }
    Value::Object(object)
}
