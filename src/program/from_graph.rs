//! Planning of a graph.

use std::sync::Arc;

use super::aliases::Aliases;
use super::assembly::Assembly;
use super::formats::of_parameters;
use super::layouts::{self, Layouts};
use super::limits::most_quads;
use super::places::Places;
use super::storages::storages_of;
use super::{
    Content, Needs, Planning, Port, Precision, Program, broadcasts, choice, copies, pairs,
    prologues, split, winograd,
};
use crate::device::DeviceProfile;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{self, Draft, Graph, ValueId};
use crate::kernels::{Site, View};

/// The largest batch, so that sizes in bytes fit into 64 bits.
const MAX_BATCH: usize = 1 << 20;

/// Plans `graph`; see [`Program::new`].
pub fn of_graph(graph: &Graph, profile: &DeviceProfile, planning: &Planning) -> Result<Program> {
    let batch = planning.batch();
    if !(1..=MAX_BATCH).contains(&batch) {
        return Err(Error::new(
            ErrorKind::Input,
            format!("a batch needs 1 to {MAX_BATCH} images, found {batch}"),
        ));
    }
    graph.answer()?;
    let graph = Draft::pruned(graph);
    let site_profile = planned_for(profile, planning);
    let graph = prologues::separated(graph, &site_profile, planning)?;
    let graph = pairs::joined(graph, &site_profile, planning)?;
    let graph = winograd::transformed(graph, &site_profile, planning)?;
    let graph = layouts::assigned(broadcasts::expanded(graph)?)?;
    let (graph, layouts, aliases) = match profile.shared_slots {
        true => copies::inserted(graph)?,
        false => {
            let layouts = Layouts::of(&graph);
            let aliases = Aliases::of(&graph, &layouts);
            (graph, layouts, aliases)
        }
    };
    let graph: &Graph = &graph;
    // Of layers that are kept in f32.
    let exact = planning.clone().precision(Precision::F32);
    let planning_of = |name: &str| match planning.keeps(name) {
        true => &exact,
        false => planning,
    };
    let mut chosen = Vec::new();
    for (id, node) in graph.computed() {
        let site = Site::in_layouts(graph, id, batch, &site_profile, |value| layouts.get(value))?;
        let site = planning.in_precision(site, node.name());
        let own = planning_of(node.name());
        let choice = match aliases.is_computed(id) {
            true => {
                Some(choice::choose(&site, own).map_err(|error| error.in_context(node.name()))?)
            }
            false => None,
        };
        chosen.push((id, site, choice));
    }
    let kernels = chosen.iter().filter_map(|(id, site, choice)| {
        let choice = choice.as_ref()?;
        Some((*id, site, choice.candidate))
    });
    let storages = storages_of(graph, &layouts, &aliases, kernels, planning, profile);
    let places = Places::of(graph, &layouts, &aliases, &storages, planning, profile);
    let view = |value: ValueId| {
        let unplaced = || {
            let value = graph.value(value);
            let (name, ty) = (value.name(), value.ty());
            Error::new(
                ErrorKind::Unsupported,
                format!(
                    "{name}: expected a value that depends on an input, found the constant {ty}"
                ),
            )
        };
        places.view(value).ok_or_else(unplaced)
    };
    let ports = |ports: &[graph::Port]| {
        let ports = ports.iter();
        let ports = ports.map(|port| {
            let view = view(port.value)?;
            check_port(graph, port)?;
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
            shared_slots: places.shared_slots,
            ..Needs::none(profile)
        },
        dispatches: Vec::new(),
        inputs: ports(graph.inputs())?,
        outputs: ports(graph.outputs())?,
        slots: places.assignment.slot_sizes.clone(),
        guard: planning.guard(),
        lower_bound: places.assignment.lower_bound,
        slot_storages: places.slot_storages.clone(),
        slot_formats: places.slot_formats.clone(),
        precision: planning.stored(),
        recipes: Vec::new(),
        uniforms: Vec::new(),
        relocations: Vec::new(),
    });
    for port in assembly.content.inputs.clone() {
        assembly.check_tensor(&port.name, port.view.place.length, port.view.format)?;
    }
    for (id, site, choice) in chosen {
        let node = graph.node(id);
        let outputs = node.results().iter().map(|&result| view(result));
        let outputs: Vec<View> = outputs.collect::<Result<_>>()?;
        for output in &outputs {
            assembly.check_tensor(node.name(), output.place.length, output.format)?;
        }
        let Some(choice) = choice else {
            continue;
        };
        let inputs = node
            .reads()
            .filter(|&read| !graph.value(read).is_constant());
        let inputs: Vec<View> = inputs.map(view).collect::<Result<_>>()?;
        let choice = Arc::new(choice);
        let format = of_parameters(&site, planning_of(node.name()));
        let packing = choice.candidate.pack(&site);
        let most = most_quads(profile, format);
        for part in split::parts(site, packing, inputs, outputs, most) {
            assembly.add_part(node.name(), &choice, &part, format)?;
        }
    }
    Ok(assembly.finish())
}

/// The device as kernels may use it. In buffers, a kernel that stores f16 needs one of the bindings for itself
/// ([`Shader::watches_range`](crate::kernels::interface::Shader::watches_range)).
fn planned_for(profile: &DeviceProfile, planning: &Planning) -> DeviceProfile {
    let reserved = u32::from(planning.stored() != Precision::F32);
    DeviceProfile {
        max_storage_buffers: profile.max_storage_buffers.saturating_sub(reserved),
        ..profile.clone()
    }
}

/// Checks that the values of an input or output can be moved between host and device: they are f32, and each image has its
/// own.
fn check_port(graph: &Graph, port: &graph::Port) -> Result<()> {
    let ty = graph.ty(port.value);
    match ty.tensor_shape() {
        Some(_) => Ok(()),
        None => Err(Error::new(
            ErrorKind::Shape,
            format!("{}: expected f32 for each image, found {ty}", port.name),
        )),
    }
}
