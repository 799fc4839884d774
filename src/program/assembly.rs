//! Assembly of a program: its dispatches, uniform blocks and recipes, one kernel call at a time.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::split::Part;
use super::workgroups::workgroups_for;
use super::{Choice, Content, Dispatch, Program, Recipe, Relocation, cost};
use crate::device::Storage;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Constant, Cost};
use crate::kernels::interface::{Formats, Storages};
use crate::kernels::packing::Packing;
use crate::kernels::{Bound, Call, Format, FusedOperand, Operands, Resource, Source, View};
use crate::prediction::Prediction;
use crate::tensor::Shape;

impl Content {
    /// Where `resource` is stored.
    fn storage(&self, resource: &Resource) -> Storage {
        match resource {
            Resource::Activations(place) => self.slot_storages[place.slot],
            Resource::Parameters(_) | Resource::Nothing => self.profile.storage,
        }
    }
}

/// An unfinished program.
pub struct Assembly {
    pub(super) content: Content,
    places_of_recipes: HashMap<Recipe, usize>,
}

impl Assembly {
    pub fn new(content: Content) -> Self {
        Self {
            content,
            places_of_recipes: HashMap::new(),
        }
    }

    /// Adds the calls of `candidate` that compute a part of `node`.
    ///
    /// Its parameters are stored in the format `parameters`.
    pub fn add_part(
        &mut self,
        node: &str,
        choice: &Arc<Choice>,
        part: &Part<'_>,
        parameters: Format,
    ) -> Result<()> {
        let candidate = choice.candidate;
        let recipe = match &part.packing {
            Some(packing) => {
                let recipe = Recipe {
                    packing: packing.clone(),
                    operands: packing.operands(part.site.parameters()),
                    format: parameters,
                };
                self.check_tensor(node, recipe.bytes(), recipe.format)?;
                Some(self.place_of(recipe))
            }
            None => None,
        };
        let operands = Operands {
            inputs: &part.inputs,
            output: &part.outputs[0],
            outputs: &part.outputs,
            recipe,
            parameters,
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
                Source::Image(constant) => {
                    let Shape { channels, .. } = part.site.output();
                    let pixels = part.site.output().pixels();
                    let packing = Packing::Pixels { channels, pixels };
                    self.packed(packing, std::slice::from_ref(constant))
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
        let costs = cost::of_calls(part, parameters, &calls);
        let storage = |view: &View| self.content.slot_storages[view.place.slot];
        let storages = [part.inputs.first(), part.outputs.first()].map(|view| match view {
            Some(view) => storage(view),
            None => self.content.profile.storage,
        });
        let predicted = Prediction::between(&candidate, &part.site, storages);
        let workgroups: u64 = calls.iter().map(|call| call.workgroups).sum();
        for (call, cost) in calls.into_iter().zip(costs) {
            let operation = part.site.to_string();
            let output = part.outputs[call.result];
            let share = call.workgroups as f64 / workgroups.max(1) as f64;
            self.add_call(node, operation, output, call, cost)?;
            if let Some(dispatch) = self.content.dispatches.last_mut() {
                dispatch.choice = Some(choice.clone());
                dispatch.predicted = Some(predicted.part(share));
            }
        }
        Ok(())
    }

    /// Returns the packed constants that have one value for each of `channels`: a row of quads for each constant.
    fn rows(&mut self, constants: &[Arc<Constant>], channels: Range<usize>) -> FusedOperand {
        let packing = Packing::Rows {
            channels,
            rows: constants.len(),
        };
        self.packed(packing, constants)
    }

    /// Returns the packed constants.
    fn packed(&mut self, packing: Packing, constants: &[Arc<Constant>]) -> FusedOperand {
        let reach = packing.quads();
        let operands = constants.iter().cloned().map(Some).collect();
        // They are few, and beside those of products.
        let format = Format::F32;
        let recipe = self.place_of(Recipe {
            packing,
            operands,
            format,
        });
        FusedOperand::Parameters(Bound {
            resource: Resource::Parameters(recipe),
            format,
            reach,
        })
    }

    /// Returns the index of `recipe` in the program's list, and appends it if no equal recipe is there.
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

    pub fn add_call(
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
        let storages = resources.iter().map(|resource| content.storage(resource));
        let storages: Vec<Storage> = storages.collect();
        let workgroups = workgroups_for(call.workgroups, content.profile.max_workgroups)
            .map_err(|error| error.in_context(node))?;
        content
            .needs
            .add(&call, &storages, workgroups, &content.profile);
        let storages = Storages::of(&storages);
        content.dispatches.push(Dispatch {
            node: node.to_owned(),
            operation,
            shape: output.shape,
            output,
            cost,
            choice: None,
            predicted: None,
            kernel: call.kernel,
            instance: call.instance,
            formats: Formats::of(&call.bound),
            storages,
            fused: call.fused,
            uniform_offset,
            resources,
            workgroups,
        });
        Ok(())
    }

    pub fn finish(self) -> Program {
        let mut content = self.content;
        for (slot, &bytes) in content.slots.iter().enumerate() {
            let format = content.slot_formats[slot];
            content
                .needs
                .add_slot(content.slot_storages[slot], format, bytes);
        }
        let storage = content.profile.storage;
        for recipe in &content.recipes {
            content
                .needs
                .add_slot(storage, recipe.format, recipe.bytes());
            content.needs.add_binding(storage, recipe.bytes());
        }
        let bound = (content.dispatches.iter()).flat_map(|dispatch| &dispatch.resources);
        for resource in bound {
            if let Resource::Activations(place) = resource {
                let storage = content.storage(resource);
                content.needs.add_binding(storage, place.length);
            }
        }
        Program(Arc::new(content))
    }
}
