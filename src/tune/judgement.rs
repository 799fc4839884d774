//! How good predictions are, against measurements.

use super::Tried;

/// A kernel that was measured for a layer.
struct Sample {
    /// Number of the layer.
    layer: usize,
    /// The measured time in seconds.
    measured: f64,
    /// The predicted time in seconds.
    predicted: f64,
}

/// How good predictions are.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Judgement {
    /// Kendall's rank correlation (tau-b) of all samples.
    pub tau: f64,
    /// The same over the pairs of the same layer, which are those that a choice depends on.
    pub tau_of_layers: f64,
    /// The 5, 25, 50, 75 and 95 % quantiles of predicted over measured time.
    pub ratio: [f64; 5],
    /// The sum of the measured times of the kernels that are predicted to be the fastest, over the sum of the shortest
    /// measured times.
    pub loss: f64,
    /// Number of layers of which the kernel that is predicted to be the fastest is the fastest.
    pub hits: usize,
    /// Number of layers.
    pub layers: usize,
}

impl Judgement {
    /// Judges the predictions for the kernels of `layers` by their shortest times. Returns `None` if fewer than two were timed, or the clock did not
    /// advance.
    pub fn of(layers: &[Tried]) -> Option<Self> {
        let of_layer = |(layer, tried): (usize, &Tried)| {
            let kernels = tried.kernels.iter();
            let samples = kernels.map(|kernel| Sample {
                layer,
                measured: kernel.least.as_secs_f64(),
                predicted: kernel.predicted.seconds(),
            });
            samples.collect::<Vec<Sample>>()
        };
        let samples = layers.iter().enumerate().flat_map(of_layer);
        Self::of_samples(&samples.collect::<Vec<Sample>>())
    }

    fn of_samples(samples: &[Sample]) -> Option<Self> {
        let times = samples
            .iter()
            .flat_map(|sample| [sample.measured, sample.predicted]);
        if samples.len() < 2 || !times.into_iter().all(|time| time > 0.0) {
            return None;
        }
        let mut ratios: Vec<f64> = samples
            .iter()
            .map(|sample| sample.predicted / sample.measured)
            .collect();
        ratios.sort_by(f64::total_cmp);
        let quantile = |share: f64| ratios[(share * (ratios.len() - 1) as f64).round() as usize];
        let mut layers: Vec<usize> = samples.iter().map(|sample| sample.layer).collect();
        layers.sort_unstable();
        layers.dedup();
        let (mut chosen, mut fastest, mut hits) = (0.0, 0.0, 0);
        for &layer in &layers {
            let of_layer = || samples.iter().filter(|sample| sample.layer == layer);
            let first = of_layer().min_by(|a, b| a.predicted.total_cmp(&b.predicted));
            let shortest = of_layer().map(|sample| sample.measured);
            let shortest = shortest.fold(f64::INFINITY, f64::min);
            let time = first.map_or(shortest, |sample| sample.measured);
            chosen += time;
            fastest += shortest;
            hits += usize::from(time == shortest);
        }
        Some(Self {
            tau: tau(samples, |_, _| true),
            tau_of_layers: tau(samples, |a, b| a.layer == b.layer),
            ratio: [0.05, 0.25, 0.5, 0.75, 0.95].map(quantile),
            loss: chosen / fastest,
            hits,
            layers: layers.len(),
        })
    }
}

/// Kendall's tau-b (Kendall 1945, <https://doi.org/10.1093/biomet/33.3.239>) over the pairs that `counts`; NaN if there is
/// none without a tie.
fn tau(samples: &[Sample], counts: impl Fn(&Sample, &Sample) -> bool) -> f64 {
    let (mut agreement, mut measured, mut predicted) = (0, 0_u64, 0_u64);
    for (index, a) in samples.iter().enumerate() {
        for b in samples[..index].iter().filter(|b| counts(a, b)) {
            let by_measured = a.measured.total_cmp(&b.measured) as i64;
            let by_predicted = a.predicted.total_cmp(&b.predicted) as i64;
            agreement += by_measured * by_predicted;
            measured += by_measured.unsigned_abs();
            predicted += by_predicted.unsigned_abs();
        }
    }
    agreement as f64 / (measured as f64 * predicted as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(times: &[(usize, f64, f64)]) -> Vec<Sample> {
        let sample = |&(layer, measured, predicted)| Sample {
            layer,
            measured,
            predicted,
        };
        times.iter().map(sample).collect()
    }

    #[test]
    fn tau_counts_pairs() {
        // Of ten pairs, eight agree, one does not, and one is a tie in the predictions: 7 / sqrt(10 * 9).
        let times = [
            (0, 1.0, 2.0),
            (0, 2.0, 1.0),
            (0, 3.0, 3.0),
            (0, 4.0, 5.0),
            (0, 5.0, 5.0),
        ];
        let judgement = Judgement::of_samples(&samples(&times)).unwrap();
        assert!((judgement.tau - 7.0 / 90_f64.sqrt()).abs() < 1e-12);
        assert_eq!(judgement.tau, judgement.tau_of_layers);
    }

    #[test]
    fn a_layer_is_lost_where_a_slower_kernel_is_predicted_to_be_faster() {
        let times = [
            (0, 1.0, 2.0),
            (0, 4.0, 1.0),
            (1, 10.0, 10.0),
            (1, 20.0, 20.0),
        ];
        let judgement = Judgement::of_samples(&samples(&times)).unwrap();
        assert_eq!(judgement.loss, 14.0 / 11.0);
        assert_eq!((judgement.hits, judgement.layers), (1, 2));
        assert_eq!(judgement.tau_of_layers, 0.0);
        assert_eq!(judgement.tau, 4.0 / 6.0);
        assert_eq!(judgement.ratio[4], 2.0);
        assert_eq!(Judgement::of_samples(&samples(&times[..1])), None);
    }
}
