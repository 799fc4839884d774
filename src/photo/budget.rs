//! Memory that the decoding threads share.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A number of bytes, from which threads borrow.
pub struct Budget {
    total: u64,
    free: Mutex<u64>,
    returned: Condvar,
}

/// Borrowed bytes, which are returned on drop.
pub struct Loan<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    /// A budget of `bytes`.
    pub fn new(bytes: u64) -> Self {
        Self {
            total: bytes,
            free: Mutex::new(bytes),
            returned: Condvar::new(),
        }
    }

    /// Borrows `bytes`, and waits until enough are free. More than the budget is all of it. A thread must not wait while
    /// it holds a loan.
    pub fn lend(&self, bytes: u64) -> Loan<'_> {
        let bytes = bytes.min(self.total);
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

    /// The number is valid even if a thread panicked while it held the lock.
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
                    for bytes in (1..=12).chain(1..=12) {
                        let loan = budget.lend(bytes);
                        let bytes = bytes.min(10);
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
