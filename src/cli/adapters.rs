//! `menagerie adapters`.

use std::io::Write;

use clap::Args;
use serde_json::Value;

use super::executor;
use super::output::{self, Failure};

/// List what networks can run on
#[derive(Args)]
pub struct Adapters {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Adapters {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let adapters = executor::adapters();
        if adapters.is_empty() {
            output::warn(&executor::SOFTWARE_DRIVER);
        }
        if self.json {
            let values = adapters.into_iter().map(|adapter| adapter.json);
            return output::json(out, &Value::Array(values.collect()));
        }
        for adapter in &adapters {
            writeln!(out, "{}", output::one_line(&adapter.line))?;
            for detail in &adapter.details {
                writeln!(out, "   {}", output::one_line(detail))?;
            }
        }
        writeln!(out, "cpu: the reference executor, always there")?;
        Ok(())
    }
}
