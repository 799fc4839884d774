//! Colours of a decoded image to sRGB.

use std::sync::Arc;

use moxcms::{
    BarycentricWeightScale, ColorProfile, DataColorSpace, InterpolationMethod, Layout,
    Transform8BitExecutor, TransformOptions,
};

use super::picture::{Picture, Samples};

/// Levels by which a profile may move a colour and still count as sRGB. Published sRGB profiles are rounded.
const ROUNDING: u8 = 1;

/// Red, green and blue of each pixel of `picture` in sRGB. Its profile is used if `managed`. Without a profile, gray and
/// RGB are sRGB already, and inks absorb light independently. An image with a broken profile is still an image, so such a
/// profile is ignored.
pub fn to_srgb(picture: Picture, managed: bool) -> Vec<u8> {
    let profile = picture.profile.filter(|_| managed);
    let transform = profile.and_then(|profile| transform(&profile, &picture.samples));
    let transformed = transform.and_then(|transform| apply(&*transform, &picture.samples));
    match (transformed, picture.samples) {
        (Some(rgb), _) | (None, Samples::Rgb(rgb)) => rgb,
        (None, Samples::Gray(gray)) => gray.iter().flat_map(|&level| [level; 3]).collect(),
        (None, Samples::Cmyk(inks)) => inks
            .as_chunks()
            .0
            .iter()
            .flat_map(without_profile)
            .collect(),
    }
}

/// The transform from `profile` to sRGB. `None` if it does not describe such samples, or is sRGB itself.
fn transform(profile: &[u8], samples: &Samples) -> Option<Arc<Transform8BitExecutor>> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    let layout = match (samples, profile.color_space) {
        (Samples::Gray(_), DataColorSpace::Gray) => Layout::Gray,
        (Samples::Rgb(_), DataColorSpace::Rgb) => Layout::Rgb,
        // Four samples, whatever they are.
        (Samples::Cmyk(_), DataColorSpace::Cmyk) => Layout::Rgba,
        _ => return None,
    };
    let srgb = ColorProfile::new_srgb();
    // As other colour management does.
    let options = TransformOptions {
        interpolation_method: InterpolationMethod::Tetrahedral,
        barycentric_weight_scale: BarycentricWeightScale::High,
        ..TransformOptions::default()
    };
    let transform = profile
        .create_transform_8bit(layout, &srgb, Layout::Rgb, options)
        .ok()?;
    match layout == Layout::Rgb && is_identity(&*transform) {
        true => None,
        false => Some(transform),
    }
}

fn is_identity(transform: &Transform8BitExecutor) -> bool {
    let levels = (0..=255).step_by(17);
    let colours: Vec<u8> = levels
        .clone()
        .flat_map(|red| levels.clone().map(move |green| [red, green]))
        .flat_map(|[red, green]| levels.clone().flat_map(move |blue| [red, green, blue]))
        .collect();
    let mut moved = vec![0; colours.len()];
    transform.transform(&colours, &mut moved).is_ok()
        && colours
            .iter()
            .zip(&moved)
            .all(|(before, after)| before.abs_diff(*after) <= ROUNDING)
}

fn apply(transform: &Transform8BitExecutor, samples: &Samples) -> Option<Vec<u8>> {
    let (samples, channels) = match samples {
        Samples::Gray(samples) => (samples, 1),
        Samples::Rgb(samples) => (samples, 3),
        Samples::Cmyk(samples) => (samples, 4),
    };
    let mut rgb = vec![0; samples.len() / channels * 3];
    transform.transform(samples, &mut rgb).ok()?;
    Some(rgb)
}

/// Each ink absorbs its share of the light.
fn without_profile(&[cyan, magenta, yellow, black]: &[u8; 4]) -> [u8; 3] {
    [cyan, magenta, yellow].map(|ink| {
        let light = u32::from(255 - ink) * u32::from(255 - black);
        ((light + 127) / 255) as u8
    })
}
