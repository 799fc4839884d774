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
    let mut storages = vec![profile.storage; count];
    if profile.storage == Storage::Buffer {
        return storages;
    }
    let root = |value: ValueId| aliases.slice(value).root.index();
    let hardware = profile.hardware();
    let slots = &hardware.processor().slots;
    let write = slots.write(Storage::Texture) - slots.write(Storage::Buffer);
    let read = slots.read(Storage::Buffer) - slots.read(Storage::Texture);
    // What a buffer saves, in multiply-adds, and the kernels that write and read the value.
    let mut saved = vec![0.0; count];
    let mut users = vec![Users::default(); count];
    // Values that cannot be in a buffer.
    let mut bound = Vec::new();
    for (id, site, candidate) in sites {
        let node = graph.node(id);
        let name = (candidate.kernel.name, candidate.instance.name);
        let in_batch = |shape: &Shape| (site.batch() * quads_of(*shape)) as f64;
        for (&result, shape) in node.results().iter().zip(site.outputs()) {
            saved[root(result)] += in_batch(shape) * write;
            users[root(result)].insert((Access::Write, name));
        }
        // Beside its tensors, a kernel that stores f16 binds a buffer of its own.
        if candidate.tensors(site) >= profile.max_storage_buffers {
            let all = node.reads().chain(node.results().iter().copied());
            bound.extend(all.map(root));
        }
        let inputs = node
            .reads()
            .filter(|&read| !graph.value(read).is_constant());
        for (index, input) in inputs.enumerate() {
            // Only the first operand of a product, or the only one of another operation, is read more than once.
            let is_first = index == 0 && (is_product(node.op()) || site.inputs().len() == 1);
            let once = in_batch(&site.inputs()[index]);
            let reads = match is_first {
                true => once.max(candidate.work(site).loads as f64),
                false => once,
            };
            saved[root(input)] -= reads * read;
            users[root(input)].insert((Access::Read, name));
        }
    }
    let ports = graph.inputs().iter().chain(graph.outputs());
    bound.extend(ports.map(|port| root(port.value)));
    for value in bound {
        saved[value] = 0.0;
    }
    let most = profile.max_binding_bytes.min(profile.max_buffer_bytes);
    let fits = |value: usize| {
        let value = ValueId::at(value);
        let shape = layouts.get(value).shape(graph.ty(value).dims());
        let quads = planning.batch() * quads_of(shape) + 2 * planning.guard();
        Format::F32.bytes(quads) <= most
    };
    let mut of_users: BTreeMap<&Users, f64> = BTreeMap::new();
    for value in (0..count).filter(|&value| saved[value] > 0.0 && fits(value)) {
        *of_users.entry(&users[value]).or_default() += saved[value];
    }
    let rate = hardware.flops_per_second as f64 / 2.0;
    for (value, storage) in storages.iter_mut().enumerate() {
        let own = root(ValueId::at(value));
        let together = of_users.get(&users[own]).copied().unwrap_or_default();
        if saved[own] > 0.0 && fits(own) && together >= WORTHWHILE * rate {
            *storage = Storage::Buffer;
        }
    }
    storages
}

/// The kernels, by name and size, that write and read a value.
type Users = BTreeSet<(Access, (&'static str, &'static str))>;

/// What the values between the same kernels must save in a run, in seconds. A kernel that reads or writes a buffer in place of a
/// texture is another shader, and drivers take 0.1 to 0.35 s to compile one.
const WORTHWHILE: f64 = 2e-3;

/// Quads of an image.
fn quads_of(shape: Shape) -> usize {
    shape.pixels() * quads(shape.channels)
}
