//! The plan: which kernel for which node, how many workgroups, where each tensor lives. Plain data
//! that can be printed, compared and tested without a GPU.

mod cost;
mod display;
mod layout;
mod lower;
mod memory;
mod profile;
mod split;
mod tuning;
mod variant;
mod view;
mod weights;

pub use memory::{Assignment, Lifetime, Sharing, assign};
pub use profile::{DeviceKind, DeviceProfile, Storage};
pub use tuning::Tuning;
pub use variant::Variant;
pub use view::{GROUP, Place, View, groups};
pub use weights::{PlacedWeights, WeightArenas};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Cost, Graph, Shape};
use crate::kernels::{Call, Kernel};

/// Bytes of a `vec4<f32>`.
pub const TEXEL_BYTES: u64 = 16;

/// How a network runs on a kind of device.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The network's name.
    pub network: String,
    /// Number of images that go through at once.
    pub batch: usize,
    /// The kind of device it is for.
    pub profile: DeviceProfile,
    /// Kernel calls in order.
    pub dispatches: Vec<Dispatch>,
    /// Length of each slot of activations in `vec4<f32>`.
    pub slots: Vec<usize>,
    /// Whether a dispatch may read and write one slot, at places that do not overlap.
    pub shared_slots: bool,
    /// Length of the guards around each tensor, in `vec4<f32>`: bound with it, and nobody's. Networks have none; tests see
    /// in them whether a kernel writes where it should not.
    pub guard: usize,
    /// The largest sum of activations alive at one step, in `vec4<f32>`: no plan needs fewer.
    pub lower_bound: usize,
    /// Packed parameters.
    pub weights: WeightArenas,
    /// Uniform blocks of all dispatches, each at a multiple of the device's alignment.
    pub uniforms: Vec<u8>,
    /// Where the input goes.
    pub input: View,
    /// Where the graph's outputs come, the answer first.
    pub outputs: Vec<View>,
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
    /// What the dispatch takes for the whole batch. An operation of several dispatches is shared out by
    /// their workgroups.
    pub cost: Cost,
    /// The kernel.
    pub kernel: &'static Kernel,
    /// Place of its uniform block in [`Plan::uniforms`], in bytes.
    pub uniform_offset: usize,
    /// What is bound at bindings 1 and up.
    pub resources: Vec<Resource>,
    /// The tensor that it writes, or a part of.
    pub output: View,
    /// Workgroups along each axis.
    pub workgroups: [u32; 3],
}

/// Something that a dispatch binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// A part of a slot of activations.
    Activations(Place),
    /// An arena of packed parameters, by index.
    Weights(usize),
    /// Anything: a tensor that this dispatch has no use for.
    Nothing,
}

impl Plan {
    /// Plans `graph` for `batch` images at once.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] where a tensor is larger than the device's limits, [`ErrorKind::Input`] for a
    /// batch of zero.
    pub fn new(graph: &Graph, batch: usize, profile: &DeviceProfile) -> Result<Self> {
        Self::guarded(graph, batch, profile, 0)
    }

    /// As [`Plan::new`], with [guards](Plan::guard) of this length.
    pub(crate) fn guarded(
        graph: &Graph,
        batch: usize,
        profile: &DeviceProfile,
        guard: usize,
    ) -> Result<Self> {
        if batch == 0 {
            return Err(Error::new(
                ErrorKind::Input,
                "a batch needs at least 1 image, found 0",
            ));
        }
        let layout = layout::place(graph, batch, profile, guard);
        let mut plan = Plan {
            network: graph.name().to_owned(),
            batch,
            profile: profile.clone(),
            dispatches: Vec::new(),
            slots: layout.assignment.slot_sizes,
            shared_slots: layout.shared_slots,
            guard,
            lower_bound: layout.assignment.lower_bound,
            weights: WeightArenas::default(),
            uniforms: Vec::new(),
            input: layout.views[graph.input().index()],
            outputs: (graph.outputs().iter())
                .map(|output| layout.views[output.index()])
                .collect(),
        };
        for (id, node) in graph.iter() {
            let output = &layout.views[id.index()];
            plan.check_limit(&node.name, batch * output.shape.pixels() * output.pitch)?;
            let inputs: Vec<View> = node
                .inputs
                .iter()
                .map(|input| layout.views[input.index()])
                .collect();
            let most = profile.max_texels();
            let shapes = graph.input_shapes(id);
            let variant = Variant::choose(&node.op, &shapes, batch, profile);
            for part in split::parts(graph, &node.op, variant, inputs, *output, most) {
                let weights = match &part.packed {
                    Some(packed) => {
                        let placed = plan.weights.place(graph, packed.clone(), most).clone();
                        plan.check_limit(&node.name, placed.texels)?;
                        Some(placed)
                    }
                    None => None,
                };
                let (op, inputs, output) = (&part.op, &part.inputs, &part.output);
                let calls = lower::calls(op, inputs, weights.as_ref(), output, batch, variant);
                let costs = cost::of_calls(&part, &calls, batch);
                for (call, cost) in calls.into_iter().zip(costs) {
                    let operation = part.op.to_string();
                    plan.add_dispatch(&node.name, operation, part.output, call, cost)?;
                }
            }
        }
        Ok(plan)
    }

    /// Where the answer comes.
    pub fn output(&self) -> &View {
        &self.outputs[0]
    }

    /// Bytes of all slots of activations.
    pub fn activation_bytes(&self) -> u64 {
        self.slots.iter().sum::<usize>() as u64 * TEXEL_BYTES
    }

    /// Bytes of activations that no plan can do without.
    pub fn lower_bound_bytes(&self) -> u64 {
        self.lower_bound as u64 * TEXEL_BYTES
    }

    /// Bytes of all packed parameters.
    pub fn weight_bytes(&self) -> u64 {
        self.weights.texels() as u64 * TEXEL_BYTES
    }

    /// The kernels that it calls, each once.
    pub fn kernels(&self) -> Vec<&'static Kernel> {
        let mut kernels: Vec<&'static Kernel> = Vec::new();
        for dispatch in &self.dispatches {
            if !kernels.contains(&dispatch.kernel) {
                kernels.push(dispatch.kernel);
            }
        }
        kernels
    }

    /// A plan of one `call` so many `times` over, of what is no network. Its input and its answer are the
    /// first texels of the first and the last slot.
    pub(crate) fn of_call(
        call: &Call,
        slots: Vec<usize>,
        times: usize,
        profile: &DeviceProfile,
    ) -> Result<Self> {
        let texel = Shape::vector(GROUP);
        let name = call.kernel.name;
        let mut plan = Plan {
            network: name.to_owned(),
            batch: 1,
            profile: profile.clone(),
            dispatches: Vec::new(),
            lower_bound: slots.iter().sum(),
            weights: WeightArenas::default(),
            uniforms: Vec::new(),
            input: View::whole(0, texel),
            outputs: vec![View::whole(slots.len() - 1, texel)],
            slots,
            shared_slots: false,
            guard: 0,
        };
        for _ in 0..times {
            let output = *plan.output();
            plan.add_dispatch(name, name.to_owned(), output, call.clone(), Cost::default())?;
        }
        Ok(plan)
    }

    fn add_dispatch(
        &mut self,
        node: &str,
        operation: String,
        output: View,
        call: Call,
        cost: Cost,
    ) -> Result<()> {
        let alignment = self.profile.uniform_alignment as usize;
        let uniform_offset = self.uniforms.len().next_multiple_of(alignment);
        self.uniforms.resize(uniform_offset, 0);
        self.uniforms
            .extend_from_slice(bytemuck::cast_slice(&call.uniform));
        self.dispatches.push(Dispatch {
            node: node.to_owned(),
            operation,
            shape: output.shape,
            cost,
            kernel: call.kernel,
            uniform_offset,
            resources: call.resources,
            output,
            workgroups: workgroups_for(call.workgroups, self.profile.max_workgroups)
                .map_err(|error| error.in_context(node))?,
        });
        Ok(())
    }

    /// Checks that a tensor of `texels` fits into the device's storage. Shaders index it by `u32`,
    /// which every such tensor allows.
    fn check_limit(&self, node: &str, texels: usize) -> Result<()> {
        let most = self.profile.max_texels();
        if texels > most {
            return Err(Error::new(
                ErrorKind::Limit,
                format!(
                    "{node}: a tensor of {} bytes does not fit: this adapter allows {} bytes; try a smaller batch or size",
                    texels as u64 * TEXEL_BYTES,
                    most as u64 * TEXEL_BYTES
                ),
            ));
        }
        Ok(())
    }
}

/// `workgroups` over the axes of a dispatch, of which each takes at most `most`. The product may be
/// larger than asked for: kernels check their index.
pub(crate) fn workgroups_for(workgroups: u64, most: u32) -> Result<[u32; 3]> {
    let rows = workgroups.div_ceil(u64::from(most)).max(1);
    let columns = workgroups.div_ceil(rows);
    match (u32::try_from(columns), u32::try_from(rows)) {
        (Ok(columns), Ok(rows)) if rows <= most => Ok([columns, rows, 1]),
        _ => Err(Error::new(
            ErrorKind::Limit,
            format!("{workgroups} workgroups are more than a dispatch of {most} x {most} holds"),
        )),
    }
}
