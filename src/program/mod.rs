//! The program: which kernel for which node, how many workgroups, where each tensor lives, and everything else that
//! running a network takes beside its parameters. Plain data that can be printed, compared and tested without a GPU.

mod aliases;
mod assembly;
mod choice;
mod copies;
mod cost;
mod display;
mod from_calls;
mod from_graph;
mod layout;
mod limits;
mod memory;
mod needs;
mod planning;
mod recipe;
mod split;
mod tuning;

use std::sync::Arc;

pub use choice::candidates;
pub use limits::workgroups_for;
pub use memory::{Assignment, Lifetime, Sharing, assign};
pub use needs::Needs;
pub use planning::Planning;
pub use recipe::{Recipe, Relocation};
pub use tuning::Tuning;

use crate::device::DeviceProfile;
use crate::error::Result;
use crate::graph::{Cost, Graph};
use crate::kernels::interface::{Formats, Shader};
use crate::kernels::{Around, Instance, Kernel, Resource, View};
use crate::tensor::Shape;

/// How a network runs on a kind of device. Closed: it needs no graph any more, and clones share their content.
#[derive(Clone, Debug, PartialEq)]
pub struct Program(Arc<Content>);

#[derive(Debug, PartialEq)]
struct Content {
    name: String,
    batch: usize,
    profile: DeviceProfile,
    needs: Needs,
    dispatches: Vec<Dispatch>,
    /// Bytes of each.
    slots: Vec<u64>,
    /// Length of the guards around tensors, in `vec4<f32>`.
    guard: usize,
    /// The largest sum of bytes of activations alive at one step.
    lower_bound: u64,
    recipes: Vec<Recipe>,
    uniforms: Vec<u8>,
    relocations: Vec<Relocation>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

/// One call of a kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Dispatch {
    /// Name of the node that it computes.
    pub node: String,
    /// The operation, as listings show it.
    pub operation: String,
    /// Shape of the operation's result for one image.
    pub shape: Shape,
    /// The tensor that it writes, or a part of.
    pub output: View,
    /// What the dispatch takes for the whole batch. An operation of several dispatches is shared out by
    /// their workgroups.
    pub cost: Cost,
    /// The kernel.
    pub kernel: &'static Kernel,
    /// Which of its sizes.
    pub instance: &'static Instance,
    /// How the quads of what it binds are stored.
    pub formats: Formats,
    /// What is computed around the operation, where that is more than the kernel takes as data.
    pub around: Around,
    /// Place of its uniform block in [`Program::uniforms`], in bytes.
    pub uniform_offset: usize,
    /// What is bound at bindings 1 and up.
    pub resources: Vec<Resource>,
    /// Workgroups along each axis.
    pub workgroups: [u32; 3],
}

/// Where a program takes an input from, or leaves an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name, that of the graph's node.
    pub name: String,
    /// Where its values are.
    pub view: View,
}

impl Program {
    /// Plans `graph` for a kind of device.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] where a tensor is larger than the device's limits, [`ErrorKind::Unsupported`] where no
    /// kernel computes an operation on it or an output is constant, [`ErrorKind::Shape`] where there is no output or an
    /// input or output is neither an image nor a vector of f32, [`ErrorKind::Input`] for a batch of zero.
    ///
    /// [`ErrorKind::Limit`]: crate::ErrorKind::Limit
    /// [`ErrorKind::Unsupported`]: crate::ErrorKind::Unsupported
    /// [`ErrorKind::Shape`]: crate::ErrorKind::Shape
    /// [`ErrorKind::Input`]: crate::ErrorKind::Input
    pub fn new(graph: &Graph, profile: &DeviceProfile, planning: &Planning) -> Result<Self> {
        from_graph::of_graph(graph, profile, planning)
    }

    /// The network's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Number of images that go through at once.
    pub fn batch(&self) -> usize {
        self.0.batch
    }

    /// The kind of device that it was planned for.
    pub fn profile(&self) -> &DeviceProfile {
        &self.0.profile
    }

    /// What it requires of a device.
    pub fn needs(&self) -> &Needs {
        &self.0.needs
    }

    /// Checks that it runs on such a device.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit), naming the network and what the device lacks.
    pub fn check(&self, profile: &DeviceProfile) -> Result<()> {
        let checked = self.needs().check(profile);
        checked.map_err(|error| error.in_context(self.name()))
    }

    /// Kernel calls in order.
    pub fn dispatches(&self) -> &[Dispatch] {
        &self.0.dispatches
    }

    /// Bytes of each slot of activations.
    pub fn slots(&self) -> &[u64] {
        &self.0.slots
    }

    /// Whether a dispatch may read and write one slot, at places that do not overlap.
    pub fn shared_slots(&self) -> bool {
        self.0.needs.shared_slots
    }

    /// Length of the guards around tensors, in `vec4<f32>`; see [`Planning`].
    pub(crate) fn guard(&self) -> usize {
        self.0.guard
    }

    /// Its packed parameters, each once.
    pub fn recipes(&self) -> &[Recipe] {
        &self.0.recipes
    }

    /// Uniform blocks of all dispatches, each at a multiple of the device's alignment. The words of
    /// [`Program::relocations`] are zero.
    pub fn uniforms(&self) -> &[u8] {
        &self.0.uniforms
    }

    /// The words of the uniform blocks that say where parameters are.
    pub fn relocations(&self) -> &[Relocation] {
        &self.0.relocations
    }

    /// Where its inputs go.
    pub fn inputs(&self) -> &[Port] {
        &self.0.inputs
    }

    /// Where the graph's outputs come, the answer first.
    pub fn outputs(&self) -> &[Port] {
        &self.0.outputs
    }

    /// Where the first input goes.
    pub fn input(&self) -> &View {
        &self.0.inputs[0].view
    }

    /// Where the answer comes.
    pub fn output(&self) -> &View {
        &self.0.outputs[0].view
    }

    /// Bytes of all slots of activations.
    pub fn activation_bytes(&self) -> u64 {
        self.slots().iter().sum()
    }

    /// Bytes of activations that no program can do without.
    pub fn lower_bound_bytes(&self) -> u64 {
        self.0.lower_bound
    }

    /// Bytes of all packed parameters.
    pub fn weight_bytes(&self) -> u64 {
        self.recipes().iter().map(Recipe::bytes).sum()
    }

    /// What is compiled for it, each once, in the order of the first calls.
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

    /// What is compiled for one of its dispatches.
    pub fn shader_of(&self, dispatch: &Dispatch) -> Shader {
        Shader {
            kernel: dispatch.kernel,
            instance: dispatch.instance,
            storage: self.0.needs.storage,
            shared_slots: self.0.needs.shared_slots,
            formats: dispatch.formats,
            around: dispatch.around.clone(),
        }
    }

    /// The kernels that it calls, each once.
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
