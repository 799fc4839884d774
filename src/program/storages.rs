//! Where each value of a graph is stored, if the device's tensors are in textures.
//!
//! On a software device, a texture is read faster than a buffer, but written far more slowly (docs/performance.md). So a value
//! that is read a few times is better in a buffer, and one that many workgroups read again in a texture. Both times follow from
//! the work of the kernels that write and read it.

use std::collections::{BTreeMap, BTreeSet};

use super::Planning;
use super::aliases::Aliases;
use super::formats::is_product;
use super::layouts::Layouts;
use crate::device::{DeviceProfile, Storage};
use crate::graph::{Graph, NodeId, ValueId};
use crate::kernels::{Access, Candidate, Format, Site, quads};
use crate::tensor::Shape;

/// Returns the storage of each value of `graph`, whose `sites` are computed by these kernels. Values that share memory are in the
/// same. Those of inputs and outputs are where the device has its tensors, for applications that read and write them.
pub fn storages_of<'a>(
    graph: &Graph,
    layouts: &Layouts,
    aliases: &Aliases,
    sites: impl Iterator<Item = (NodeId, &'a Site<'a>, Candidate)>,
    planning: &Planning,
    profile: &DeviceProfile,
) -> Vec<Storage> {
    let count = graph.values().len();
    if profile.storage == Storage::Buffer {
        return vec![profile.storage; count];
    }
    let root = |value: ValueId| aliases.slice(value).root.index();
    let mut values = uses_of(graph, root, sites, profile);
    for port in graph.inputs().iter().chain(graph.outputs()) {
        values[root(port.value)].is_bound = true;
    }
    let most = profile.max_binding_bytes.min(profile.max_buffer_bytes);
    let saves = |value: usize| {
        let own = &values[value];
        let value = ValueId::at(value);
        let shape = layouts.get(value).shape(graph.ty(value).dims());
        let quads = planning.batch() * quads_of(shape) + 2 * planning.guard();
        own.saved > 0.0 && !own.is_bound && Format::F32.bytes(quads) <= most
    };
    let mut of_users: BTreeMap<&Users, f64> = BTreeMap::new();
    for value in (0..count).filter(|&value| saves(value)) {
        *of_users.entry(&values[value].users).or_default() += values[value].saved;
    }
    let worthwhile = WORTHWHILE * profile.hardware().flops_per_second as f64 / 2.0;
    let storage = |value| {
        let own = root(ValueId::at(value));
        match saves(own) && of_users[&values[own].users] >= worthwhile {
            true => Storage::Buffer,
            false => profile.storage,
        }
    };
    (0..count).map(storage).collect()
}

/// What the values between the same kernels must save in a run, in seconds. A kernel that reads or writes a buffer in place of a
/// texture is another shader, and drivers take 0.1 to 0.35 s to compile one.
const WORTHWHILE: f64 = 2e-3;

/// How a value is used, with all that share its memory.
#[derive(Clone, Default)]
struct Uses {
    /// What a buffer in place of a texture saves in a run, in multiply-adds.
    saved: f64,
    users: Users,
    /// Whether it must be where the device has its tensors.
    is_bound: bool,
}

/// The kernels, by name and size, that write and read a value.
type Users = BTreeSet<(Access, &'static str, &'static str)>;

/// Returns how each value of `graph` is used. Those of values that share memory are at its `root`.
fn uses_of<'a>(
    graph: &Graph,
    root: impl Fn(ValueId) -> usize,
    sites: impl Iterator<Item = (NodeId, &'a Site<'a>, Candidate)>,
    profile: &DeviceProfile,
) -> Vec<Uses> {
    let hardware = profile.hardware();
    let slots = &hardware.processor().slots;
    let write = slots.write(Storage::Texture) - slots.write(Storage::Buffer);
    let read = slots.read(Storage::Buffer) - slots.read(Storage::Texture);
    let mut values = vec![Uses::default(); graph.values().len()];
    for (id, site, candidate) in sites {
        let node = graph.node(id);
        let user = |access| (access, candidate.kernel.name, candidate.instance.name);
        let in_batch = |shape: &Shape| (site.batch() * quads_of(*shape)) as f64;
        // Beside its tensors, a kernel that stores f16 binds a buffer of its own.
        let is_bound = candidate.tensors(site) >= profile.max_storage_buffers;
        for (&result, shape) in node.results().iter().zip(site.outputs()) {
            let value = &mut values[root(result)];
            value.saved += in_batch(shape) * write;
            value.users.insert(user(Access::Write));
            value.is_bound |= is_bound;
        }
        let inputs = node
            .reads()
            .filter(|&read| !graph.value(read).is_constant());
        for (index, (input, shape)) in inputs.zip(site.inputs()).enumerate() {
            // Only the first operand of a product, or the only one of another operation, is read more than once.
            let is_first = index == 0 && (is_product(node.op()) || site.inputs().len() == 1);
            let once = in_batch(shape);
            let reads = match is_first {
                true => once.max(candidate.work(site).loads as f64),
                false => once,
            };
            let value = &mut values[root(input)];
            value.saved -= reads * read;
            value.users.insert(user(Access::Read));
            value.is_bound |= is_bound;
        }
    }
    values
}

/// Quads of an image.
fn quads_of(shape: Shape) -> usize {
    shape.pixels() * quads(shape.channels)
}
