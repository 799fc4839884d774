//! Median and range of repeated measurements.

use std::time::Duration;

/// Median, minimum and maximum of several times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Spread {
    pub median: Duration,
    pub least: Duration,
    pub most: Duration,
}

impl Spread {
    /// The spread of `times` in any order, or `None` if `times` is empty. The median of an even number of times is the
    /// mean of the middle two.
    pub fn of(mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        let (&least, &most) = (times.first()?, times.last()?);
        let upper = times.len() / 2;
        let lower = (times.len() - 1) / 2;
        Some(Self {
            median: (times[lower] + times[upper]) / 2,
            least,
            most,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        let median = |times: &[u64]| {
            let times = times.iter().map(|&time| Duration::from_nanos(time));
            Spread::of(times.collect()).map(|spread| spread.median.as_nanos())
        };
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[5]), Some(5));
        assert_eq!(median(&[9, 1, 2]), Some(2));
        assert_eq!(median(&[9, 4, 1, 2]), Some(3));
    }
}
