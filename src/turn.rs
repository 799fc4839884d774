//! Yielding to the executor of a future.

use std::future::poll_fn;
use std::task::Poll;

/// Yields once, so that long work leaves room for others between its pieces.
pub async fn turn() {
    let mut over = false;
    poll_fn(|context| match over {
        true => Poll::Ready(()),
        false => {
            over = true;
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}
