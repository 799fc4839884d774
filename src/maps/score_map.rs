//! A score for each pixel of a network's input, painted as a picture.

use super::{Palette, spans};
use crate::error::{Error, ErrorKind, Result};
use crate::preprocess::CropRect;
use crate::tensor::Tensor;

/// The style in which a map is painted.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Colours for the values from 0 to 1.
    pub palette: Palette,
    /// If set, values from this one on become 1, and smaller values 0.
    pub threshold: Option<f32>,
}

impl Style {
    /// A heat map: [`Palette::turbo`], no threshold.
    pub fn heat() -> Self {
        Self {
            palette: Palette::turbo(),
            threshold: None,
        }
    }

    /// A mask to lay over the photo: the colour of the foreground from the probability 1/2 on, and nothing below.
    pub fn foreground() -> Self {
        Self {
            palette: Palette::foreground(),
            threshold: Some(0.5),
        }
    }

    /// From black to white, no threshold.
    pub fn gray() -> Self {
        Self {
            palette: Palette::gray(),
            threshold: None,
        }
    }
}

/// A score for each pixel of a map, and the range of scores that is scaled to 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreMap {
    height: usize,
    width: usize,
    scores: Vec<f32>,
    range: [f32; 2],
}

impl ScoreMap {
    /// The map of image number `image` of `maps`, as [`ClassMaps::map`](super::ClassMaps::map) returns it. Its lowest
    /// score becomes 0 and its highest score 1, as in the paper.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is no such image, or if `maps` has more than one channel.
    pub fn relative(maps: &Tensor, image: usize) -> Result<Self> {
        check(maps, image)?;
        if maps.shape().channels != 1 {
            return Err(Error::new(
                ErrorKind::Input,
                format!("a map has one channel, found {}", maps.shape()),
            ));
        }
        let scores = maps.image(image).to_vec();
        let lowest = scores.iter().copied().fold(f32::INFINITY, f32::min);
        let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        Ok(Self {
            height: maps.shape().height,
            width: maps.shape().width,
            scores,
            range: [lowest, highest],
        })
    }

    /// The foreground probability of each pixel, from the output of a segmentation network for image number `image`; see
    /// [`foreground`].
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is no such image.
    pub fn foreground(answer: &Tensor, image: usize) -> Result<Self> {
        check(answer, image)?;
        let shape = answer.shape();
        let planes = answer.image(image).chunks_exact(shape.pixels());
        let probability =
            |pixel: usize| foreground(planes.clone().map(|plane| plane[pixel])) as f32;
        Ok(Self {
            height: shape.height,
            width: shape.width,
            scores: (0..shape.pixels()).map(probability).collect(),
            range: [0.0, 1.0],
        })
    }

    /// Paints the map on a picture of `width` by `height` pixels, of which it covers the rectangle `crop`. The picture has
    /// rows from the top, in RGBA and sRGB. Scores are interpolated bilinearly; pixels outside the map are transparent
    /// black.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if `crop` is not a rectangle.
    pub fn paint(
        &self,
        crop: &CropRect,
        [width, height]: [usize; 2],
        style: &Style,
    ) -> Result<Vec<u8>> {
        let mut picture = vec![0; 4 * width * height];
        self.visit(crop, [width, height], |pixel, score| {
            let colour = style.palette.colour(self.value(score, style.threshold));
            picture[4 * pixel..][..4].copy_from_slice(&colour);
        })?;
        Ok(picture)
    }

    /// The scaled scores, 0 to 1, for each pixel of a picture of `width` by `height` pixels, of which the map covers the
    /// rectangle `crop`. Pixels outside it are 0.
    ///
    /// # Errors
    /// As [`ScoreMap::paint`].
    pub(crate) fn values(&self, crop: &CropRect, [width, height]: [usize; 2]) -> Result<Vec<f32>> {
        // Interpolation would round the scores.
        if *crop == CropRect::WHOLE && [width, height] == [self.width, self.height] {
            return Ok(self
                .scores
                .iter()
                .map(|&score| self.value(score, None))
                .collect());
        }
        let mut values = vec![0.0; width * height];
        self.visit(crop, [width, height], |pixel, score| {
            values[pixel] = self.value(score, None);
        })?;
        Ok(values)
    }

    /// Calls `visit` with the index and the score of each pixel of the picture that the map covers.
    fn visit(
        &self,
        crop: &CropRect,
        [width, height]: [usize; 2],
        mut visit: impl FnMut(usize, f32),
    ) -> Result<()> {
        let [rows, columns] = spans(crop, [height, width], [self.height, self.width])?;
        for y in rows.covered.clone() {
            let (upper, lower, down) = rows.between(y);
            for x in columns.covered.clone() {
                let (left, right, across) = columns.between(x);
                let along = |row: usize| {
                    let [from, to] =
                        [left, right].map(|column| self.scores[row * self.width + column]);
                    mix(from, to, across)
                };
                visit(y * width + x, mix(along(upper), along(lower), down));
            }
        }
        Ok(())
    }

    /// The value of `score`, from 0 to 1.
    fn value(&self, score: f32, threshold: Option<f32>) -> f32 {
        let [lowest, highest] = self.range;
        let value = match highest > lowest {
            true => ((score - lowest) / (highest - lowest)).clamp(0.0, 1.0),
            false => 0.0,
        };
        match threshold {
            Some(threshold) if value >= threshold => 1.0,
            Some(_) => 0.0,
            None => value,
        }
    }
}

/// The foreground probability of a pixel: the sum of the softmax of its `scores` over all classes but the first, which is
/// the background. A single class is the foreground, and the score of the background is then 0.
pub fn foreground(scores: impl Iterator<Item = f32> + Clone) -> f64 {
    let background = match scores.clone().nth(1) {
        Some(_) => None,
        None => Some(0.0),
    };
    let scores = background.into_iter().chain(scores);
    // Subtract the largest score, so that no exponential overflows.
    let largest = scores.clone().fold(f32::NEG_INFINITY, f32::max);
    let mut weights = scores.map(|score| f64::from(score - largest).exp());
    let background = weights.next().unwrap_or_default();
    let others: f64 = weights.sum();
    others / (background + others)
}

fn mix(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

fn check(tensor: &Tensor, image: usize) -> Result<()> {
    if image < tensor.batch() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Input,
        format!(
            "a batch of {} has no image number {image}, they count from 0",
            tensor.batch()
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Shape;

    fn map(height: usize, width: usize, scores: &[f32]) -> Tensor {
        Tensor::new(1, Shape::new(1, height, width), scores.to_vec()).unwrap()
    }

    #[test]
    fn a_picture_worked_out_by_hand() {
        // Two cells over four pixels: the scores -1, 0.5, 3.5 and 5 become 0, 1/4, 3/4 and 1.
        let scores = ScoreMap::relative(&map(1, 2, &[-1.0, 5.0]), 0).unwrap();
        let picture = scores
            .paint(&CropRect::WHOLE, [4, 1], &Style::gray())
            .unwrap();
        let levels = [0, 64, 191, 255].map(|level| [level, level, level, 255]);
        assert_eq!(picture, levels.concat());

        let style = Style {
            threshold: Some(0.75),
            ..Style::gray()
        };
        let picture = scores.paint(&CropRect::WHOLE, [4, 1], &style).unwrap();
        let levels = [0, 0, 255, 255].map(|level| [level, level, level, 255]);
        assert_eq!(picture, levels.concat());
    }

    #[test]
    fn pixels_outside_the_crop_are_transparent() {
        let scores = ScoreMap::relative(&map(1, 1, &[3.0]), 0).unwrap();
        let crop = CropRect {
            left: 0.25,
            right: 0.5,
            ..CropRect::WHOLE
        };
        let picture = scores.paint(&crop, [4, 1], &Style::gray()).unwrap();
        // A map with equal scores is 0 everywhere.
        let expected = [[0; 4], [0, 0, 0, 255], [0; 4], [0; 4]];
        assert_eq!(picture, expected.concat());
    }

    #[test]
    fn any_class_but_the_first_is_foreground_and_a_single_one_is() {
        // The softmax 1/4, 1/4 and 1/2; the sigmoid 3/4; then scores that would overflow.
        let near = |scores: &[f32], expected: f64| {
            let found = foreground(scores.iter().copied());
            assert!((found - expected).abs() < 1e-6, "{scores:?}: {found}");
        };
        near(&[0.0, 0.0, 2f32.ln()], 0.75);
        near(&[3f32.ln()], 0.75);
        near(&[2000.0, 0.0], 0.0);
        near(&[0.0, 2000.0], 1.0);
        near(&[-2000.0], 0.0);
    }
}
