//! Futures, driven as an application's frame loop drives them.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use menagerie::gpu::Gpu;
use menagerie::wgpu;

/// What `work` comes to, while nobody waits: the device is only polled between two looks at it.
pub fn driven<T>(gpu: &Gpu, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match work.as_mut().poll(&mut context) {
            Poll::Ready(done) => return done,
            Poll::Pending => drop(gpu.device().poll(wgpu::PollType::Poll)),
        }
    }
}
