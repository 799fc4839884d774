//! Checks of kernel calls: they must stay inside their bindings and within the limits of the device.

use super::assembly::Assembly;
use crate::device::{DeviceProfile, Storage};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::{Call, Format, Resource};

impl Assembly {
    /// Checks that a call of `node` stays inside its bindings.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] if the kernel accesses more bytes than a binding has. Shaders do not check indices
    /// themselves.
    pub(super) fn check_reach(&self, node: &str, call: &Call) -> Result<()> {
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

    /// Checks that a tensor of `bytes` bytes in `format` fits into the device's storage. Shaders index quads by `u32`; this
    /// check covers that limit too.
    pub(super) fn check_tensor(&self, node: &str, bytes: u64, format: Format) -> Result<()> {
        let profile = &self.content.profile;
        let most = format.bytes(most_quads(profile, format));
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
}

/// Returns the most quads of a tensor in `format`. Shaders index them by `u32`.
pub fn most_quads(profile: &DeviceProfile, format: Format) -> usize {
    match profile.storage {
        Storage::Buffer => {
            let quads = profile.max_tensor_bytes() / format.quad_bytes();
            quads.min(u64::from(u32::MAX)) as usize
        }
        Storage::Texture => profile.max_quads(),
    }
}

#[cfg(test)]
mod tests {
    use crate::device::DeviceProfile;
    use crate::error::ErrorKind;
    use crate::kernels::uniforms::Value;
    use crate::kernels::{Call, Candidate, Format, QUAD, View};
    use crate::program::Program;
    use crate::tensor::Shape;

    /// The check compares a kernel's reach with its binding in release builds too.
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
