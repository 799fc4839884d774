//! How a run is recorded, as plain data: its compute passes, their dispatches, and which of them are timed.

use std::ops::Range;

use super::Timing;

/// A compute pass of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The dispatches in it.
    pub dispatches: Range<usize>,
    /// Index of the timer's span around the pass, if the pass is timed.
    pub span: Option<usize>,
    /// Indices of the timer's spans around the dispatches, one for each, if they are timed inside the pass.
    pub dispatch_spans: Range<usize>,
}

/// The passes of a run of `dispatches` dispatches: one pass, or one for each dispatch if `timing` needs that.
pub fn passes(dispatches: usize, timing: Timing) -> impl Iterator<Item = Pass> {
    let in_each = match timing {
        Timing::WallOnly | Timing::InPass => dispatches,
        Timing::PassPerKernel => 1,
    };
    let firsts = (0..dispatches).step_by(in_each.max(1));
    firsts.map(move |first| Pass {
        dispatches: first..first + in_each,
        span: match timing {
            Timing::WallOnly => None,
            Timing::InPass => Some(0),
            Timing::PassPerKernel => Some(first),
        },
        dispatch_spans: match timing {
            Timing::InPass => 1..1 + in_each,
            Timing::WallOnly | Timing::PassPerKernel => 0..0,
        },
    })
}

/// Number of spans that a timer needs for a run of `dispatches` dispatches.
pub fn spans(dispatches: usize, timing: Timing) -> usize {
    let of_pass = |pass: Pass| usize::from(pass.span.is_some()) + pass.dispatch_spans.len();
    passes(dispatches, timing).map(of_pass).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(timing: Timing) -> Vec<Pass> {
        passes(3, timing).collect()
    }

    #[test]
    fn an_untimed_run_is_one_pass_and_writes_no_timestamp() {
        let bare = Pass {
            dispatches: 0..3,
            span: None,
            dispatch_spans: 0..0,
        };
        assert_eq!(recorded(Timing::WallOnly), [bare]);
        assert_eq!(spans(3, Timing::WallOnly), 0);
    }

    #[test]
    fn timing_inside_the_pass_adds_timestamps_and_nothing_else() {
        let timed = Pass {
            dispatches: 0..3,
            span: Some(0),
            dispatch_spans: 1..4,
        };
        assert_eq!(recorded(Timing::InPass), [timed]);
        assert_eq!(spans(3, Timing::InPass), 4);
    }

    #[test]
    fn without_timestamps_inside_passes_each_kernel_has_its_own() {
        let pass = |index: usize| Pass {
            dispatches: index..index + 1,
            span: Some(index),
            dispatch_spans: 0..0,
        };
        assert_eq!(recorded(Timing::PassPerKernel), [0, 1, 2].map(pass));
        assert_eq!(spans(3, Timing::PassPerKernel), 3);
    }

    #[test]
    fn a_run_of_nothing_has_no_pass() {
        for timing in [Timing::WallOnly, Timing::InPass, Timing::PassPerKernel] {
            assert_eq!(passes(0, timing).count(), 0);
            assert_eq!(spans(0, timing), 0);
        }
    }
}
