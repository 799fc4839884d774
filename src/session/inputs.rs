//! Writing the input images of a run from host memory to the device.

use super::{Session, quads};
use crate::error::{Error, ErrorKind, Result};
use crate::kernels::QUAD;
use crate::tensor::{Images, Tensor};

impl Session {
    /// Writes the images of the next run, for a network with one input. The queue copies them before its next
    /// submission.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the images have another shape than the network's input, if there are more of them than the
    /// session's batch, or if the network has several inputs. [`ErrorKind::BeyondRange`] if a value is beyond the range of the
    /// precision. [`ErrorKind::DeviceLost`] if the device was lost.
    pub fn write_input(&mut self, input: &Tensor) -> Result<()> {
        self.write(&[input.into()])
    }

    /// As [`Session::write_input`], for several inputs by name. Each must have the same number of images.
    ///
    /// # Errors
    /// As [`Session::write_input`]; [`ErrorKind::Input`] if an input is missing, is named twice or does not exist.
    pub fn write_inputs(&mut self, inputs: &[(&str, &Tensor)]) -> Result<()> {
        let inputs = named(inputs);
        let inputs = self.in_order(&inputs)?;
        self.write(&inputs)
    }

    /// The images of `inputs` in the order of the session's inputs.
    ///
    /// # Errors
    /// As [`Session::write_inputs`].
    pub(crate) fn in_order<'a>(&self, inputs: &[(&str, Images<'a>)]) -> Result<Vec<Images<'a>>> {
        for (name, _) in inputs {
            self.input(name)?;
        }
        let tensor = |name: &str| {
            let mut given = inputs.iter().filter(|(other, _)| *other == name);
            match (given.next(), given.next()) {
                (Some((_, tensor)), None) => Ok(*tensor),
                (found, _) => Err(self.refused(format!(
                    "takes one tensor as input {name:?}, found {}",
                    if found.is_some() { "several" } else { "none" }
                ))),
            }
        };
        self.inputs().map(|input| tensor(input.name())).collect()
    }

    /// Writes images for each of the session's inputs, in their order.
    fn write(&mut self, inputs: &[Images<'_>]) -> Result<()> {
        self.images = self.check(inputs)?;
        let mut staged = std::mem::take(&mut self.staged);
        let written = self.gpu.attempt_now(self.program.name(), || {
            self.write_views(inputs, &mut staged);
            Ok(())
        });
        self.staged = staged;
        written
    }

    /// As [`Session::write`], for images that are already checked. `staged` is memory that is used again.
    pub(super) fn write_views(&self, inputs: &[Images<'_>], staged: &mut Vec<[f32; QUAD]>) {
        for (input, &images) in self.inputs().zip(inputs) {
            let view = input.view();
            quads::fill(staged, images, view);
            let first = view.extent(1).start;
            let bytes = quads::clamped(staged, view.format);
            let queue = self.gpu.queue();
            self.slot(view).write(queue, view.format, first, &bytes);
        }
    }

    /// Checks `inputs`, and returns the number of images of each.
    pub(super) fn check(&self, inputs: &[Images<'_>]) -> Result<usize> {
        let count = self.inputs().len();
        if inputs.len() != count {
            let found = inputs.len();
            return Err(self.refused(format!("takes {count} inputs by name, found {found}")));
        }
        let images = inputs.first().map_or(0, |tensor| tensor.batch());
        for (port, tensor) in self.inputs().zip(inputs) {
            let (shape, found) = (port.shape(), tensor.shape());
            if found != shape {
                return Err(self.refused(format!("takes images of {shape}, found {found}")));
            }
            if tensor.batch() != images {
                return Err(self.refused(format!(
                    "takes as many images of each input, found {images} and {}",
                    tensor.batch()
                )));
            }
            if let Some(found) = quads::beyond(tensor.data(), port.view().format)
                && !self.clamp
            {
                let (network, name) = (self.program.name(), port.name());
                let most = half::f16::MAX;
                let message = format!(
                    "{network}: {name}: expected values within +-{most}, the range of f16, found {found}"
                );
                return Err(Error::new(ErrorKind::BeyondRange, message));
            }
        }
        let most = self.program.batch();
        if images > most {
            let message =
                format!("this session takes at most {most} images at once, found {images}");
            return Err(Error::new(ErrorKind::Input, message));
        }
        Ok(images)
    }

    fn refused(&self, why: String) -> Error {
        let network = self.program.name();
        Error::new(ErrorKind::Input, format!("{network} {why}"))
    }
}

/// All images of tensors with names.
pub(crate) fn named<'a>(inputs: &[(&'a str, &'a Tensor)]) -> Vec<(&'a str, Images<'a>)> {
    let inputs = inputs.iter();
    inputs
        .map(|&(name, tensor)| (name, tensor.into()))
        .collect()
}
