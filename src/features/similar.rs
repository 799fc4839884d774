//! Similarity of vectors.

use crate::error::{Error, ErrorKind, Result};

/// A vector in a list, and its similarity to the query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Its index in the list, from 0.
    pub index: usize,
    /// The [`cosine`] of the vector and the query.
    pub similarity: f64,
}

/// Returns the cosine of the angle between `a` and `b`, in f64: 1 for the same direction, 0 for a right angle, -1
/// for opposite directions. A vector of zeros has no direction; the cosine with it is 0.
///
/// ```
/// use menagerie::features::cosine;
///
/// assert_eq!(cosine(&[3.0, 4.0], &[6.0, 8.0])?, 1.0);
/// assert_eq!(cosine(&[3.0, 4.0], &[-4.0, 3.0])?, 0.0);
/// # Ok::<(), menagerie::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Input`] if the lengths differ, or a value is NaN or infinite.
pub fn cosine(a: &[f32], b: &[f32]) -> Result<f64> {
    if a.len() != b.len() {
        return Err(refused(format!(
            "expected a vector of {} values, found {}",
            a.len(),
            b.len()
        )));
    }
    let infinite = |vector: &[f32]| vector.iter().position(|value| !value.is_finite());
    if let Some((vector, index)) = [a, b]
        .into_iter()
        .find_map(|vector| Some((vector, infinite(vector)?)))
    {
        return Err(refused(format!(
            "expected finite values, found {} as value {index} of a vector",
            vector[index]
        )));
    }
    // Squares of f32, and products of two sums of them, neither overflow nor underflow in f64.
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
        products.sum()
    };
    // One square root of the product, so that the cosine of equal vectors is exactly 1.
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    match lengths == 0.0 {
        true => Ok(0.0),
        // Rounding can exceed 1 slightly.
        false => Ok((dot(a, b) / lengths).clamp(-1.0, 1.0)),
    }
}

/// Compares `vector` with all of `vectors` and sorts them, the most similar first. Equally similar ones keep their
/// order.
///
/// ```
/// use menagerie::features::rank;
///
/// let photos = [[0.0, 1.0], [3.0, 3.0], [2.0, 0.0]];
/// let matches = rank(&[5.0, 1.0], photos.iter().map(|photo| &photo[..]))?;
/// let order: Vec<usize> = matches.iter().map(|found| found.index).collect();
/// assert_eq!(order, [2, 1, 0]);
/// # Ok::<(), menagerie::Error>(())
/// ```
///
/// # Errors
/// The same as [`cosine`]. The message has the index of the vector.
pub fn rank<'a>(
    vector: &[f32],
    vectors: impl IntoIterator<Item = &'a [f32]>,
) -> Result<Vec<Match>> {
    let matches = vectors.into_iter().enumerate().map(|(index, other)| {
        let similarity = cosine(vector, other);
        similarity
            .map(|similarity| Match { index, similarity })
            .map_err(|error| error.in_context(format!("vector {index}")))
    });
    let mut matches = matches.collect::<Result<Vec<Match>>>()?;
    matches.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    Ok(matches)
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Input, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosines_are_those_of_geometry() {
        let (largest, smallest) = (f32::MAX, f32::from_bits(1));
        let cases: &[(&[f32], &[f32], f64)] = &[
            (&[1.0, 0.0], &[1.0, 1.0], 0.5_f64.sqrt()),
            (&[1.0, 2.0, 2.0], &[2.0, 1.0, -2.0], 0.0),
            (&[1.0, 2.0], &[-2.0, -4.0], -1.0),
            (&[largest; 3], &[smallest; 3], 1.0),
            (&[0.1; 1000], &[0.3; 1000], 1.0),
            (&[0.0, -0.0], &[1.0, 2.0], 0.0),
            (&[0.0, 0.0], &[0.0, 0.0], 0.0),
            (&[], &[], 0.0),
        ];
        for &(a, b, expected) in cases {
            for (a, b) in [(a, b), (b, a)] {
                let found = cosine(a, b).unwrap();
                assert!((found - expected).abs() < 1e-12, "{a:?}, {b:?}: {found}");
                assert!((-1.0..=1.0).contains(&found), "{a:?}, {b:?}: {found}");
            }
        }
    }

    #[test]
    fn a_vector_is_entirely_similar_to_itself() {
        let vector: Vec<f32> = (1..2048).map(|index| (index as f32).sin()).collect();
        assert_eq!(cosine(&vector, &vector).unwrap(), 1.0);
    }

    #[test]
    fn equally_similar_vectors_keep_their_order() {
        let vectors: [&[f32]; 4] = [&[0.0, 0.0], &[2.0, 0.0], &[-1.0, 0.0], &[3.0, 0.0]];
        let matches = rank(&[1.0, 0.0], vectors).unwrap();
        let found: Vec<(usize, f64)> = matches
            .iter()
            .map(|found| (found.index, found.similarity))
            .collect();
        assert_eq!(found, [(1, 1.0), (3, 1.0), (0, 0.0), (2, -1.0)]);
    }

    #[test]
    fn what_has_no_angle_is_refused() {
        let cases: [(&[f32], &str); 3] = [
            (&[1.0], "vector 1: expected a vector of 2 values, found 1"),
            (
                &[1.0, f32::NAN],
                "vector 1: expected finite values, found NaN as value 1 of a vector",
            ),
            (
                &[f32::NEG_INFINITY, 0.0],
                "vector 1: expected finite values, found -inf as value 0 of a vector",
            ),
        ];
        for (vector, expected) in cases {
            let error = rank(&[1.0, 2.0], [&[1.0, 1.0], vector]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Input);
            assert_eq!(error.to_string(), expected);
        }
        assert!(cosine(&[f32::NAN], &[1.0]).is_err());
    }
}
