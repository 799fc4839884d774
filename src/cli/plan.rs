//! `menagerie plan`.

use std::io::Write;

use clap::Args;
use menagerie::plan::{DeviceProfile, Plan};
use menagerie::{passes, zoo};
use serde_json::{Value, json};

use super::arguments::NetworkArguments;
use super::executor::{gpu_choice, open_gpu};
use super::output::{self, Failure};

/// Print what a network would run, without a GPU
#[derive(Args)]
pub struct PlanCommand {
    #[command(flatten)]
    network: NetworkArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl PlanCommand {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let model = zoo::find(&self.network.model)?;
        let graph = model.graph_for(self.network.size.shape(model))?;
        let graph = passes::optimize(&graph, &self.network.passes.set()?)?;
        // Unasked, the plan is for what every WebGPU device can do, so that it is the same everywhere.
        let adapter = &self.network.adapter;
        let profile = match adapter.named().and_then(|place| gpu_choice(&place)) {
            Some(choice) => open_gpu(&choice, adapter.choice().autotuned)?
                .profile()
                .clone(),
            None => DeviceProfile::default(),
        };
        let plan = Plan::new(&graph, self.network.batch, &profile)?;
        if self.json {
            return output::json(out, &value(&plan));
        }
        writeln!(out, "{plan}")?;
        Ok(())
    }
}

fn value(plan: &Plan) -> Value {
    let dispatches: Vec<Value> = plan
        .dispatches
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
        "model": plan.network,
        "batch": plan.batch,
        "profile": plan.profile.to_string(),
        "dispatches": dispatches,
        "kernels": plan.kernels().len(),
        "activation_bytes": plan.activation_bytes(),
        "activation_bytes_lower_bound": plan.lower_bound_bytes(),
        "weight_bytes": plan.weight_bytes(),
    })
}
