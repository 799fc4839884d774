//! Parts of a preprocessing that replace those of another.

use super::{Colour, Framing, Interpolation, Preprocess};

/// Parts of a [`Preprocess`] that are known, for example from a file beside the weights. `None` is unknown.
///
/// ```
/// use menagerie::preprocess::{Adjustments, Interpolation, Preprocess};
///
/// let mut known = Adjustments::default();
/// known.interpolation = Some(Interpolation::Bicubic);
/// known.crop = Some([288, 288]);
/// let adjusted = Preprocess::IMAGENET.adjusted(&known);
/// assert_eq!(adjusted.interpolation, Interpolation::Bicubic);
/// assert_eq!(adjusted.mean, Preprocess::IMAGENET.mean);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Adjustments {
    /// The part of the photo that is used, and its scale.
    pub framing: Option<Framing>,
    /// The filter for resizing.
    pub interpolation: Option<Interpolation>,
    /// Height and width of the input.
    pub crop: Option<[usize; 2]>,
    /// Channels of the input.
    pub colour: Option<Colour>,
    /// Subtracted from each channel after scaling to 0..1, in the order of `colour`.
    pub mean: Option<[f32; 3]>,
    /// Each channel is divided by this after the mean is subtracted.
    pub std: Option<[f32; 3]>,
}

impl Adjustments {
    /// These parts, and those of `other` where nothing is known here.
    pub fn or(self, other: Self) -> Self {
        Self {
            framing: self.framing.or(other.framing),
            interpolation: self.interpolation.or(other.interpolation),
            crop: self.crop.or(other.crop),
            colour: self.colour.or(other.colour),
            mean: self.mean.or(other.mean),
            std: self.std.or(other.std),
        }
    }

    /// Whether a photo's scale and its values are known. The filter has a smaller effect.
    pub fn are_complete(&self) -> bool {
        self.framing.is_some() && self.mean.is_some() && self.std.is_some()
    }

    /// Sets mean and standard deviation of values that are pixels, from 0 to 255, times `scale`.
    pub fn normalise_scaled(&mut self, scale: f32, mean: [f32; 3], std: [f32; 3]) {
        let whole = 255.0 * scale;
        self.mean = Some(mean.map(|mean| mean / whole));
        self.std = Some(std.map(|std| std / whole));
    }
}

impl Preprocess {
    /// This preprocessing with the parts that `known` has. A crop without a framing scales the resize in proportion, as
    /// [`Preprocess::for_size`] does.
    pub fn adjusted(self, known: &Adjustments) -> Self {
        let sized = match known.crop {
            Some([height, width]) => self.for_size(height, width),
            None => self,
        };
        Self {
            framing: known.framing.unwrap_or(sized.framing),
            interpolation: known.interpolation.unwrap_or(sized.interpolation),
            crop: sized.crop,
            colour: known.colour.unwrap_or(sized.colour),
            mean: known.mean.unwrap_or(sized.mean),
            std: known.std.unwrap_or(sized.std),
        }
    }
}
