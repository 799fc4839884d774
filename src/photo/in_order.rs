//! Results that several threads make in any order, and one reader takes in their order.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A list of results, of which only a window is in memory.
///
/// A thread claims the next position and puts the result there. It waits if the reader has not taken enough results
/// yet, so that no more than `window` positions are claimed and not taken.
pub struct InOrder<T> {
    state: Mutex<State<T>>,
    /// Wakes threads that wait for the reader.
    taken: Condvar,
    /// Wakes the reader.
    made: Condvar,
    count: usize,
    window: usize,
}

struct State<T> {
    /// The position of the next result for the reader.
    next: usize,
    /// The claimed positions from `next` on, with the results that are made.
    claimed: VecDeque<Option<T>>,
    /// Whether the reader takes no more results.
    is_abandoned: bool,
}

impl<T> InOrder<T> {
    /// `count` results, of which at most `window` are claimed and not taken. `window` is at least 1.
    pub fn new(count: usize, window: usize) -> Self {
        Self {
            state: Mutex::new(State {
                next: 0,
                claimed: VecDeque::new(),
                is_abandoned: false,
            }),
            taken: Condvar::new(),
            made: Condvar::new(),
            count,
            window,
        }
    }

    /// Claims the next position, and waits until it is inside the window. `None` if there is no more work. A claimed
    /// position must be [put](InOrder::put), or the reader waits forever.
    pub fn claim(&self) -> Option<usize> {
        let is_full = |state: &mut State<T>| {
            let more = state.next + state.claimed.len() < self.count;
            more && !state.is_abandoned && state.claimed.len() >= self.window
        };
        let state = self.taken.wait_while(self.state(), is_full);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        let position = state.next + state.claimed.len();
        if position >= self.count || state.is_abandoned {
            return None;
        }
        state.claimed.push_back(None);
        Some(position)
    }

    /// Puts the result of a claimed `position`. It never waits.
    pub fn put(&self, position: usize, result: T) {
        let mut state = self.state();
        let place = position.checked_sub(state.next);
        if let Some(place) = place.and_then(|place| state.claimed.get_mut(place)) {
            *place = Some(result);
        }
        self.made.notify_one();
    }

    /// Takes the next result, and waits until it is made. `None` after the last one.
    pub fn take(&self) -> Option<T> {
        let mut state = self.state();
        if state.next == self.count {
            return None;
        }
        loop {
            if let Some(Some(_)) = state.claimed.front() {
                state.next += 1;
                self.taken.notify_one();
                return state.claimed.pop_front().flatten();
            }
            let woken = self.made.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends the work: no thread can claim another position.
    pub fn abandon(&self) {
        self.state().is_abandoned = true;
        self.taken.notify_all();
    }

    /// The state is valid even if a thread panicked while it held the lock: no change of it can fail halfway.
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    #[test]
    fn results_come_in_order_and_few_are_in_memory() {
        const WINDOW: usize = 5;
        let results = InOrder::new(100, WINDOW);
        let taken = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while let Some(position) = results.claim() {
                        assert!(position < taken.load(Ordering::SeqCst) + WINDOW + 1);
                        if position.is_multiple_of(7) {
                            thread::sleep(Duration::from_millis(2));
                        }
                        results.put(position, position);
                    }
                });
            }
            for expected in 0..100 {
                assert_eq!(results.take(), Some(expected));
                taken.fetch_add(1, Ordering::SeqCst);
            }
        });
        assert_eq!((results.take(), results.claim()), (None, None));
    }

    #[test]
    fn a_reader_that_leaves_wakes_the_threads() {
        let results = InOrder::new(10, 1);
        assert_eq!(results.claim(), Some(0));
        thread::scope(|scope| {
            let waiting = scope.spawn(|| results.claim());
            results.abandon();
            assert_eq!(waiting.join().unwrap(), None);
        });
        results.put(0, ());
        assert_eq!(InOrder::<()>::new(0, 1).take(), None);
    }
}
