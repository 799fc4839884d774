//! The answer of a classification.

use std::borrow::Cow;

use crate::labels::Labels;
use crate::top_k::{Ranked, top_k};

/// The probability of each class for a photo.
#[derive(Clone, Debug)]
pub struct Classification {
    scores: Vec<f32>,
    labels: Labels,
}

/// A class and its probability.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Guess<'a> {
    /// The class's name, or `class INDEX` if it has none.
    pub label: Cow<'a, str>,
    /// The class's index.
    pub index: usize,
    /// From 0 to 1. The probabilities of all classes add up to 1. If the network has one score, its sigmoid is the
    /// probability of class 1, and class 0 has the rest.
    pub probability: f64,
}

impl Classification {
    pub(super) fn new(scores: &[f32], labels: &Labels) -> Self {
        Self {
            scores: scores.to_vec(),
            labels: labels.clone(),
        }
    }

    /// The `k` most probable classes in descending order, or all if there are fewer.
    pub fn top(&self, k: usize) -> Vec<Guess<'_>> {
        let ranked = top_k(&self.scores, k).into_iter();
        ranked.map(|class| self.guess(class)).collect()
    }

    /// The class `index` with its probability, or `None` if there is no such class.
    pub fn class(&self, index: usize) -> Option<Guess<'_>> {
        let all = top_k(&self.scores, usize::MAX);
        let found = all.into_iter().find(|class| class.index == index);
        found.map(|class| self.guess(class))
    }

    /// The logits: the score of each class before the softmax.
    pub fn scores(&self) -> &[f32] {
        &self.scores
    }

    /// Names of the classes.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    fn guess(&self, class: Ranked) -> Guess<'_> {
        Guess {
            label: self.labels.label(class.index),
            index: class.index,
            probability: class.probability,
        }
    }
}
