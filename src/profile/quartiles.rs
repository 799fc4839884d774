//! Quartiles of measured ratios.

/// The quartiles of several numbers: a quarter of the numbers is below `lower`, a quarter above `upper`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Quartiles {
    pub lower: f64,
    pub median: f64,
    pub upper: f64,
}

impl Quartiles {
    /// The quartiles of `values` in any order, or `None` if `values` is empty or holds a number that is not finite.
    /// Between two values it interpolates linearly (Hyndman and Fan 1996, definition 7).
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
    use super::*;

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
