//! From logits to the likeliest classes.

/// A class and how likely it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guess {
    /// The class.
    pub index: usize,
    /// Its share of all probability, 0 to 1.
    pub probability: f64,
}

/// The `count` likeliest classes, the likeliest first; of equally likely ones the lower index.
pub fn likeliest(logits: &[f32], count: usize) -> Vec<Guess> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // Relative to the largest, so that no exponential overflows.
    let weights: Vec<f64> = logits
        .iter()
        .map(|&logit| f64::from(logit - largest).exp())
        .collect();
    let sum: f64 = weights.iter().sum();
    let mut guesses: Vec<Guess> = weights
        .iter()
        .enumerate()
        .map(|(index, weight)| Guess {
            index,
            probability: weight / sum,
        })
        .collect();
    guesses.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    guesses.truncate(count);
    guesses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_a_softmax_in_order() {
        let guesses = likeliest(&[0.0, 2f32.ln(), 5f32.ln(), 0.0], 3);
        let found: Vec<(usize, i64)> = guesses
            .iter()
            .map(|guess| (guess.index, (guess.probability * 9000.0).round() as i64))
            .collect();
        assert_eq!(found, [(2, 5000), (1, 2000), (0, 1000)]);
    }

    #[test]
    fn large_logits_do_not_overflow() {
        let guesses = likeliest(&[1000.0, 0.0], 5);
        assert_eq!(guesses.len(), 2);
        assert_eq!(guesses[0].probability, 1.0);
    }
}
