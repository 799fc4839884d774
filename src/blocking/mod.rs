//! Blocking functions, for programs with threads. Each function runs the future of the same name with `_async`. They do
//! not exist in a browser.

mod frames;
mod networks;
mod sessions;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use crate::error::Result;
use crate::gpu::Gpu;

/// How long to sleep while another thread processes the results of the device.
const SHORTLY: Duration = Duration::from_millis(1);

/// Runs `work` to its end, and polls `gpu` meanwhile, because `work` waits for the device.
fn wait<T>(gpu: &Gpu, work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut work = pin!(work);
    let alarm = Arc::new(Alarm {
        sleeper: thread::current(),
        rung: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&alarm));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
            return done;
        }
        if !alarm.has_rung() {
            gpu.wait()?;
        }
        // Another thread that polled the device may be processing the results.
        if !alarm.has_rung() {
            thread::park_timeout(SHORTLY);
        }
    }
}

/// Wakes a thread.
struct Alarm {
    sleeper: Thread,
    rung: AtomicBool,
}

impl Alarm {
    /// Whether it was woken since the last call.
    fn has_rung(&self) -> bool {
        self.rung.swap(false, Ordering::Acquire)
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.sleeper.unpark();
    }
}
