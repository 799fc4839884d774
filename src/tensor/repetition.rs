use super::Type;

/// How an operand broadcasts along a result, whose axis 1 is the channels and whose other axes are pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repetition {
    /// It does not repeat: one value for each value of the result.
    None,
    /// It repeats along pixels: one value for each channel of each image.
    Pixels,
    /// It repeats along images and pixels: one value for each channel.
    ImagesAndPixels,
    /// It repeats everywhere: one value.
    All,
}

impl Type {
    /// Returns how values of this type broadcast as an operand of `result`, or `None` if they broadcast in another
    /// way, such as along one side of an image.
    pub(crate) fn repetition_in(&self, result: &Self) -> Option<Repetition> {
        if self == result {
            return Some(Repetition::None);
        }
        if !result.is_per_image() || self.element() != result.element() {
            return None;
        }
        let rank = result.dims().rank();
        let channels = result.extents().first().copied().unwrap_or(1);
        if self.is_per_image() {
            let is_pixel = self.extents().first() == Some(&channels) && self.count() == channels;
            return (is_pixel && self.dims().rank() == rank).then_some(Repetition::Pixels);
        }
        // Broadcasting aligns the last extents. Channels are the second extent of the result.
        let axis = (self.dims().rank() + 1).checked_sub(rank);
        match (self.count(), axis.and_then(|axis| self.dims().get(axis))) {
            (1, _) => Some(Repetition::All),
            (count, Some(&along)) if count == along && along == channels => {
                Some(Repetition::ImagesAndPixels)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::{Element, Shape};

    #[test]
    fn operands_of_images_and_vectors() {
        let image = Type::image(Shape::new(3, 4, 5)).unwrap();
        let vector = Type::vector(3).unwrap();
        let each = |shape| Type::image(shape).unwrap();
        let shared = |extents: &[usize]| Type::shared(Element::F32, extents).unwrap();
        for (operand, result, expected) in [
            (image, image, Some(Repetition::None)),
            (each(Shape::vector(3)), image, Some(Repetition::Pixels)),
            (each(Shape::new(1, 4, 5)), image, None),
            (each(Shape::new(3, 1, 5)), image, None),
            (vector, image, None),
            (shared(&[]), image, Some(Repetition::All)),
            (shared(&[1, 1]), image, Some(Repetition::All)),
            (shared(&[3, 1, 1]), image, Some(Repetition::ImagesAndPixels)),
            (
                shared(&[1, 3, 1, 1]),
                image,
                Some(Repetition::ImagesAndPixels),
            ),
            (shared(&[3, 1]), image, None),
            (shared(&[5]), image, None),
            (vector, vector, Some(Repetition::None)),
            (shared(&[3]), vector, Some(Repetition::ImagesAndPixels)),
            (shared(&[1, 3]), vector, Some(Repetition::ImagesAndPixels)),
        ] {
            assert_eq!(
                operand.repetition_in(&result),
                expected,
                "{operand} in {result}"
            );
        }
    }
}
