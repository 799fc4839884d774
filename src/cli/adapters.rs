//! `menagerie adapters`.

use std::io::Write;

use clap::Args;
use menagerie::gpu::{AdapterDescription, Gpu};
use serde_json::{Value, json};

use super::notices::NO_ADAPTER;
use super::output::{self, Failure, one_line};

/// List the devices that can run networks
#[derive(Args)]
pub struct Adapters {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Adapters {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let adapters = Gpu::adapters();
        if adapters.is_empty() {
            output::warn(&NO_ADAPTER);
        }
        if self.json {
            let values = adapters
                .iter()
                .enumerate()
                .map(|(index, adapter)| value(index, adapter));
            return output::json(out, &Value::Array(values.collect()));
        }
        for (index, adapter) in adapters.iter().enumerate() {
            write_adapter(out, index, adapter)?;
        }
        writeln!(out, "cpu: the reference executor, always available")?;
        Ok(())
    }
}

fn write_adapter(
    out: &mut dyn Write,
    index: usize,
    adapter: &AdapterDescription,
) -> Result<(), Failure> {
    let [fewest, most] = adapter.subgroup_sizes;
    let features = if adapter.features.is_empty() {
        "none".to_owned()
    } else {
        adapter.features.join(", ")
    };
    writeln!(out, "{index}: {}", one_line(&adapter.to_string()))?;
    writeln!(out, "   kind      {}", adapter.device_type)?;
    writeln!(out, "   driver    {}", one_line(&adapter.driver))?;
    writeln!(
        out,
        "   limits    binding {} MiB, buffer {} MiB, texture side {}, workgroup {} invocations and {} KiB, \
         subgroup {fewest} to {most}",
        adapter.max_binding_bytes >> 20,
        adapter.max_buffer_bytes >> 20,
        adapter.max_texture_side,
        adapter.max_invocations,
        adapter.max_workgroup_bytes >> 10,
    )?;
    writeln!(out, "   features  {features}")?;
    if !adapter.matrix_sizes.is_empty() {
        writeln!(
            out,
            "   matrices  {}, in f16 with sums in f32",
            adapter.matrix_sizes
        )?;
    }
    Ok(())
}

fn value(index: usize, adapter: &AdapterDescription) -> Value {
    let mut value = facts(adapter);
    value["index"] = index.into();
    value
}

/// The description of an adapter.
pub fn facts(adapter: &AdapterDescription) -> Value {
    json!({
        "name": adapter.name,
        "backend": adapter.backend,
        "device_type": adapter.device_type,
        "driver": adapter.driver,
        "pci_address": adapter.pci_address,
        "limits": {
            "max_binding_bytes": adapter.max_binding_bytes,
            "max_buffer_bytes": adapter.max_buffer_bytes,
            "max_texture_side": adapter.max_texture_side,
            "max_workgroup_bytes": adapter.max_workgroup_bytes,
            "max_invocations": adapter.max_invocations,
            "subgroup_sizes": adapter.subgroup_sizes,
        },
        "features": adapter.features,
        "matrix_sizes": adapter.matrix_sizes.to_string(),
    })
}
