//! `menagerie plan`.

mod predicted;
pub mod shaders;
mod spirv;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use menagerie::device::{DeviceProfile, NamedDevice};
use menagerie::kernels::Candidate;
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
    /// Plan for a device that need not be here, and predict the times: h100, rx7900xtx, arc-a770, m3 or adreno750
    #[arg(long, value_name = "DEVICE", conflicts_with_all = ["adapter", "no_autotune"])]
    device: Option<String>,
    /// Show why each kernel was chosen: the predicted times of all kernels that can compute the layer
    #[arg(long)]
    why: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Write the pipelines of the plan to this folder: the WGSL, the SPIR-V for Vulkan drivers, and pipelines.json with
    /// bindings, workgroup sizes and constants
    #[arg(long, value_name = "FOLDER")]
    shaders: Option<PathBuf>,
    /// With --shaders, write the pipelines of every kernel that can compute the network, in every size
    #[arg(long, requires = "shaders")]
    candidates: bool,
}

/// What a plan is for.
struct Target {
    /// The name of the device, if the plan is for a certain one.
    name: Option<String>,
    profile: DeviceProfile,
    tuning: Tuning,
}

impl PlanCommand {
    pub fn run(&self, out: &mut dyn Write) -> std::result::Result<(), Failure> {
        let target = self.target()?;
        let source = self.network.builder()?.graph()?;
        let graph = passes::optimize(&source, &self.network.passes.set()?)?;
        let precision = &self.network.precision;
        let planning = Planning::of_batch(self.network.batch)
            .tuned(target.tuning)
            .precision(precision.precision)
            .keep_f32(precision.kept(&source, &graph)?);
        let plan = Program::new(&graph, &target.profile, &planning)?;
        if let Some(folder) = &self.shaders {
            let mut plans = vec![plan.clone()];
            if self.candidates {
                for candidate in Candidate::all() {
                    let planning = planning.clone().kernel(candidate.name());
                    plans.push(Program::new(&graph, &target.profile, &planning)?);
                }
            }
            shaders::write(&plans, folder)?;
        }
        if self.json {
            return output::json(out, &value(&plan, target.name.as_deref()));
        }
        match self.device.is_some() || self.why {
            true => predicted::write(out, &plan, target.name.as_deref(), self.why)?,
            false => writeln!(out, "{plan}")?,
        }
        Ok(())
    }

    fn target(&self) -> Result<Target> {
        if let Some(name) = &self.device {
            let device = NamedDevice::find(name)?;
            return Ok(Target {
                name: Some(device.full_name.to_owned()),
                profile: device.profile.clone(),
                tuning: Tuning::NONE,
            });
        }
        match self.network.adapter.named() {
            Some(place) => of_adapter(&place),
            // By default, the plan is for the limits of every WebGPU device, so it is the same on all machines.
            None => Ok(Target {
                name: None,
                profile: DeviceProfile::default(),
                tuning: Tuning::NONE,
            }),
        }
    }
}

/// The device of `place`.
fn of_adapter(place: &Place) -> Result<Target> {
    let Some(gpu) = place.gpu()? else {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "the reference executor has no plan; without --adapter, the plan is for any WebGPU device",
        ));
    };
    Ok(Target {
        name: Some(gpu.description().to_string()),
        profile: gpu.profile().clone(),
        tuning: gpu.tuning().clone(),
    })
}

fn value(plan: &Program, device: Option<&str>) -> Value {
    let dispatches: Vec<Value> = plan
        .dispatches()
        .iter()
        .map(|dispatch| {
            let mut value = json!({
                "node": dispatch.node,
                "operation": dispatch.operation,
                "kernel": dispatch.kernel.name,
                "instance": dispatch.instance.name,
                "workgroups": dispatch.workgroups,
            });
            predicted::add(&mut value, dispatch);
            value
        })
        .collect();
    json!({
        "model": plan.name(),
        "batch": plan.batch(),
        "device": device,
        "profile": plan.profile().to_string(),
        "precision": plan.precision().name(),
        "dispatches": dispatches,
        "predicted_ms": plan.predicted_seconds().map(|seconds| seconds * 1e3),
        "kernels": plan.kernels().len(),
        "activation_bytes": plan.activation_bytes(),
        "activation_bytes_lower_bound": plan.lower_bound_bytes(),
        "weight_bytes": plan.weight_bytes(),
    })
}
