//! Putting a program together, dispatch by dispatch.

use std::collections::HashMap;
use std::sync::Arc;

use super::layout::{self, is_in_place};
use super::split::{self, Part};
use super::{Content, Dispatch, Needs, Planning, Port, Program, Recipe, Relocation, choice, cost};
use crate::device::{DeviceProfile, TEXEL_BYTES};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Cost, Graph, NodeId, Op, Shape};
use crate::kernels::interface::Formats;
use crate::kernels::{Call, Candidate, GROUP, Operands, Resource, Site, View};

/// The program of `graph`; [`Program::new`].
pub fn of_graph(graph: &Graph, profile: &DeviceProfile, planning: &Planning) -> Result<Program> {
    let batch = planning.batch();
    if batch == 0 {
        return Err(Error::new(
            ErrorKind::Input,
            "a batch needs at least 1 image, found 0",
        ));
    }
    let layout = layout::place(graph, batch, profile);
    let port = |id: &NodeId| Port {
        name: graph.node(*id).name.clone(),
        view: layout.views[id.index()],
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
        slots: layout.assignment.slot_sizes,
        lower_bound: layout.assignment.lower_bound,
        recipes: Vec::new(),
        uniforms: Vec::new(),
        relocations: Vec::new(),
        inputs: vec![port(&graph.input())],
        outputs: graph.outputs().iter().map(port).collect(),
    });
    for (id, node) in graph.iter() {
        let output = layout.views[id.index()];
        assembly.check_tensor(&node.name, output.place.length)?;
        if node.op == Op::Input || is_in_place(&node.op) {
            continue;
        }
        let inputs = node.inputs.iter().map(|input| layout.views[input.index()]);
        let site = Site::new(graph, id, batch, profile);
        let chosen =
            choice::choose(&site, planning).map_err(|error| error.in_context(&node.name))?;
        let (packing, most) = (chosen.pack(&site), profile.max_texels());
        for part in split::parts(site, packing, inputs.collect(), output, most) {
            assembly.add_part(graph, id, chosen, &part)?;
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
        let quad = Shape::vector(GROUP);
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
                quad,
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

    /// Adds the calls of `candidate` that compute a part of node `id`.
    fn add_part(
        &mut self,
        graph: &Graph,
        id: NodeId,
        candidate: Candidate,
        part: &Part<'_>,
    ) -> Result<()> {
        let node = graph.node(id);
        let recipe = match &part.packing {
            Some(packing) => {
                let recipe = Recipe {
                    packing: packing.clone(),
                    operands: node.op.parameters(),
                };
                self.check_tensor(&node.name, recipe.bytes())?;
                Some(self.place_of(recipe))
            }
            None => None,
        };
        let operands = Operands {
            inputs: &part.inputs,
            output: &part.output,
            recipe,
        };
        let calls = candidate.encode(&part.site, &operands);
        if calls.is_empty() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "{}: the kernel {} makes no call for {}",
                    node.name,
                    candidate.name(),
                    part.site
                ),
            ));
        }
        let costs = cost::of_calls(part, &calls);
        for (call, cost) in calls.into_iter().zip(costs) {
            let operation = part.site.to_string();
            self.add_call(&node.name, operation, part.output.shape, call, cost)?;
        }
        Ok(())
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
        shape: Shape,
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
        let recipe = resources.iter().find_map(|resource| match resource {
            Resource::Parameters(recipe) => Some(*recipe),
            Resource::Activations(_) | Resource::Nothing => None,
        });
        for &word in &call.relocations {
            let place = uniform_offset + word * size_of::<u32>();
            content
                .relocations
                .extend(recipe.map(|recipe| Relocation { place, recipe }));
        }
        let workgroups = workgroups_for(call.workgroups, content.profile.max_workgroups)
            .map_err(|error| error.in_context(node))?;
        content
            .needs
            .add(call.kernel, call.instance, workgroups, &content.profile);
        content.dispatches.push(Dispatch {
            node: node.to_owned(),
            operation,
            shape,
            cost,
            kernel: call.kernel,
            instance: call.instance,
            formats: Formats::of(&call.bound),
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
        for (binding, bound) in call.kernel.bindings.iter().zip(&call.bound) {
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
            .min(profile.max_texels() as u64 * TEXEL_BYTES);
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
        let view = View::whole(0, Shape::vector(3 * GROUP));
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
