//! Plans, without a GPU: how the memory planner shares slots, what becomes of a device's limits, and the plans of the
//! zoo against committed figures and texts.

#[path = "../common/mod.rs"]
mod common;

mod committed;
mod formats;
mod limits;
mod slots;
mod table;
mod texts;
mod workgroups;

use menagerie::device::{DeviceKind, DeviceProfile, Storage};
use menagerie::graph::Graph;
use menagerie::program::{Planning, Program};

/// What llvmpipe is like: textures, subgroups, and kernels for processors.
const SOFTWARE: DeviceProfile = DeviceProfile {
    kind: DeviceKind::Software,
    storage: Storage::Texture,
    subgroup_size: Some(8),
    max_storage_textures: 8,
    ..DeviceProfile::WEBGPU
};

/// The devices of the committed plans: buffers and kernels for graphics processors, textures and kernels for processors.
const DEVICES: [(&str, DeviceProfile); 2] =
    [("webgpu", DeviceProfile::WEBGPU), ("software", SOFTWARE)];

fn plan(graph: &Graph, batch: usize, profile: &DeviceProfile) -> Program {
    Program::new(graph, profile, &Planning::of_batch(batch)).unwrap()
}
