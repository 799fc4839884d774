//! `menagerie models`.

use std::io::Write;

use clap::Args;
use menagerie::graph::{Summary, with_thousands_separators};
use menagerie::zoo::{self, Model};
use menagerie::{Error, ErrorKind};
use serde_json::{Value, json};

use super::output::{self, Failure};
use super::{table, weights};

/// List the networks
#[derive(Args)]
pub struct Models {
    /// List only networks with this in their name or family
    #[arg(value_name = "NAME-PART")]
    part: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Models {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let mut rows = Vec::new();
        let mut values = Vec::new();
        for model in zoo::models() {
            if !self.lists(model) {
                continue;
            }
            let graph = model.graph()?;
            let parameters = Summary::of(&graph).total();
            let multiply_adds = graph.multiply_adds();
            let weights = weights::at_hand(model);
            let repository = model.repository().ok();
            let later = model.later_files();
            let later = later.map(|(name, file)| json!({ "name": name, "file": file }));
            values.push(json!({
                "name": model.name,
                "family": model.family(),
                "paper": model.paper,
                "input": [model.input.channels, model.input.height, model.input.width],
                "classes": model.classes,
                "later_weights": later.collect::<Vec<_>>(),
                "parameters": parameters,
                "multiply_adds": multiply_adds,
                "weights": weights,
                "repository": repository.map(|repository| repository.id),
                "revision": repository.map(|repository| repository.revision),
            }));
            rows.push([
                model.name.to_owned(),
                model.family().to_owned(),
                model.input.to_string(),
                with_thousands_separators(parameters),
                format!("{:.3}", multiply_adds as f64 / 1e9),
                match (weights, repository) {
                    (Some(weights), _) => weights,
                    (None, Some(repository)) => format!("{}, not fetched", repository.id),
                    (None, None) => "none".to_owned(),
                },
            ]);
        }
        if rows.is_empty() {
            let part = self.part.as_deref().unwrap_or_default();
            let message = format!("no network has {part:?} in its name or family");
            return Err(Error::new(ErrorKind::UnknownModel, message).into());
        }
        if self.json {
            return output::json(out, &Value::Array(values));
        }
        let header = ["name", "family", "input", "parameters", "GMACs", "weights"];
        let right = [false, false, false, true, true, false];
        table::write(out, header, right, &rows)?;
        Ok(())
    }

    /// Whether the list has `model`. Upper and lower case are the same.
    fn lists(&self, model: &Model) -> bool {
        let part = self.part.as_deref().unwrap_or_default().to_lowercase();
        [model.name, model.family()]
            .iter()
            .any(|text| text.to_lowercase().contains(&part))
    }
}
