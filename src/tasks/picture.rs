//! What a task looks at: a photo in host memory, or a texture on the network's device.

use crate::error::Result;
use crate::frame::TextureSource;
use crate::maps::ClassMaps;
use crate::network::Network;
use crate::photo::Photo;
use crate::tensor::{Shape, Tensor};

/// A photo in host memory, or a texture on the network's device. Both give the same answer. A texture is preprocessed
/// on the device, so no pixel of it is copied to the host. The reference executor has no textures.
#[derive(Clone, Debug)]
pub enum Picture<'a> {
    /// A photo in host memory.
    Photo(&'a Photo),
    /// A texture of the device of the network's [`Gpu`](crate::gpu::Gpu).
    Texture(TextureSource<'a>),
}

impl Picture<'_> {
    /// Width and height in pixels.
    pub(super) fn size(&self) -> Result<[usize; 2]> {
        match self {
            Picture::Photo(photo) => Ok([photo.width(), photo.height()]),
            Picture::Texture(source) => {
                let region = source.extent()?;
                Ok([region.width, region.height].map(|length| length as usize))
            }
        }
    }
}

impl<'a> From<&'a Photo> for Picture<'a> {
    fn from(photo: &'a Photo) -> Self {
        Picture::Photo(photo)
    }
}

impl<'a> From<TextureSource<'a>> for Picture<'a> {
    fn from(source: TextureSource<'a>) -> Self {
        Picture::Texture(source)
    }
}

impl Network {
    /// All outputs of the variant that was prepared last, for inputs of `shape`, with class maps if their features are
    /// prepared.
    pub(super) async fn outputs_of(
        &mut self,
        picture: &Picture<'_>,
        shape: Shape,
    ) -> Result<(Vec<Tensor>, Option<&ClassMaps>)> {
        let preprocess = self.preprocess_for(shape)?;
        match picture {
            Picture::Photo(photo) => self.outputs(&preprocess.apply(photo)?).await,
            Picture::Texture(source) => self.outputs_of_texture(source, &preprocess).await,
        }
    }
}
