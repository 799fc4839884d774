//! The best class of each pixel of a picture, from the scores of a segmentation network.

use super::spans;
use crate::error::{Error, ErrorKind, Result};
use crate::preprocess::CropRect;
use crate::tensor::Tensor;

/// The class with the highest score for each pixel of a picture of `width` by `height` pixels, rows from the top. `answer`
/// has the scores of one image, whose pixels cover the rectangle `crop` of the picture. The scores are interpolated
/// bilinearly; of equal ones the first counts. Pixels outside the rectangle have class 0.
///
/// # Errors
/// [`ErrorKind::Input`] if `answer` has fewer than two classes, or `crop` is not a rectangle.
pub(crate) fn best_classes(
    answer: &Tensor,
    crop: &CropRect,
    [width, height]: [usize; 2],
) -> Result<Vec<u32>> {
    let shape = answer.shape();
    if shape.channels < 2 {
        return Err(Error::new(
            ErrorKind::Input,
            format!("expected scores of at least 2 classes, found {shape}"),
        ));
    }
    let [rows, columns] = spans(crop, [height, width], [shape.height, shape.width])?;
    let between: Vec<(usize, usize, f32)> = (columns.covered.clone())
        .map(|x| columns.between(x))
        .collect();
    let mut classes = vec![0; width * height];
    let mut highest = vec![0.0; between.len()];
    let mut row = vec![0.0; shape.width];
    for y in rows.covered.clone() {
        let (upper, lower, down) = rows.between(y);
        let begin = y * width + columns.covered.start;
        let best = &mut classes[begin..begin + between.len()];
        highest.fill(f32::NEG_INFINITY);
        let planes = answer.image(0).chunks_exact(shape.pixels());
        for (class, plane) in (0..).zip(planes) {
            let [upper, lower] = [upper, lower].map(|y| &plane[y * shape.width..][..shape.width]);
            for ((value, &from), &to) in row.iter_mut().zip(upper).zip(lower) {
                *value = from + (to - from) * down;
            }
            let pixels = best.iter_mut().zip(&mut highest).zip(&between);
            for ((best, highest), &(left, right, across)) in pixels {
                let score = row[left] + (row[right] - row[left]) * across;
                if score > *highest {
                    (*best, *highest) = (class, score);
                }
            }
        }
    }
    Ok(classes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Shape;

    #[test]
    fn scores_are_interpolated_and_not_classes() {
        // Between the two pixels, the third class is the best one: 0 to 4, 4 to 0, and 3 everywhere.
        let scores = [0.0, 4.0, 4.0, 0.0, 3.0, 3.0];
        let answer = Tensor::new(1, Shape::new(3, 1, 2), scores.to_vec()).unwrap();
        let found = best_classes(&answer, &CropRect::WHOLE, [8, 2]).unwrap();
        assert_eq!(found, [1, 1, 1, 2, 2, 0, 0, 0].repeat(2));
        let crop = CropRect {
            left: 0.5,
            ..CropRect::WHOLE
        };
        let found = best_classes(&answer, &crop, [4, 1]).unwrap();
        assert_eq!(found, [0, 0, 1, 0]);
    }

    #[test]
    fn one_class_has_no_best() {
        let answer = Tensor::zeros(1, Shape::new(1, 2, 2));
        let error = best_classes(&answer, &CropRect::WHOLE, [2, 2]).unwrap_err();
        let expected = "expected scores of at least 2 classes, found 1x2x2";
        assert_eq!(error.to_string(), expected);
    }
}
