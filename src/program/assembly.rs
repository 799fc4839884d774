//! Assembly of a program: its dispatches, uniform blocks and recipes, one kernel call at a time.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::split::Part;
use super::workgroups::workgroups_for;
use super::{Choice, Content, Dispatch, Program, Recipe, Relocation, cost};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Constant, Cost};
use crate::kernels::interface::Formats;
use crate::kernels::packing::Packing;
use crate::kernels::{Bound, Call, Format, FusedOperand, Operands, Resource, Source, View};
use crate::prediction::Prediction;
use crate::tensor::Shape;

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
        let predicted = Prediction::of(&candidate, &part.site);
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
        let workgroups = workgroups_for(call.workgroups, content.profile.max_workgroups)
            .map_err(|error| error.in_context(node))?;
        content.needs.add(&call, workgroups, &content.profile);
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
            fused: call.fused,
            uniform_offset,
            resources,
            workgroups,
        });
        Ok(())
    }

    pub fn finish(self) -> Program {
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
        let slots = content.slots.iter().zip(&content.slot_formats);
        let slots = slots.map(|(&bytes, format)| format.quads(bytes) as u64);
        let recipes = (content.recipes.iter()).map(|recipe| recipe.packing.quads() as u64);
        content.needs.slot_quads = slots.chain(recipes).max().unwrap_or(0);
        Program(Arc::new(content))
    }
}
