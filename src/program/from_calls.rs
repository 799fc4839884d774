//! Planning of a list of kernel calls that is not a network, such as a benchmark.

use super::assembly::Assembly;
use super::{Content, Needs, Port, Precision, Program};
use crate::device::DeviceProfile;
use crate::error::Result;
use crate::graph::Cost;
use crate::kernels::{Call, Format, QUAD, View};
use crate::tensor::Shape;

impl Program {
    /// Creates the program of `calls`. Its input is the first `vec4<f32>` of the first slot, its output that of the
    /// last slot.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] if the calls exceed a limit of the device.
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
            slot_storages: vec![profile.storage; slots.len()],
            slot_formats: vec![Format::F32; slots.len()],
            precision: Precision::F32,
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
