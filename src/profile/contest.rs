//! Several things timed side by side: in turns, so that a machine that slows down slows all of them.

use std::time::Duration;

use super::Spread;
use crate::error::Result;

/// Something that is timed beside others.
pub struct Contestant<'a> {
    label: String,
    run: Box<dyn FnMut() -> Result<Duration> + 'a>,
}

impl<'a> Contestant<'a> {
    /// What `run` does, which tells how long it took, known as `label`.
    pub fn new(label: impl Into<String>, run: impl FnMut() -> Result<Duration> + 'a) -> Self {
        Self {
            label: label.into(),
            run: Box::new(run),
        }
    }
}

/// A contestant's times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The contestant's label.
    pub label: String,
    /// Its time in each round.
    pub times: Vec<Duration>,
}

impl Standing {
    /// Median, least and most of its times; none where there was no round.
    pub fn spread(&self) -> Option<Spread> {
        Spread::of(self.times.clone())
    }

    /// Its time over that of `first`, round by round; none where there was no round, or `first` took no time.
    pub fn ratio_to(&self, first: &Standing) -> Option<Quartiles> {
        let rounds = self.times.iter().zip(&first.times);
        let ratios = rounds.map(|(time, first)| time.as_secs_f64() / first.as_secs_f64());
        Quartiles::of(ratios.collect())
    }
}

/// Runs each contestant once untimed, then all of them `rounds` times in turns, each round in the order of
/// [`turns`]. Answers in the order of the contestants.
///
/// # Errors
/// The first that a contestant ends with, under its label.
pub fn contest(mut contestants: Vec<Contestant<'_>>, rounds: usize) -> Result<Vec<Standing>> {
    let count = contestants.len();
    let mut run = |index: usize| {
        let contestant = &mut contestants[index];
        (contestant.run)().map_err(|error| error.in_context(&contestant.label))
    };
    let mut times = vec![Vec::new(); count];
    for index in 0..count {
        run(index)?;
    }
    for round in 0..rounds {
        for index in turns(round, count) {
            times[index].push(run(index)?);
        }
    }
    let labels = contestants.into_iter().map(|contestant| contestant.label);
    Ok(labels
        .zip(times)
        .map(|(label, times)| Standing { label, times })
        .collect())
}

/// The order of round `round` of `count` contestants: begun one later each time, and turned round after each
/// has begun once, so that nobody always follows the same one.
pub fn turns(round: usize, count: usize) -> Vec<usize> {
    let begin = round % count.max(1);
    let mut order: Vec<usize> = (0..count).map(|place| (begin + place) % count).collect();
    if (round / count.max(1)) % 2 == 1 {
        order.reverse();
    }
    order
}

/// The middle half of several numbers: a quarter of them lies below `lower`, a quarter above `upper`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Quartiles {
    pub lower: f64,
    pub median: f64,
    pub upper: f64,
}

impl Quartiles {
    /// Of `values` in any order, in between by linear interpolation (Hyndman and Fan 1996, definition 7); none
    /// where there are none, or one is no finite number.
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        let last = values.len().checked_sub(1)?;
        if !values.iter().all(|value| value.is_finite()) {
            return None;
        }
        values.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = share * last as f64;
            let (below, above) = (
                values[place.floor() as usize],
                values[place.ceil() as usize],
            );
            below + (above - below) * place.fract()
        };
        Some(Self {
            lower: at(0.25),
            median: at(0.5),
            upper: at(0.75),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::error::{Error, ErrorKind};

    #[test]
    fn everyone_takes_every_place() {
        let rounds = |count: usize, rounds: usize| -> Vec<Vec<usize>> {
            (0..rounds).map(|round| turns(round, count)).collect()
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
    fn contestants_run_once_untimed_and_then_in_turns() {
        let log = RefCell::new(String::new());
        let contestant = |label: &'static str, nanoseconds: u64| {
            let log = &log;
            Contestant::new(label, move || {
                log.borrow_mut().push_str(label);
                Ok(Duration::from_nanos(
                    nanoseconds + log.borrow().len() as u64,
                ))
            })
        };
        let standings = contest(vec![contestant("a", 100), contestant("b", 200)], 3).unwrap();
        assert_eq!(*log.borrow(), "ab".to_owned() + "ab" + "ba" + "ba");
        let times = |index: usize| -> Vec<u128> {
            standings[index]
                .times
                .iter()
                .map(Duration::as_nanos)
                .collect()
        };
        assert_eq!(standings[0].label, "a");
        assert_eq!(
            (times(0), times(1)),
            (vec![103, 106, 108], vec![204, 205, 207])
        );
    }

    #[test]
    fn who_fails_is_named() {
        let failing = Contestant::new("b", || Err(Error::new(ErrorKind::Device, "lost")));
        let fine = Contestant::new("a", || Ok(Duration::ZERO));
        // Nothing is taken in advance for so many rounds.
        let error = contest(vec![fine, failing], usize::MAX).unwrap_err();
        assert_eq!(error.to_string(), "b: lost");
    }

    /// A machine that becomes ten times slower in the middle changes times, and no ratio.
    #[test]
    fn ratios_are_those_of_rounds() {
        let standing = |times: [u64; 5]| Standing {
            label: String::new(),
            times: times.map(Duration::from_nanos).to_vec(),
        };
        let first = standing([10, 10, 100, 100, 100]);
        let other = standing([20, 21, 200, 190, 400]);
        let ratio = other.ratio_to(&first).unwrap();
        assert_eq!((ratio.lower, ratio.median, ratio.upper), (2.0, 2.0, 2.1));
        let itself = first.ratio_to(&first).unwrap();
        assert_eq!((itself.lower, itself.median, itself.upper), (1.0, 1.0, 1.0));
        assert_eq!(other.ratio_to(&standing([0; 5])), None);
        assert_eq!(other.ratio_to(&Standing::default()), None);
        assert_eq!(other.spread().unwrap().median, Duration::from_nanos(190));
    }

    #[test]
    fn quartiles_lie_between_values() {
        let quartiles = |values: &[f64]| {
            Quartiles::of(values.to_vec()).map(|found| [found.lower, found.median, found.upper])
        };
        assert_eq!(quartiles(&[]), None);
        assert_eq!(quartiles(&[1.0, f64::NAN]), None);
        assert_eq!(quartiles(&[3.0]), Some([3.0; 3]));
        // numpy.percentile([4, 1, 3, 2], [25, 50, 75])
        assert_eq!(quartiles(&[4.0, 1.0, 3.0, 2.0]), Some([1.75, 2.5, 3.25]));
    }
}
