//! `menagerie models`.

use std::io::Write;

use clap::Args;
use menagerie::graph::{Summary, with_thousands_separators};
use menagerie::zoo;
use serde_json::{Value, json};

use super::output::{self, Failure};
use super::{table, weights};

/// List the networks
#[derive(Args)]
pub struct Models {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Models {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let mut rows = Vec::new();
        let mut values = Vec::new();
        for model in zoo::models() {
            let parameters = Summary::of(&model.graph()?).total();
            let weights = weights::at_hand(model);
            let repository = model.repository().ok();
            values.push(json!({
                "name": model.name,
                "paper": model.paper,
                "input": [model.input.channels, model.input.height, model.input.width],
                "classes": model.classes,
                "parameters": parameters,
                "weights": weights,
                "repository": repository.map(|repository| repository.id),
                "revision": repository.map(|repository| repository.revision),
            }));
            rows.push([
                model.name.to_owned(),
                model.paper.to_owned(),
                model.input.to_string(),
                with_thousands_separators(parameters),
                match (weights, repository) {
                    (Some(weights), _) => weights,
                    (None, Some(repository)) => format!("{}, not fetched", repository.id),
                    (None, None) => "none".to_owned(),
                },
            ]);
        }
        if self.json {
            return output::json(out, &Value::Array(values));
        }
        let header = ["name", "paper", "input", "parameters", "weights"];
        table::write(out, header, [false, false, false, true, false], &rows)?;
        Ok(())
    }
}
