//! Decoding on threads of its own, in order and in bounded memory.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use menagerie::preprocess::{Photo, Preprocess};
use menagerie::{Error, ErrorKind, Result, Tensor};

use super::Source;
use super::budget::Budget;
use super::decode::{MEMORY, decode};

/// More threads than this decode faster than any network takes.
const MOST_THREADS: usize = 8;
/// Inputs that each thread makes ahead of the network.
const AHEAD: usize = 2;

/// The network inputs of a list of photos, in its order.
///
/// Thread `t` of `n` decodes photos `t`, `t + n`, `t + 2n`, ... into a channel of its own, so the
/// channels in turn give the photos in order, and no thread runs ahead of the others by more than its
/// channel holds.
pub struct Stream {
    channels: Vec<Receiver<Result<Tensor>>>,
    next: usize,
    count: usize,
}

impl Stream {
    /// Starts decoding `sources`.
    ///
    /// # Errors
    /// `ErrorKind::Io` where the system gives no threads.
    pub fn start(sources: Arc<[Source]>, preprocess: Preprocess) -> Result<Self> {
        let threads = thread::available_parallelism()
            .map_or(1, NonZero::get)
            .min(sources.len())
            .min(MOST_THREADS);
        let budget = Arc::new(Budget::new(MEMORY));
        let mut channels = Vec::with_capacity(threads);
        for first in 0..threads {
            let (sender, receiver) = sync_channel(AHEAD);
            let (sources, budget) = (Arc::clone(&sources), Arc::clone(&budget));
            thread::Builder::new()
                .name(format!("decode {first}"))
                .spawn(move || {
                    let mine = sources.iter().skip(first).step_by(threads);
                    send_all(mine, &preprocess, &budget, &sender);
                })
                .map_err(|error| {
                    Error::new(
                        ErrorKind::Io,
                        format!("cannot start a thread to decode on: {error}"),
                    )
                })?;
            channels.push(receiver);
        }
        Ok(Self {
            channels,
            next: 0,
            count: sources.len(),
        })
    }
}

impl Iterator for Stream {
    type Item = Result<Tensor>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.count {
            return None;
        }
        let channel = &self.channels[self.next % self.channels.len()];
        self.next += 1;
        // Only a decoder that failed an assertion of its own closes the channel early.
        Some(channel.recv().unwrap_or_else(|_| {
            Err(Error::new(
                ErrorKind::Input,
                "not decoded: the decoder stopped at this image or at one before it",
            ))
        }))
    }
}

fn send_all<'a>(
    sources: impl Iterator<Item = &'a Source>,
    preprocess: &Preprocess,
    budget: &Budget,
    sender: &SyncSender<Result<Tensor>>,
) {
    for source in sources {
        let input = decode(source, budget, |pixels| {
            preprocess.apply(Photo {
                width: pixels.width() as usize,
                height: pixels.height() as usize,
                rgb: pixels.as_raw(),
            })
        });
        // Nobody listens any more where the network failed.
        if sender.send(input).is_err() {
            return;
        }
    }
}
