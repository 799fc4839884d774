//! Memory that the decoding threads share.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A number of bytes, parts of which are lent.
pub struct Budget {
    free: Mutex<u64>,
    returned: Condvar,
}

/// Bytes on loan until this is dropped.
pub struct Loan<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    /// A budget of `bytes`.
    pub fn new(bytes: u64) -> Self {
        Self {
            free: Mutex::new(bytes),
            returned: Condvar::new(),
        }
    }

    /// Lends `bytes`, waiting until enough have come back. Nobody may wait while holding a loan, and no
    /// loan may be larger than the budget.
    pub fn lend(&self, bytes: u64) -> Loan<'_> {
        let mut free = self
            .returned
            .wait_while(self.free(), |free| *free < bytes)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= bytes;
        Loan {
            budget: self,
            bytes,
        }
    }

    /// A number stays sound whatever became of a thread that held its lock.
    fn free(&self) -> MutexGuard<'_, u64> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        *self.budget.free() += self.bytes;
        self.budget.returned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    #[test]
    fn loans_never_exceed_the_budget() {
        let budget = Budget::new(10);
        let lent = AtomicU64::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for bytes in (1..=10).chain(1..=10) {
                        let loan = budget.lend(bytes);
                        assert!(lent.fetch_add(bytes, Ordering::SeqCst) + bytes <= 10);
                        lent.fetch_sub(bytes, Ordering::SeqCst);
                        drop(loan);
                    }
                });
            }
        });
        assert_eq!(*budget.free(), 10);
    }
}
