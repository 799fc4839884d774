//! What waits, for programs that have threads to wait on: each function here is the future of the same name with
//! `_async` behind it, driven to its end. A browser has none of them.

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

/// How long to sleep where another thread is about to hand over what the device has done.
const SHORTLY: Duration = Duration::from_millis(1);

/// Drives `work` to its end, and `gpu` with it: what it waits for is what the device was last told to do.
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
        // What is done may be in the hands of another thread that polled the device.
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
    /// Whether it has rung since this was asked last.
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
