//! Blocking functions for the frames of an application.

use crate::error::Result;
use crate::frame::{
    Answers, BufferInput, BufferLayout, BufferOutput, ClassMapOutput, ClassesOutput, ContinuousRun,
    MaskOutput, TextureInput, TextureSource, TextureTarget,
};
use crate::maps::ClassMaps;
use crate::preprocess::Preprocess;
use crate::session::{Input, Output};

impl Answers {
    /// [`Answers::new_async`].
    ///
    /// # Errors
    /// The same.
    pub fn new<'a>(output: impl Into<Output<'a>>, depth: usize) -> Result<Self> {
        pollster::block_on(Self::new_async(output, depth))
    }
}

impl<T: Clone> ContinuousRun<T> {
    /// [`ContinuousRun::new_async`].
    ///
    /// # Errors
    /// The same.
    pub fn new<'a>(output: impl Into<Output<'a>>, depth: usize) -> Result<Self> {
        pollster::block_on(Self::new_async(output, depth))
    }
}

impl BufferInput {
    /// [`BufferInput::new_async`].
    ///
    /// # Errors
    /// The same.
    pub fn new<'a>(
        input: impl Into<Input<'a>>,
        buffer: &wgpu::Buffer,
        offset: u64,
        layout: BufferLayout,
    ) -> Result<Self> {
        pollster::block_on(Self::new_async(input, buffer, offset, layout))
    }
}

impl BufferOutput {
    /// [`BufferOutput::new_async`].
    ///
    /// # Errors
    /// The same.
    pub fn new<'a>(
        output: impl Into<Output<'a>>,
        buffer: &wgpu::Buffer,
        offset: u64,
        layout: BufferLayout,
    ) -> Result<Self> {
        pollster::block_on(Self::new_async(output, buffer, offset, layout))
    }
}

impl TextureInput {
    /// [`TextureInput::new_async`].
    ///
    /// # Errors
    /// The same.
    pub fn new<'a>(
        input: impl Into<Input<'a>>,
        source: &TextureSource<'_>,
        preprocess: &Preprocess,
        image: usize,
    ) -> Result<Self> {
        pollster::block_on(Self::new_async(input, source, preprocess, image))
    }
}

impl MaskOutput {
    /// [`MaskOutput::new_async`].
    ///
    /// # Errors
    /// The same.
    pub fn new<'a>(output: impl Into<Output<'a>>, target: &TextureTarget<'_>) -> Result<Self> {
        pollster::block_on(Self::new_async(output, target))
    }
}

impl ClassesOutput {
    /// [`ClassesOutput::new_async`].
    ///
    /// # Errors
    /// The same.
    pub fn new<'a>(output: impl Into<Output<'a>>, target: &TextureTarget<'_>) -> Result<Self> {
        pollster::block_on(Self::new_async(output, target))
    }
}

impl ClassMapOutput {
    /// [`ClassMapOutput::new_async`].
    ///
    /// # Errors
    /// The same.
    pub fn new<'a>(
        scores: impl Into<Output<'a>>,
        maps: &ClassMaps,
        target: &TextureTarget<'_>,
    ) -> Result<Self> {
        pollster::block_on(Self::new_async(scores, maps, target))
    }
}
