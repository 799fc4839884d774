//! Samples of TIFF images in 8 bits.

use tiff::decoder::DecodingResult;

use super::picture::{Samples, high_byte, level};

/// How the samples of an image are arranged.
pub struct Channels {
    /// The number of samples of a pixel.
    pub count: usize,
    /// Whether each channel is an image of its own, instead of a part of each pixel.
    pub are_planes: bool,
    /// Pixels of a row.
    pub width: usize,
}

impl Channels {
    /// The first `N` samples of each pixel.
    pub fn select<const N: usize>(&self, levels: Vec<u8>) -> Vec<u8> {
        if self.count == N {
            return levels;
        }
        let pixels = levels.chunks_exact(self.count);
        pixels.flat_map(|pixel| &pixel[..N]).copied().collect()
    }
}

/// All samples in 8 bits, with the channels of a pixel next to each other. Floats are from 0 to 1. `None` for kinds of
/// numbers whose range is not known.
pub fn levels(samples: DecodingResult, bits: u8, channels: &Channels) -> Option<Vec<u8>> {
    let levels = match samples {
        DecodingResult::U8(samples) if bits == 8 => samples,
        DecodingResult::U8(samples) => {
            let most = (1_u16 << bits) - 1;
            let samples = unpacked(&samples, bits, channels.width * channels.count)?;
            let scaled = samples
                .into_iter()
                .map(|sample| u16::from(sample) * 255 / most);
            scaled.map(|level| level as u8).collect()
        }
        DecodingResult::U16(samples) if bits == 16 => samples.into_iter().map(high_byte).collect(),
        DecodingResult::U32(samples) if bits == 32 => {
            let high = samples.into_iter().map(|sample| (sample >> 16) as u16);
            high.map(high_byte).collect()
        }
        DecodingResult::F16(samples) => samples.iter().map(|s| level(s.to_f32())).collect(),
        DecodingResult::F32(samples) => samples.into_iter().map(level).collect(),
        DecodingResult::F64(samples) => samples.iter().map(|s| level(*s as f32)).collect(),
        _ => return None,
    };
    match channels.are_planes {
        true => Some(interleaved(&levels, channels.count)),
        false => Some(levels),
    }
}

/// Indices into a palette.
pub fn indices(samples: DecodingResult, bits: u8, width: usize) -> Option<Vec<u8>> {
    match samples {
        DecodingResult::U8(indices) if bits == 8 => Some(indices),
        DecodingResult::U8(indices) => unpacked(&indices, bits, width),
        _ => None,
    }
}

/// The colours of `indices` in `map`: all reds, then all greens, then all blues.
pub fn coloured(indices: &[u8], map: &[u16]) -> Samples {
    let colours = map.len() / 3;
    let level = |channel: usize, index: u8| {
        let index = usize::from(index);
        match index < colours {
            // Programs store a level times 256, or times 257.
            true => (map[channel * colours + index] >> 8) as u8,
            false => 0,
        }
    };
    let rgb = indices
        .iter()
        .flat_map(|&index| [0, 1, 2].map(|channel| level(channel, index)));
    Samples::Rgb(rgb.collect())
}

/// Samples of 1, 2 or 4 bits. Each row begins at a byte.
fn unpacked(bytes: &[u8], bits: u8, row: usize) -> Option<Vec<u8>> {
    if !matches!(bits, 1 | 2 | 4) {
        return None;
    }
    let per_byte = usize::from(8 / bits);
    let mask = (1 << bits) - 1;
    let rows = bytes.chunks_exact(row.div_ceil(per_byte));
    let samples = rows.flat_map(|bytes| {
        (0..row).map(move |index| {
            let shift = 8 - bits as usize * (index % per_byte + 1);
            (bytes[index / per_byte] >> shift) & mask
        })
    });
    Some(samples.collect())
}

/// Planes to pixels.
fn interleaved(planes: &[u8], count: usize) -> Vec<u8> {
    let pixels = planes.len() / count;
    let samples = (0..pixels)
        .flat_map(|pixel| (0..count).map(move |channel| planes[channel * pixels + pixel]));
    samples.collect()
}
