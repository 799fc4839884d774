//! The worst mistakes of many.

use menagerie::photo::Source;
use menagerie::tasks::Classification;

use super::SHOWN;

/// A photo whose most probable class is not the right one.
pub struct Mistake {
    pub source: Source,
    pub class: usize,
    /// The cross entropy.
    pub loss: f64,
    /// The probability of the right class.
    pub probability: f64,
    /// The most probable classes with their probabilities.
    pub top: Vec<(usize, f64)>,
}

impl Mistake {
    /// The `answer` to the photo of `source`, of the right `class`.
    pub fn new(source: &Source, class: usize, loss: f64, answer: &Classification) -> Self {
        let top = answer.top(SHOWN).into_iter();
        Self {
            source: source.clone(),
            class,
            loss,
            probability: (-loss).exp(),
            top: top.map(|guess| (guess.index, guess.probability)).collect(),
        }
    }
}

/// The mistakes of the largest loss. Only twice their number is in memory.
pub struct Worst {
    most: usize,
    mistakes: Vec<Mistake>,
}

impl Worst {
    /// The worst `most` mistakes, of none yet.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            mistakes: Vec::new(),
        }
    }

    /// Keeps the mistake of this `loss`, if it is one of the worst.
    pub fn offer(&mut self, loss: f64, mistake: impl FnOnce() -> Mistake) {
        let least = match self.mistakes.get(self.most.wrapping_sub(1)) {
            Some(last) => last.loss,
            None => f64::NEG_INFINITY,
        };
        // After each sorting, the first `most` are the worst so far.
        if loss > least {
            self.mistakes.push(mistake());
            if self.mistakes.len() >= self.most.saturating_mul(2) {
                self.sort();
            }
        }
    }

    /// The worst mistakes, the worst first.
    pub fn into_sorted(mut self) -> Vec<Mistake> {
        self.sort();
        self.mistakes
    }

    fn sort(&mut self) {
        // Of equal ones, the earlier one stays first.
        self.mistakes.sort_by(|a, b| b.loss.total_cmp(&a.loss));
        self.mistakes.truncate(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use menagerie::photo::Source;

    #[test]
    fn the_worst_stay_in_order() {
        for most in [1, 2, 3, 200] {
            let mut worst = Worst::new(most);
            let losses = (0..100).map(|index| f64::from(index * 37 % 100));
            for loss in losses {
                worst.offer(loss, || Mistake {
                    source: Source::Stdin,
                    class: 0,
                    loss,
                    probability: 0.0,
                    top: Vec::new(),
                });
            }
            let found = worst.into_sorted();
            let found: Vec<f64> = found.iter().map(|mistake| mistake.loss).collect();
            let expected: Vec<f64> = (0..100).rev().take(most).map(f64::from).collect();
            assert_eq!(found, expected);
        }
    }
}
