//! The weights of Pillow's resize (`libImaging/Resample.c`), equal to the last bit.

use std::ops::Range;

use super::Interpolation;
use super::geometry::Frame;

/// Fraction bits of a weight: of 32 bits, 8 are the pixel's, and 2 stay free for sums and overshoot.
pub(crate) const FRACTION_BITS: u32 = 22;

/// For each pixel of a resized axis, the source pixels of its weighted mean.
pub(crate) struct Filter {
    pixels: Vec<Taps>,
    weights: Vec<i32>,
}

struct Taps {
    first: usize,
    weights: Range<usize>,
}

impl Filter {
    /// The filter from the visible pixels of `frame` to its result.
    pub(super) fn new(frame: &Frame, interpolation: Interpolation) -> Self {
        if interpolation == Interpolation::Nearest {
            return Self::nearest(frame);
        }
        // The width of the filter is in pixels of the photo when shrinking, and of the result when enlarging.
        let scale = frame.scale();
        let stretch = scale.max(1.0);
        let reach = interpolation.reach() * stretch;
        let mut filter = Self {
            pixels: Vec::with_capacity(frame.length),
            weights: Vec::new(),
        };
        for index in 0..frame.length {
            let centre = (frame.start as f64 + index as f64 + 0.5) * scale;
            // Casts round towards zero.
            let first = (centre - reach + 0.5) as usize;
            let end = ((centre + reach + 0.5) as usize).min(frame.visible.len());
            let at = |pixel: usize| {
                interpolation.weight((pixel as f64 - centre + 0.5) * (1.0 / stretch))
            };
            let sum: f64 = (first..end).map(at).sum();
            let start = filter.weights.len();
            filter
                .weights
                .extend((first..end).map(|pixel| fixed(at(pixel) / sum)));
            filter.pixels.push(Taps {
                first,
                weights: start..filter.weights.len(),
            });
        }
        filter
    }

    /// The whole weight on the pixel in which the middle of the result's pixel lies. Pillow (`libImaging/Geometry.c`,
    /// `ImagingScaleAffine`) adds up steps where it could multiply, which decides between two pixels now and then.
    fn nearest(frame: &Frame) -> Self {
        let step = frame.scale();
        let mut middle = (frame.start as f64 + 0.5) * step;
        let mut filter = Self {
            pixels: Vec::with_capacity(frame.length),
            weights: vec![1 << FRACTION_BITS; frame.length],
        };
        for index in 0..frame.length {
            filter.pixels.push(Taps {
                first: (middle as usize).min(frame.visible.len() - 1),
                weights: index..index + 1,
            });
            middle += step;
        }
        filter
    }

    /// For each pixel of the result: the first pixel that it depends on, and the weights from there on.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[i32])> {
        self.pixels
            .iter()
            .map(|taps| (taps.first, &self.weights[taps.weights.clone()]))
    }

    /// The visible pixels that the result depends on.
    pub(super) fn reached(&self) -> Range<usize> {
        let first = self.pixels.first().map_or(0, |taps| taps.first);
        let end = |taps: &Taps| taps.first + taps.weights.len();
        first..self.pixels.last().map_or(0, end)
    }

    /// The same filter for pixels of which the first `count` are missing. None of them is reached.
    pub(super) fn without_first(mut self, count: usize) -> Self {
        for taps in &mut self.pixels {
            taps.first -= count;
        }
        self
    }
}

/// The start value of a sum of weighted pixels, so that dropping the fraction rounds it.
pub(super) const ROUNDING: i32 = 1 << (FRACTION_BITS - 1);

/// The pixel of a sum that began with [`ROUNDING`].
pub(super) fn pixel(sum: i32) -> u8 {
    (sum >> FRACTION_BITS).clamp(0, 255) as u8
}

fn fixed(weight: f64) -> i32 {
    let scaled = weight * f64::from(1 << FRACTION_BITS);
    (scaled + 0.5f64.copysign(scaled)) as i32
}

impl Interpolation {
    /// The distance from which the weight is zero.
    fn reach(self) -> f64 {
        match self {
            Interpolation::Bilinear => 1.0,
            Interpolation::Bicubic => 2.0,
            Interpolation::Nearest => 0.0,
        }
    }

    fn weight(self, distance: f64) -> f64 {
        const A: f64 = -0.5;
        let x = distance.abs();
        match self {
            Interpolation::Bilinear if x < 1.0 => 1.0 - x,
            Interpolation::Bicubic if x < 1.0 => ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0,
            Interpolation::Bicubic if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * A,
            _ => 0.0,
        }
    }
}
