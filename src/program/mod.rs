//! Programs: the kernel and the number of workgroups for each node, the place of each tensor, and everything else
//! that a run needs besides the parameters. A program is plain data that can be printed, compared and tested
//! without a GPU.

mod aliases;
mod assembly;
mod broadcasts;
mod choice;
mod copies;
mod cost;
mod display;
mod formats;
mod from_calls;
mod from_graph;
mod kept;
mod layouts;
mod limits;
mod memory;
mod needs;
mod pairs;
mod places;
mod planning;
mod precision;
mod prologues;
mod recipe;
mod split;
mod steps;
mod storages;
mod tuning;
mod winograd;
mod workgroups;

use std::sync::Arc;

pub use choice::{Choice, Predicted, Reason, candidates};
pub use kept::kept_in;
#[doc(hidden)]
pub use memory::{Assignment, Lifetime, Sharing, assign};
pub use needs::Needs;
pub use planning::Planning;
pub use precision::Precision;
#[doc(hidden)]
pub use recipe::{Recipe, Relocation};
pub use tuning::Tuning;
#[doc(hidden)]
pub use workgroups::workgroups_for;

use crate::device::{DeviceProfile, Storage};
use crate::error::Result;
use crate::graph::{Cost, Graph};
use crate::kernels::interface::{Formats, Shader, Storages};
use crate::kernels::{Format, Fused, Instance, Kernel, Resource, View};
use crate::prediction::Prediction;
use crate::tensor::Shape;

/// The plan of a network for a kind of device. It does not refer to the graph, and clones share their content.
#[derive(Clone, Debug, PartialEq)]
pub struct Program(Arc<Content>);

#[derive(Debug, PartialEq)]
struct Content {
    name: String,
    batch: usize,
    profile: DeviceProfile,
    needs: Needs,
    dispatches: Vec<Dispatch>,
    /// The size of each slot in bytes.
    slots: Vec<u64>,
    /// Where each slot is stored.
    slot_storages: Vec<Storage>,
    /// The format of the texels of each slot.
    slot_formats: Vec<Format>,
    precision: Precision,
    /// Length of the guards around tensors, in quads.
    guard: usize,
    /// The largest sum of bytes of activations alive at one step.
    lower_bound: u64,
    recipes: Vec<Recipe>,
    uniforms: Vec<u8>,
    relocations: Vec<Relocation>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

/// One kernel call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Dispatch {
    /// The name of the node that it computes.
    pub node: String,
    /// The description of the operation, as in listings.
    pub operation: String,
    /// Shape of the operation's result for one image.
    pub shape: Shape,
    /// The tensor, or the part of one, that it writes.
    #[doc(hidden)]
    pub output: View,
    /// The cost for the whole batch. If an operation needs several dispatches, they divide its cost in proportion
    /// to their workgroups.
    pub cost: Cost,
    /// Why this kernel computes the operation, and which others could. `None` if the program was made of calls instead of
    /// a graph.
    pub choice: Option<Arc<Choice>>,
    /// The predicted time of the dispatch.
    pub predicted: Option<Prediction>,
    /// The kernel.
    pub kernel: &'static Kernel,
    /// The instance of the kernel: its tile and workgroup sizes.
    pub instance: &'static Instance,
    /// The storage format of the quads in each binding.
    #[doc(hidden)]
    pub formats: Formats,
    /// Where the quads of each binding are stored.
    #[doc(hidden)]
    pub storages: Storages,
    /// The expressions before and after the operation, if the kernel does not take them as uniform data.
    #[doc(hidden)]
    pub fused: Fused,
    /// Offset of its uniform block in [`Program::uniforms`], in bytes.
    #[doc(hidden)]
    pub uniform_offset: usize,
    /// The resources at bindings 1 and up.
    #[doc(hidden)]
    pub resources: Vec<Resource>,
    /// Workgroups along each axis.
    pub workgroups: [u32; 3],
}

/// An input or output of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct Port {
    /// The name of the graph's input or output.
    pub name: String,
    /// The place of its values.
    pub view: View,
}

impl Program {
    /// Plans `graph` for a kind of device.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] if a tensor exceeds a limit of the device, [`ErrorKind::Unsupported`] if no kernel
    /// computes an operation or an output is constant, [`ErrorKind::Shape`] if there is no output or an input or
    /// output is not f32 for each image, [`ErrorKind::Input`] for a batch of zero.
    ///
    /// [`ErrorKind::Limit`]: crate::ErrorKind::Limit
    /// [`ErrorKind::Unsupported`]: crate::ErrorKind::Unsupported
    /// [`ErrorKind::Shape`]: crate::ErrorKind::Shape
    /// [`ErrorKind::Input`]: crate::ErrorKind::Input
    pub fn new(graph: &Graph, profile: &DeviceProfile, planning: &Planning) -> Result<Self> {
        from_graph::of_graph(graph, profile, planning)
    }

    /// Returns the network's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Returns the largest number of images in one run.
    pub fn batch(&self) -> usize {
        self.0.batch
    }

    /// Returns the device profile that it was planned for.
    pub fn profile(&self) -> &DeviceProfile {
        &self.0.profile
    }

    /// Returns what it requires of a device.
    pub fn needs(&self) -> &Needs {
        &self.0.needs
    }

    /// Checks that it runs on a device with this profile.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) if it does not. The message names the network and the limit.
    pub fn check(&self, profile: &DeviceProfile) -> Result<()> {
        let checked = self.needs().check(profile);
        checked.map_err(|error| error.in_context(self.name()))
    }

    /// Returns the kernel calls in order.
    pub fn dispatches(&self) -> &[Dispatch] {
        &self.0.dispatches
    }

    /// Returns the size of each slot of activations in bytes.
    pub fn slots(&self) -> &[u64] {
        &self.0.slots
    }

    /// Returns whether a dispatch may read and write disjoint ranges of one slot.
    pub fn shared_slots(&self) -> bool {
        self.0.needs.shared_slots
    }

    /// Returns the format of the texels of each slot, if slots are textures. A slot in a buffer holds tensors of any format.
    #[doc(hidden)]
    pub fn slot_formats(&self) -> &[Format] {
        &self.0.slot_formats
    }

    /// Returns where each slot is stored.
    #[doc(hidden)]
    pub fn slot_storages(&self) -> &[Storage] {
        &self.0.slot_storages
    }

    /// Returns the precision that it was planned for.
    pub fn precision(&self) -> Precision {
        self.0.precision
    }

    /// Returns what the precision amounts to, if it is less than it says: ` (as f16-storage: no matrix units)`.
    #[doc(hidden)]
    pub fn remark(&self) -> &'static str {
        let has_units = !self.profile().matrix_sizes.is_empty();
        match self.precision().multiplies_f16() && !has_units {
            true => " (as f16-storage: no matrix units)",
            false => "",
        }
    }

    /// Returns the length of the guards around tensors, in quads; see [`Planning`].
    pub(crate) fn guard(&self) -> usize {
        self.0.guard
    }

    /// Returns the recipes of its packed parameters, without duplicates.
    #[doc(hidden)]
    pub fn recipes(&self) -> &[Recipe] {
        &self.0.recipes
    }

    /// Returns the uniform blocks of all dispatches. Each begins at a multiple of the device's alignment. The words
    /// of [`Program::relocations`] are zero.
    #[doc(hidden)]
    pub fn uniforms(&self) -> &[u8] {
        &self.0.uniforms
    }

    /// Returns the words of the uniform blocks that hold offsets of parameters.
    #[doc(hidden)]
    pub fn relocations(&self) -> &[Relocation] {
        &self.0.relocations
    }

    /// Returns the inputs.
    #[doc(hidden)]
    pub fn inputs(&self) -> &[Port] {
        &self.0.inputs
    }

    /// Returns the outputs, the answer first.
    #[doc(hidden)]
    pub fn outputs(&self) -> &[Port] {
        &self.0.outputs
    }

    /// Returns the place of the first input.
    #[doc(hidden)]
    pub fn input(&self) -> &View {
        &self.0.inputs[0].view
    }

    /// Returns the place of the answer.
    #[doc(hidden)]
    pub fn output(&self) -> &View {
        &self.0.outputs[0].view
    }

    /// Returns the bytes of all slots of activations.
    pub fn activation_bytes(&self) -> u64 {
        self.slots().iter().sum()
    }

    /// Returns the lower bound for the bytes of activations.
    pub fn lower_bound_bytes(&self) -> u64 {
        self.0.lower_bound
    }

    /// Returns the predicted time of a run in seconds, or `None` if the program was not made of a graph.
    pub fn predicted_seconds(&self) -> Option<f64> {
        let predicted = self.dispatches().iter().map(|dispatch| dispatch.predicted);
        predicted
            .map(|predicted| predicted.map(|predicted| predicted.seconds()))
            .sum()
    }

    /// Returns the bytes of all packed parameters.
    pub fn weight_bytes(&self) -> u64 {
        self.recipes().iter().map(Recipe::bytes).sum()
    }

    /// Returns the shaders to compile, without duplicates, in the order of their first dispatch.
    pub fn shaders(&self) -> Vec<Shader> {
        let mut shaders: Vec<Shader> = Vec::new();
        for dispatch in self.dispatches() {
            let shader = self.shader_of(dispatch);
            if !shaders.contains(&shader) {
                shaders.push(shader);
            }
        }
        shaders
    }

    /// Returns the shader of one of its dispatches.
    pub fn shader_of(&self, dispatch: &Dispatch) -> Shader {
        Shader {
            kernel: dispatch.kernel,
            instance: dispatch.instance,
            storages: dispatch.storages,
            shared_slots: self.0.needs.shared_slots,
            formats: dispatch.formats,
            fused: dispatch.fused.clone(),
        }
    }

    /// Returns the kernels that it calls, without duplicates.
    pub fn kernels(&self) -> Vec<&'static Kernel> {
        let mut kernels: Vec<&'static Kernel> = Vec::new();
        for shader in self.shaders() {
            if !kernels.contains(&shader.kernel) {
                kernels.push(shader.kernel);
            }
        }
        kernels
    }
}
