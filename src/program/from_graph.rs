//! Planning of a graph.

use super::aliases::Aliases;
use super::assembly::Assembly;
use super::layout::Layout;
use super::{Content, Needs, Planning, Port, Program, choice, copies, split};
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
                    "{name}: expected a value that depends on an input, found the constant {ty}"
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
