//! The options of how a network runs: device, batch, passes and precision.

use super::NetworkBuilder;
use super::device::DeviceChoice;
use crate::passes::PassSet;
use crate::program::Precision;

impl NetworkBuilder<'_> {
    /// Sets the device: an [`AdapterChoice`](crate::gpu::AdapterChoice), a [`Gpu`](crate::gpu::Gpu), or a
    /// [`Device`](super::Device) such as [`Device::Reference`](super::Device::Reference). A `Gpu` can be made from your
    /// application's own [`wgpu::Device`], and several networks can share it. The default is the fastest GPU, or the
    /// reference executor if there is no GPU.
    pub fn device(mut self, device: impl Into<DeviceChoice>) -> Self {
        self.device = device.into();
        self
    }

    /// Sets whether the choice of kernels uses the autotuning results in the user's cache (feature `cache`). The
    /// default is true. It has no effect on a device that is already open.
    pub fn autotuned(mut self, autotuned: bool) -> Self {
        self.autotuned = autotuned;
        self
    }

    /// Sets whether the driver's compiled kernels are stored in the user's cache for later runs of a program (feature
    /// `cache`; Vulkan). The default is true. It has no effect on a device that is already open.
    pub fn keep_pipelines(mut self, keep: bool) -> Self {
        self.keeps_pipelines = keep;
        self
    }

    /// Sets the largest number of images in a batch. The default is 1. More images need more memory. Every run may have
    /// fewer.
    pub fn batch(mut self, batch: usize) -> Self {
        self.batch = batch;
        self
    }

    /// Sets the largest number of images in a batch for a device with enough memory.
    /// [`Network::classify_stream`](super::Network::classify_stream) and
    /// [`Network::features_stream`](super::Network::features_stream) use smaller batches if the device has not enough memory.
    pub fn batch_up_to(self, batch: usize) -> Self {
        Self {
            batch,
            takes_smaller_batches: true,
            ..self
        }
    }

    /// Sets the passes over the graph. The default is [`PassSet::all`].
    pub fn passes(mut self, passes: PassSet) -> Self {
        self.passes = passes;
        self
    }

    /// Allows NaN and infinite values in weights, inputs and answers. By default they are errors, which name the tensor or
    /// the first layer with such a result. Values beyond the range of the [precision](NetworkBuilder::precision) are clamped
    /// then, except in weights.
    pub fn allow_non_finite(mut self) -> Self {
        self.allows_non_finite = true;
        self
    }

    /// Stores weights and activations in this precision. The default is [`Precision::F32`]. Inputs and answers are f32. Sums,
    /// means and other statistics are, too.
    pub fn precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// Keeps the parameters and the results of the layer or module `name` in f32, whatever the
    /// [precision](NetworkBuilder::precision) is. Can be repeated. [`Network::summary`](super::Network::summary) lists the
    /// names.
    pub fn keep_f32(mut self, name: impl Into<String>) -> Self {
        self.keep_f32.push(name.into());
        self
    }
}
