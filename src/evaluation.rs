//! The accuracy of answers to labelled photos: how often the right class is among the most probable ones, and which
//! classes are taken for which.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};

/// The number of ranks that are counted: an answer is right within the first `RANKS` classes or not.
const RANKS: usize = 5;

/// Counts over answers to labelled photos. It has no answers, so its size does not depend on their number.
///
/// ```
/// use menagerie::evaluation::Evaluation;
///
/// let mut evaluation = Evaluation::new(3);
/// evaluation.add(2, &[0.1, 0.2, 0.9])?;
/// let judged = evaluation.add(0, &[0.1, 0.2, 0.9])?;
/// assert_eq!((judged.predicted, judged.rank), (2, 2));
/// assert_eq!(evaluation.accuracy(1), Some(0.5));
/// assert_eq!(evaluation.count(0, 2), 1);
/// # Ok::<(), menagerie::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    classes: usize,
    photos: usize,
    /// The answers whose right class has this rank.
    ranked: [usize; RANKS],
    /// The answers by right class and predicted class.
    confusion: BTreeMap<(usize, usize), usize>,
}

/// One answer compared with the right class.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Judged {
    /// The most probable class. Of equal ones it is the first.
    pub predicted: usize,
    /// The number of classes that are more probable than the right one. It is 0 if the answer is right.
    pub rank: usize,
    /// The cross entropy: the negative logarithm of the probability of the right class.
    pub loss: f64,
    /// The difference between the two largest logits. Where it is small, small differences of the pixels change the
    /// answer. It is infinite for a single class.
    pub margin: f32,
}

/// How often photos of one class were taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Confusion {
    /// The right class.
    pub class: usize,
    /// The most probable class of the answers.
    pub predicted: usize,
    /// The number of photos.
    pub photos: usize,
}

/// The answers to photos of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClassCount {
    /// The number of photos of this class.
    pub photos: usize,
    /// How many of them were answered right.
    pub right: usize,
    /// The number of photos, of any class, whose answer is this class.
    pub predicted: usize,
}

impl Evaluation {
    /// Counts of no answers yet, for a network of `classes` classes.
    pub fn new(classes: usize) -> Self {
        Self {
            classes,
            photos: 0,
            ranked: [0; RANKS],
            confusion: BTreeMap::new(),
        }
    }

    /// Counts the answer with the logits `scores` to a photo of the right `class`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is no such class, if the number of scores is not that of the classes, or if a score
    /// is not finite. The answer is then not counted.
    pub fn add(&mut self, class: usize, scores: &[f32]) -> Result<Judged> {
        let refused = |message: String| Err(Error::new(ErrorKind::Input, message));
        let (classes, found) = (self.classes, scores.len());
        if found != classes {
            return refused(format!(
                "expected a score for each of {classes} classes, found {found}"
            ));
        }
        let Some(&right) = scores.get(class) else {
            return refused(format!(
                "there is no class {class}: the network has {classes}, they count from 0"
            ));
        };
        if let Some(score) = scores.iter().find(|score| !score.is_finite()) {
            return refused(format!("expected finite scores, found {score}"));
        }
        let judged = judged(class, right, scores);
        self.photos += 1;
        if let Some(count) = self.ranked.get_mut(judged.rank) {
            *count += 1;
        }
        *self.confusion.entry((class, judged.predicted)).or_default() += 1;
        Ok(judged)
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The number of answers.
    pub fn photos(&self) -> usize {
        self.photos
    }

    /// The number of answers with the right class among the `k` most probable ones, for `k` from 1 to 5.
    pub fn right_within(&self, k: usize) -> usize {
        self.ranked.iter().take(k).sum()
    }

    /// The share of the answers with the right class among the `k` most probable ones (top-1, top-5), for `k` from 1 to
    /// 5. `None` without answers.
    pub fn accuracy(&self, k: usize) -> Option<f64> {
        (self.photos > 0).then(|| self.right_within(k) as f64 / self.photos as f64)
    }

    /// The number of photos of `class` whose most probable class is `predicted`: one cell of the confusion table.
    pub fn count(&self, class: usize, predicted: usize) -> usize {
        let cell = self.confusion.get(&(class, predicted));
        cell.copied().unwrap_or_default()
    }

    /// The cells of the confusion table that are not 0, by class and predicted class.
    pub fn cells(&self) -> impl Iterator<Item = Confusion> {
        self.confusion
            .iter()
            .map(|(&(class, predicted), &photos)| Confusion {
                class,
                predicted,
                photos,
            })
    }

    /// The wrong cells of the confusion table, the most frequent first.
    pub fn mistakes(&self) -> Vec<Confusion> {
        let wrong = self.cells().filter(|cell| cell.class != cell.predicted);
        let mut wrong: Vec<Confusion> = wrong.collect();
        wrong.sort_by_key(|cell| std::cmp::Reverse(cell.photos));
        wrong
    }

    /// The counts of each class that is a right class or an answer, by index.
    pub fn by_class(&self) -> BTreeMap<usize, ClassCount> {
        let mut counts: BTreeMap<usize, ClassCount> = BTreeMap::new();
        for cell in self.cells() {
            let of_class = counts.entry(cell.class).or_default();
            of_class.photos += cell.photos;
            if cell.class == cell.predicted {
                of_class.right += cell.photos;
            }
            counts.entry(cell.predicted).or_default().predicted += cell.photos;
        }
        counts
    }
}

fn judged(class: usize, right: f32, scores: &[f32]) -> Judged {
    let (mut predicted, mut second) = (0, f32::NEG_INFINITY);
    for (index, &score) in scores.iter().enumerate().skip(1) {
        if score > scores[predicted] {
            second = scores[predicted];
            predicted = index;
        } else {
            second = second.max(score);
        }
    }
    let largest = scores[predicted];
    let is_before =
        |&(index, score): &(usize, &f32)| *score > right || (*score == right && index < class);
    let sum: f64 = scores
        .iter()
        .map(|&score| f64::from(score - largest).exp())
        .sum();
    Judged {
        predicted,
        rank: scores.iter().enumerate().filter(is_before).count(),
        loss: sum.ln() - f64::from(right - largest),
        margin: largest - second,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Shape;
    use crate::top_k::top_k;
    use crate::weights::synthetic_input;

    #[test]
    fn an_answer_is_judged_as_its_sorted_probabilities_say() {
        const CLASSES: usize = 11;
        let scores = synthetic_input(3, 40, Shape::vector(CLASSES));
        let mut evaluation = Evaluation::new(CLASSES);
        let mut within = [0; 6];
        for image in 0..40 {
            let (class, mut scores) = (image % CLASSES, scores.image(image).to_vec());
            if image % 3 == 0 {
                // Equal scores: the first class counts as more probable.
                scores[(class + 1) % CLASSES] = scores[class];
            }
            let judged = evaluation.add(class, &scores).unwrap();
            let ranked = top_k(&scores, CLASSES);
            let rank = ranked
                .iter()
                .position(|guess| guess.index == class)
                .unwrap();
            assert_eq!((judged.predicted, judged.rank), (ranked[0].index, rank));
            assert!((judged.loss + ranked[rank].probability.ln()).abs() < 1e-6);
            assert_eq!(
                judged.margin,
                scores[ranked[0].index] - scores[ranked[1].index]
            );
            (rank + 1..6).for_each(|k| within[k] += 1);
        }
        for (k, &expected) in within.iter().enumerate().skip(1) {
            assert_eq!(evaluation.right_within(k), expected);
            assert_eq!(evaluation.accuracy(k), Some(expected as f64 / 40.0));
        }
        let all: usize = evaluation.cells().map(|cell| cell.photos).sum();
        assert_eq!((all, evaluation.photos()), (40, 40));
    }

    #[test]
    fn the_table_tells_which_class_is_taken_for_which() {
        let mut evaluation = Evaluation::new(3);
        for (class, predicted) in [(0, 0), (0, 2), (1, 2), (0, 2), (2, 2), (1, 0)] {
            let mut scores = [0.0; 3];
            scores[predicted] = 1.0;
            evaluation.add(class, &scores).unwrap();
        }
        let wrong = evaluation.mistakes();
        let wrong: Vec<_> = wrong
            .iter()
            .map(|cell| (cell.class, cell.predicted, cell.photos))
            .collect();
        assert_eq!(wrong, [(0, 2, 2), (1, 0, 1), (1, 2, 1)]);
        assert_eq!((evaluation.count(0, 2), evaluation.count(2, 0)), (2, 0));
        let classes: Vec<_> = evaluation
            .by_class()
            .into_iter()
            .map(|(class, count)| (class, count.photos, count.right, count.predicted))
            .collect();
        assert_eq!(classes, [(0, 3, 1, 2), (1, 2, 0, 0), (2, 1, 1, 4)]);
    }

    #[test]
    fn what_is_no_answer_is_not_counted() {
        let mut evaluation = Evaluation::new(2);
        for (class, scores, says) in [
            (
                2,
                &[0.0, 1.0][..],
                "there is no class 2: the network has 2, they count from 0",
            ),
            (0, &[0.0], "expected a score for each of 2 classes, found 1"),
            (0, &[0.0, f32::NAN], "expected finite scores, found NaN"),
        ] {
            assert_eq!(evaluation.add(class, scores).unwrap_err().to_string(), says);
        }
        assert_eq!((evaluation.photos(), evaluation.accuracy(1)), (0, None));
        let one = Evaluation::new(1).add(0, &[3.0]).unwrap();
        assert_eq!((one.rank, one.loss, one.margin), (0, 0.0, f32::INFINITY));
    }
}
