//! Some of the images of a tensor, without a copy.

use std::ops::Range;

use super::{Shape, Tensor};

/// Images of a [`Tensor`], at least one: f32, NCHW order.
#[derive(Clone, Copy, Debug)]
pub struct Images<'a> {
    batch: usize,
    shape: Shape,
    data: &'a [f32],
}

impl<'a> Images<'a> {
    /// The images of `tensor` in parts of at most `most`, which is at least 1.
    pub fn parts(tensor: &'a Tensor, most: usize) -> impl Iterator<Item = Self> {
        let images = tensor.batch();
        let firsts = (0..images).step_by(most);
        firsts.map(move |first| Self::of(tensor, first..images.min(first.saturating_add(most))))
    }

    /// The first images of `tensor`, at most `most`.
    pub fn first(tensor: &'a Tensor, most: usize) -> Self {
        Self::of(tensor, 0..tensor.batch().min(most))
    }

    /// The images of `tensor` in `range`, which is within its batch.
    fn of(tensor: &'a Tensor, range: Range<usize>) -> Self {
        let elements = tensor.shape().elements();
        Self {
            batch: range.len(),
            shape: tensor.shape(),
            data: &tensor.data()[range.start * elements..range.end * elements],
        }
    }

    /// The number of images.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// The shape of each image.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// All values.
    pub fn data(&self) -> &'a [f32] {
        self.data
    }
}

impl<'a> From<&'a Tensor> for Images<'a> {
    fn from(tensor: &'a Tensor) -> Self {
        Self::of(tensor, 0..tensor.batch())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_memory_of_the_tensor() {
        let values: Vec<f32> = (0..10).map(|value| value as f32).collect();
        let tensor = Tensor::new(5, Shape::vector(2), values).unwrap();
        for (most, expected) in [(1, &[1; 5][..]), (2, &[2, 2, 1]), (5, &[5]), (9, &[5])] {
            let parts: Vec<Images<'_>> = Images::parts(&tensor, most).collect();
            let batches: Vec<usize> = parts.iter().map(Images::batch).collect();
            assert_eq!(batches, expected);
            let mut rest = tensor.data();
            for part in parts {
                let (own, after) = rest.split_at(2 * part.batch());
                assert!(std::ptr::eq(part.data(), own));
                rest = after;
            }
        }
        assert_eq!(Images::first(&tensor, 3).data(), &tensor.data()[..6]);
    }
}
