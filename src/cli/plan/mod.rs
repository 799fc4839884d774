//! `menagerie plan`.

mod shaders;
mod spirv;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use menagerie::device::DeviceProfile;
use menagerie::program::{Planning, Program, Tuning};
use menagerie::{Error, ErrorKind, Result, passes};
use serde_json::{Value, json};

use crate::cli::arguments::{NetworkArguments, Place};
use crate::cli::output::{self, Failure};

/// Print the kernels and memory of a network's plan, without a GPU
#[derive(Args)]
pub struct PlanCommand {
    #[command(flatten)]
    network: NetworkArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Write the pipelines of the plan to this folder: the WGSL, the SPIR-V for Vulkan drivers, and pipelines.json with
    /// bindings, workgroup sizes and constants
    #[arg(long, value_name = "FOLDER")]
    shaders: Option<PathBuf>,
}

impl PlanCommand {
    pub fn run(&self, out: &mut dyn Write) -> std::result::Result<(), Failure> {
        let source = self.network.builder()?.graph()?;
        let graph = passes::optimize(&source, &self.network.passes.set()?)?;
        // By default, the plan is for the limits of every WebGPU device, so it is the same on all machines.
        let (profile, tuning) = match self.network.adapter.named() {
            Some(place) => planned_for(&place)?,
            None => (DeviceProfile::default(), Tuning::NONE),
        };
        let precision = &self.network.precision;
        let planning = Planning::of_batch(self.network.batch)
            .tuned(tuning)
            .precision(precision.precision)
            .keep_f32(precision.kept(&source, &graph)?);
        let plan = Program::new(&graph, &profile, &planning)?;
        if let Some(folder) = &self.shaders {
            shaders::write(&plan, folder)?;
        }
        if self.json {
            return output::json(out, &value(&plan));
        }
        writeln!(out, "{plan}")?;
        Ok(())
    }
}

/// The profile and the tuning of the device of `place`.
fn planned_for(place: &Place) -> Result<(DeviceProfile, Tuning)> {
    let Some(gpu) = place.gpu()? else {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "the reference executor has no plan; without --adapter, the plan is for any WebGPU device",
        ));
    };
    Ok((gpu.profile().clone(), gpu.tuning().clone()))
}

fn value(plan: &Program) -> Value {
    let dispatches: Vec<Value> = plan
        .dispatches()
        .iter()
        .map(|dispatch| {
            json!({
                "node": dispatch.node,
                "operation": dispatch.operation,
                "kernel": dispatch.kernel.name,
                "workgroups": dispatch.workgroups,
            })
        })
        .collect();
    json!({
        "model": plan.name(),
        "batch": plan.batch(),
        "profile": plan.profile().to_string(),
        "precision": plan.precision().name(),
        "dispatches": dispatches,
        "kernels": plan.kernels().len(),
        "activation_bytes": plan.activation_bytes(),
        "activation_bytes_lower_bound": plan.lower_bound_bytes(),
        "weight_bytes": plan.weight_bytes(),
    })
}
