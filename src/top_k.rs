//! The most probable classes of an answer.

/// A class and its probability.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Ranked {
    /// The class.
    pub index: usize,
    /// The softmax of its logit, 0 to 1, or of two classes with one logit the sigmoid.
    pub probability: f64,
}

/// The `k` classes of the highest probability, which is the softmax of their `logits`, in descending order; of equally
/// probable ones the lower index comes first.
///
/// A single logit separates two classes: its sigmoid is the probability of class 1, and class 0 has the rest.
pub fn top_k(logits: &[f32], k: usize) -> Vec<Ranked> {
    // The softmax of 0 and the logit is the sigmoid.
    let both;
    let logits = match *logits {
        [logit] => {
            both = [0.0, logit];
            &both
        }
        _ => logits,
    };
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // Relative to the largest, so that no exponential overflows.
    let weights: Vec<f64> = logits
        .iter()
        .map(|&logit| f64::from(logit - largest).exp())
        .collect();
    let sum: f64 = weights.iter().sum();
    let mut ranked: Vec<Ranked> = weights
        .iter()
        .enumerate()
        .map(|(index, weight)| Ranked {
            index,
            probability: weight / sum,
        })
        .collect();
    ranked.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    ranked.truncate(k);
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_a_softmax_in_order() {
        let ranked = top_k(&[0.0, 2f32.ln(), 5f32.ln(), 0.0], 3);
        let found: Vec<(usize, i64)> = ranked
            .iter()
            .map(|class| (class.index, (class.probability * 9000.0).round() as i64))
            .collect();
        assert_eq!(found, [(2, 5000), (1, 2000), (0, 1000)]);
    }

    #[test]
    fn one_logit_separates_two_classes() {
        let ranked = |logit: f32| -> Vec<(usize, i64)> {
            let ranked = top_k(&[logit], 5).into_iter();
            ranked
                .map(|class| (class.index, (class.probability * 1e4).round() as i64))
                .collect()
        };
        assert_eq!(ranked(3f32.ln()), [(1, 7500), (0, 2500)]);
        assert_eq!(ranked(-1000.0), [(0, 10_000), (1, 0)]);
    }

    #[test]
    fn large_logits_do_not_overflow() {
        let ranked = top_k(&[1000.0, 0.0], 5);
        assert_eq!(ranked.len(), 2);
        assert_eq!(ranked[0].probability, 1.0);
    }
}
