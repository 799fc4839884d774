//! Compiling what calls need before they are made. Some kernels are not the network's own, such as those that read a picture or
//! paint a map, so a blank picture is answered.

use menagerie::frame::{TextureSource, TextureTarget};
use menagerie::gpu::Gpu;
use menagerie::zoo::Task;
use menagerie::{Error, ErrorKind, Network, Result, wgpu};

use crate::texture::descriptor;

/// Compiles what the task of `network` needs.
pub async fn task(network: &mut Network, gpu: &Gpu) {
    let own = match network.task() {
        Ok(Task::Classify) => "classify",
        Ok(_) => "segment",
        Err(_) => return,
    };
    // Only a network for photos has a preprocessing. And one of somebody's own may answer something else than its task is: then
    // the call that needs its answer says so.
    if network.preprocess().is_ok() {
        let _ = call(network, gpu, own).await;
    }
}

/// Compiles what the function `name` of the package needs, with a target and without.
///
/// # Errors
/// [`ErrorKind::Input`] if there is no such function. Those of the function.
pub async fn call(network: &mut Network, gpu: &Gpu, name: &str) -> Result<()> {
    let input = network.input_shape()?;
    let size = wgpu::Extent3d {
        width: input.width as u32,
        height: input.height as u32,
        depth_or_array_layers: 1,
    };
    let texture = |usage| {
        gpu.device().create_texture(&wgpu::TextureDescriptor {
            usage,
            ..descriptor(size)
        })
    };
    let [picture, map] = [
        wgpu::TextureUsages::TEXTURE_BINDING,
        wgpu::TextureUsages::STORAGE_BINDING,
    ]
    .map(texture);
    let answered = answer(network, name, &picture, &map).await;
    picture.destroy();
    map.destroy();
    answered
}

/// Answers `name` for `picture`. What is painted into `map` needs all that an answer in memory needs.
async fn answer(
    network: &mut Network,
    name: &str,
    picture: &wgpu::Texture,
    map: &wgpu::Texture,
) -> Result<()> {
    let (picture, map) = (TextureSource::new(picture), TextureTarget::new(map));
    match name {
        "classify" => network.classify_async(picture).await.map(drop),
        "embed" => network.features_async(picture).await.map(drop),
        "explain" => {
            let explained = network.paint_explanation_async(picture, None, map);
            explained.await.map(drop)
        }
        "segment" if network.classes()? <= 2 => network.paint_mask_async(picture, map).await,
        "segment" => network.paint_classes_async(picture, map).await,
        _ => {
            let expected = "classify, embed, explain or segment";
            let message = format!("prepare: expected {expected}, found {name}");
            Err(Error::new(ErrorKind::Input, message))
        }
    }
}
