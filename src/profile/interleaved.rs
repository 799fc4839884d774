//! Interleaved timing of alternatives. Each round runs every alternative once, so a machine that slows down slows
//! all of them alike.

use std::time::Duration;

use super::{Quartiles, Spread};
use crate::error::Result;

/// One of several alternatives that [`time_interleaved`] compares.
pub struct Alternative<'a> {
    label: String,
    run: Box<dyn FnMut() -> Result<Duration> + 'a>,
}

impl<'a> Alternative<'a> {
    /// An alternative named `label`. Each call of `run` runs it once and returns the time that it took.
    pub fn new(label: impl Into<String>, run: impl FnMut() -> Result<Duration> + 'a) -> Self {
        Self {
            label: label.into(),
            run: Box::new(run),
        }
    }
}

/// The times of an alternative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlternativeTimes {
    /// Label of the alternative.
    pub label: String,
    /// The time of each round.
    pub times: Vec<Duration>,
}

impl AlternativeTimes {
    /// Median, minimum and maximum of the times, or `None` if there was no round.
    pub fn spread(&self) -> Option<Spread> {
        Spread::of(self.times.clone())
    }

    /// Quartiles of `time / time of first`, taken round by round. Returns `None` if there was no round or if `first`
    /// took no time in one of them.
    pub fn ratio_to(&self, first: &AlternativeTimes) -> Option<Quartiles> {
        let rounds = self.times.iter().zip(&first.times);
        let ratios = rounds.map(|(time, first)| time.as_secs_f64() / first.as_secs_f64());
        Quartiles::of(ratios.collect())
    }
}

/// Runs each alternative once untimed, then `rounds` rounds in which each runs once.
///
/// The order changes from round to round: each round starts one alternative later, and the direction is reversed
/// after every alternative has been first. So none of them always follows the same one. The result has the order
/// of `alternatives`.
///
/// # Errors
/// The first error of an alternative, with its label in front.
pub fn time_interleaved(
    mut alternatives: Vec<Alternative<'_>>,
    rounds: usize,
) -> Result<Vec<AlternativeTimes>> {
    let count = alternatives.len();
    let mut run = |index: usize| {
        let alternative = &mut alternatives[index];
        (alternative.run)().map_err(|error| error.in_context(&alternative.label))
    };
    let mut times = vec![Vec::new(); count];
    for index in 0..count {
        run(index)?;
    }
    for round in 0..rounds {
        for index in interleaved_order(round, count) {
            times[index].push(run(index)?);
        }
    }
    let labels = alternatives
        .into_iter()
        .map(|alternative| alternative.label);
    Ok(labels
        .zip(times)
        .map(|(label, times)| AlternativeTimes { label, times })
        .collect())
}

/// The order in which `count` alternatives run in round number `round`.
fn interleaved_order(round: usize, count: usize) -> Vec<usize> {
    let begin = round % count.max(1);
    let mut order: Vec<usize> = (0..count).map(|place| (begin + place) % count).collect();
    if (round / count.max(1)) % 2 == 1 {
        order.reverse();
    }
    order
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::error::{Error, ErrorKind};

    #[test]
    fn each_alternative_has_each_place() {
        let rounds = |count: usize, rounds: usize| -> Vec<Vec<usize>> {
            (0..rounds)
                .map(|round| interleaved_order(round, count))
                .collect()
        };
        assert_eq!(rounds(2, 4), [[0, 1], [1, 0], [1, 0], [0, 1]]);
        assert_eq!(
            rounds(3, 6),
            [
                [0, 1, 2],
                [1, 2, 0],
                [2, 0, 1],
                [2, 1, 0],
                [0, 2, 1],
                [1, 0, 2]
            ]
        );
        assert_eq!(rounds(1, 2), [[0], [0]]);
        assert_eq!(rounds(0, 1), [[0; 0]]);
    }

    #[test]
    fn alternatives_run_once_untimed_and_then_interleaved() {
        let log = RefCell::new(String::new());
        let alternative = |label: &'static str, nanoseconds: u64| {
            let log = &log;
            Alternative::new(label, move || {
                log.borrow_mut().push_str(label);
                Ok(Duration::from_nanos(
                    nanoseconds + log.borrow().len() as u64,
                ))
            })
        };
        let timed =
            time_interleaved(vec![alternative("a", 100), alternative("b", 200)], 3).unwrap();
        assert_eq!(*log.borrow(), "ab".to_owned() + "ab" + "ba" + "ba");
        let times = |index: usize| -> Vec<u128> {
            timed[index].times.iter().map(Duration::as_nanos).collect()
        };
        assert_eq!(timed[0].label, "a");
        assert_eq!(
            (times(0), times(1)),
            (vec![103, 106, 108], vec![204, 205, 207])
        );
    }

    #[test]
    fn an_error_names_the_alternative() {
        let failing = Alternative::new("b", || Err(Error::new(ErrorKind::Device, "lost")));
        let fine = Alternative::new("a", || Ok(Duration::ZERO));
        // No memory is allocated for the number of rounds: with this number it would fail.
        let error = time_interleaved(vec![fine, failing], usize::MAX).unwrap_err();
        assert_eq!(error.to_string(), "b: lost");
    }

    /// A machine that becomes ten times slower in the middle changes the times but not the ratios.
    #[test]
    fn ratios_are_taken_round_by_round() {
        let times_of = |times: [u64; 5]| AlternativeTimes {
            label: String::new(),
            times: times.map(Duration::from_nanos).to_vec(),
        };
        let first = times_of([10, 10, 100, 100, 100]);
        let other = times_of([20, 21, 200, 190, 400]);
        let ratio = other.ratio_to(&first).unwrap();
        assert_eq!((ratio.lower, ratio.median, ratio.upper), (2.0, 2.0, 2.1));
        let itself = first.ratio_to(&first).unwrap();
        assert_eq!((itself.lower, itself.median, itself.upper), (1.0, 1.0, 1.0));
        assert_eq!(other.ratio_to(&times_of([0; 5])), None);
        assert_eq!(other.ratio_to(&AlternativeTimes::default()), None);
        assert_eq!(other.spread().unwrap().median, Duration::from_nanos(190));
    }
}
