//! Buffers that the host reads.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use super::Gpu;
use crate::error::{Error, ErrorKind, Result};

/// Completes when what was submitted to `buffer` last is done and the host can read it.
pub fn map(gpu: &Gpu, buffer: &wgpu::Buffer) -> impl Future<Output = Result<()>> + use<> {
    let gpu = gpu.clone();
    let state = Arc::new(Mutex::new(MapState::default()));
    let callback_state = Arc::clone(&state);
    buffer.map_async(wgpu::MapMode::Read, .., move |result| {
        let mut state = lock(&callback_state);
        state.result = Some(result);
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    });
    std::future::poll_fn(move |context| {
        let mut state = lock(&state);
        match state.result.take() {
            Some(result) => Poll::Ready(result.map_err(|error| gpu.explain(unreadable(error)))),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    })
}

/// That an answer cannot be read, and why.
pub fn unreadable(reason: impl fmt::Display) -> Error {
    Error::new(
        ErrorKind::Device,
        format!("the answer cannot be read: {reason}"),
    )
}

#[derive(Default)]
struct MapState {
    result: Option<Result<(), wgpu::BufferAsyncError>>,
    waker: Option<Waker>,
}

/// The state, also where a thread died holding it: it is always whole.
fn lock(state: &Mutex<MapState>) -> std::sync::MutexGuard<'_, MapState> {
    state
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
