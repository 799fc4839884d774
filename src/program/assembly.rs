//! Putting a program together, dispatch by dispatch.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::aliases::Aliases;
use super::layout::Layout;
use super::split::{self, Part};
use super::{
    Content, Dispatch, Needs, Planning, Port, Program, Recipe, Relocation, choice, copies, cost,
};
use crate::device::{DeviceProfile, QUAD_BYTES};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{self, Constant, Cost, Draft, Graph, ValueId};
use crate::kernels::interface::Formats;
use crate::kernels::packing::Packing;
use crate::kernels::{
    Bound, Call, Candidate, Format, FusedOperand, Operands, QUAD, Resource, Site, Source, View,
};
use crate::tensor::Shape;

/// The most images at once, so that sizes in bytes stay within 64 bits.
const MOST_IMAGES: usize = 1 << 20;

/// The program of `graph`; [`Program::new`].
pub fn of_graph(graph: &Graph, profile: &DeviceProfile, planning: &Planning) -> Result<Program> {
    let batch = planning.batch();
    if !(1..=MOST_IMAGES).contains(&batch) {
        return Err(Error::new(
            ErrorKind::Input,
            format!("a batch needs 1 to {MOST_IMAGES} images, found {batch}"),
        ));
    }
    graph.answer()?;
    let graph = Draft::pruned(graph);
    let (graph, aliases) = match profile.shared_slots {
        true => copies::inserted(graph)?,
        false => {
            let aliases = Aliases::of(&graph);
            (graph, aliases)
        }
    };
    let graph: &Graph = &graph;
    let mut sites = Vec::new();
    for (id, _) in graph.computed() {
        sites.push((id, Site::new(graph, id, batch, profile)?));
    }
    let layout = Layout::of(graph, aliases, planning, profile);
    let view = |value: ValueId| {
        let unplaced = || {
            let value = graph.value(value);
            let (name, ty) = (value.name(), value.ty());
            Error::new(
                ErrorKind::Unsupported,
                format!(
                    "{name}: expected a tensor that is computed in each run, found the constant {ty}"
                ),
            )
        };
        layout.view(value).ok_or_else(unplaced)
    };
    let ports = |ports: &[graph::Port]| {
        let ports = ports.iter();
        let ports = ports.map(|port| {
            let view = view(port.value)?;
            graph.shape(port.value)?;
            Ok(Port {
                name: port.name.clone(),
                view,
            })
        });
        ports.collect::<Result<Vec<Port>>>()
    };
    let mut assembly = Assembly::new(Content {
        name: graph.name().to_owned(),
        batch,
        profile: profile.clone(),
        needs: Needs {
            shared_slots: layout.shared_slots,
            ..Needs::none(profile)
        },
        dispatches: Vec::new(),
        inputs: ports(graph.inputs())?,
        outputs: ports(graph.outputs())?,
        slots: layout.assignment.slot_sizes.clone(),
        guard: planning.guard(),
        lower_bound: layout.assignment.lower_bound,
        recipes: Vec::new(),
        uniforms: Vec::new(),
        relocations: Vec::new(),
    });
    for port in assembly.content.inputs.clone() {
        assembly.check_tensor(&port.name, port.view.place.length)?;
    }
    for (id, site) in sites {
        let node = graph.node(id);
        let outputs = node.results().iter().map(|&result| view(result));
        let outputs: Vec<View> = outputs.collect::<Result<_>>()?;
        for output in &outputs {
            assembly.check_tensor(node.name(), output.place.length)?;
        }
        if !layout.aliases.is_computed(id) {
            continue;
        }
        let inputs = node
            .reads()
            .filter(|&read| !graph.value(read).is_constant());
        let inputs: Vec<View> = inputs.map(view).collect::<Result<_>>()?;
        let chosen =
            choice::choose(&site, planning).map_err(|error| error.in_context(node.name()))?;
        let (packing, most) = (chosen.pack(&site), profile.max_quads());
        for part in split::parts(site, packing, inputs, outputs, most) {
            assembly.add_part(node.name(), chosen, &part)?;
        }
    }
    Ok(assembly.finish())
}

impl Program {
    /// The program of `calls` that compute no network, from the first `vec4<f32>` of the first of its slots to that of
    /// the last.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] where the device is too small for them.
    pub(crate) fn of_calls(
        name: &str,
        calls: Vec<Call>,
        slots: Vec<u64>,
        profile: &DeviceProfile,
    ) -> Result<Self> {
        let quad = Shape::vector(QUAD);
        let port = |name: &str, slot: usize| Port {
            name: name.to_owned(),
            view: View::whole(slot, quad),
        };
        let mut assembly = Assembly::new(Content {
            name: name.to_owned(),
            batch: 1,
            profile: profile.clone(),
            needs: Needs::none(profile),
            dispatches: Vec::new(),
            guard: 0,
            lower_bound: slots.iter().sum(),
            recipes: Vec::new(),
            uniforms: Vec::new(),
            relocations: Vec::new(),
            inputs: vec![port("input", 0)],
            outputs: vec![port("output", slots.len().saturating_sub(1))],
            slots,
        });
        for call in calls {
            assembly.add_call(
                name,
                call.kernel.name.to_owned(),
                View::whole(0, quad),
                call,
                Cost::default(),
            )?;
        }
        Ok(assembly.finish())
    }
}

/// A program as it grows.
struct Assembly {
    content: Content,
    places_of_recipes: HashMap<Recipe, usize>,
}

impl Assembly {
    fn new(content: Content) -> Self {
        Self {
            content,
            places_of_recipes: HashMap::new(),
        }
    }

    /// Adds the calls of `candidate` that compute a part of `node`.
    fn add_part(&mut self, node: &str, candidate: Candidate, part: &Part<'_>) -> Result<()> {
        let recipe = match &part.packing {
            Some(packing) => {
                let recipe = Recipe {
                    packing: packing.clone(),
                    operands: part.site.parameters().to_vec(),
                };
                self.check_tensor(node, recipe.bytes())?;
                Some(self.place_of(recipe))
            }
            None => None,
        };
        let operands = Operands {
            inputs: &part.inputs,
            output: &part.outputs[0],
            outputs: &part.outputs,
            recipe,
        };
        let plan = candidate
            .fusion_plan(&part.site)
            .map_err(|reason| Error::new(ErrorKind::Unsupported, format!("{node}: {reason}")))?;
        let sources = plan.sources.iter();
        let bound: Vec<FusedOperand> = sources
            .map(|source| match source {
                Source::Input(index) => FusedOperand::View(part.inputs[*index], part.site.batch()),
                Source::Constant(constant) => {
                    self.rows(std::slice::from_ref(constant), part.channels.clone())
                }
                Source::Prologue(constants) => self.rows(constants, 0..part.site.in_channels()),
            })
            .collect();
        let calls = candidate.encode(&part.site, &operands, &plan, &bound);
        if calls.is_empty() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "{node}: the kernel {} makes no call for {}",
                    candidate.name(),
                    part.site
                ),
            ));
        }
        let costs = cost::of_calls(part, &calls);
        for (call, cost) in calls.into_iter().zip(costs) {
            let operation = part.site.to_string();
            let output = part.outputs[call.result];
            self.add_call(node, operation, output, call, cost)?;
        }
        Ok(())
    }

    /// Constants that have a value for each channel, packed for these `channels`: a row of quads for each constant.
    fn rows(&mut self, constants: &[Arc<Constant>], channels: Range<usize>) -> FusedOperand {
        let packing = Packing::Rows {
            channels,
            rows: constants.len(),
        };
        let reach = packing.quads();
        let operands = constants.iter().cloned().map(Some).collect();
        let recipe = self.place_of(Recipe { packing, operands });
        FusedOperand::Parameters(Bound {
            resource: Resource::Parameters(recipe),
            format: Format::default(),
            reach,
        })
    }

    /// The place of `recipe` in the program's list: that of an equal one, where there is one.
    fn place_of(&mut self, recipe: Recipe) -> usize {
        let recipes = &mut self.content.recipes;
        *self
            .places_of_recipes
            .entry(recipe)
            .or_insert_with_key(|recipe| {
                recipes.push(recipe.clone());
                recipes.len() - 1
            })
    }

    fn add_call(
        &mut self,
        node: &str,
        operation: String,
        output: View,
        call: Call,
        cost: Cost,
    ) -> Result<()> {
        self.check_reach(node, &call)?;
        let content = &mut self.content;
        let alignment = content.profile.uniform_alignment.max(1) as usize;
        let uniform_offset = content.uniforms.len().next_multiple_of(alignment);
        content.uniforms.resize(uniform_offset, 0);
        content
            .uniforms
            .extend_from_slice(bytemuck::cast_slice(&call.uniform));
        let resources: Vec<Resource> = call.bound.iter().map(|bound| bound.resource).collect();
        for &(word, binding) in &call.relocations {
            if let Some(&Resource::Parameters(recipe)) = resources.get(binding) {
                let place = uniform_offset + word * size_of::<u32>();
                content.relocations.push(Relocation { place, recipe });
            }
        }
        let workgroups = workgroups_for(call.workgroups, content.profile.max_workgroups)
            .map_err(|error| error.in_context(node))?;
        content.needs.add(&call, workgroups, &content.profile);
        content.dispatches.push(Dispatch {
            node: node.to_owned(),
            operation,
            shape: output.shape,
            output,
            cost,
            kernel: call.kernel,
            instance: call.instance,
            formats: Formats::of(&call.bound),
            fused: call.fused,
            uniform_offset,
            resources,
            workgroups,
        });
        Ok(())
    }

    /// Checks that what a call of `node` touches is its own.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] where a binding reaches further than its place: shaders check no index.
    fn check_reach(&self, node: &str, call: &Call) -> Result<()> {
        for (binding, bound) in call.fused.bindings(call.kernel).iter().zip(&call.bound) {
            let found = match bound.resource {
                Resource::Activations(place) => place.length,
                Resource::Parameters(recipe) => self.content.recipes[recipe].bytes(),
                Resource::Nothing => 0,
            };
            let needed = bound.format.bytes(bound.reach);
            if needed > found {
                return Err(Error::new(
                    ErrorKind::Limit,
                    format!(
                        "{node}: {} reaches {needed} bytes into {}, which has {found}",
                        call.kernel.name, binding.name
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Checks that a tensor of so many bytes fits into the device's storage. Shaders index its quads by `u32`,
    /// which every such tensor allows.
    fn check_tensor(&self, node: &str, bytes: u64) -> Result<()> {
        let profile = &self.content.profile;
        let most = profile
            .max_tensor_bytes()
            .min(profile.max_quads() as u64 * QUAD_BYTES);
        if bytes <= most {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Limit,
            format!(
                "{node}: a tensor of {bytes} bytes does not fit: this adapter allows {most} bytes; \
                 try a smaller batch or size"
            ),
        ))
    }

    fn finish(self) -> Program {
        let mut content = self.content;
        let recipes = content.recipes.iter().map(Recipe::bytes);
        let bound = (content.dispatches.iter()).flat_map(|dispatch| &dispatch.resources);
        let places = bound.filter_map(|resource| match resource {
            Resource::Activations(place) => Some(place.length),
            Resource::Parameters(_) | Resource::Nothing => None,
        });
        content.needs.binding_bytes = recipes.clone().chain(places).max().unwrap_or(0);
        let slots = content.slots.iter().copied().chain(recipes);
        content.needs.slot_bytes = slots.max().unwrap_or(0);
        Program(Arc::new(content))
    }
}

/// `workgroups` over the axes of a dispatch, of which each takes at most `most`. The product may be
/// larger than asked for: kernels check their index.
///
/// # Errors
/// [`ErrorKind::Limit`] where they are more than a dispatch holds.
pub fn workgroups_for(workgroups: u64, most: u32) -> Result<[u32; 3]> {
    let rows = workgroups.div_ceil(u64::from(most.max(1))).max(1);
    let columns = workgroups.div_ceil(rows);
    match (u32::try_from(columns), u32::try_from(rows)) {
        (Ok(columns), Ok(rows)) if rows <= most => Ok([columns, rows, 1]),
        _ => Err(Error::new(
            ErrorKind::Limit,
            format!("{workgroups} workgroups are more than a dispatch of {most} x {most} holds"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::Format;
    use crate::kernels::uniforms::Value;

    /// What a kernel says of its reach is held against the place, whatever the build.
    #[test]
    fn no_call_reaches_beyond_its_place() {
        let view = View::whole(0, Shape::vector(3 * QUAD));
        let copy = Candidate::of("activation").next().unwrap();
        let calls = |reach: usize| {
            let values = [
                Value::View(&view, 1),
                Value::View(&view, 1),
                Value::Bounds([0.0, 1.0]),
                Value::Word(3),
            ];
            let bound = vec![view.bound(1, 3), view.bound(1, reach)];
            vec![Call::new(copy.kernel, copy.instance, &values, bound, 3)]
        };
        let profile = DeviceProfile::WEBGPU;
        let slots = vec![Format::F32.bytes(3)];
        let program = |reach| Program::of_calls("none", calls(reach), slots.clone(), &profile);
        assert!(program(3).is_ok());
        let error = program(4).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_eq!(
            error.to_string(),
            "none: activation reaches 64 bytes into output, which has 48"
        );
    }
}
