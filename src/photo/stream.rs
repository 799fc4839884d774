//! Decoding on threads, in order and with bounded memory.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::budget::Budget;
use super::decode::{MEMORY, decode};
use super::{Decoding, Photo, Source};
use crate::error::{Error, ErrorKind, Result};

/// The most threads. More would decode faster than any network runs.
const MOST_THREADS: usize = 8;
/// The number of results that each thread decodes ahead.
const AHEAD: usize = 2;

/// Decodes a list of photos and converts each, in order. There is one thread for each core, at most eight. They decode
/// a few photos ahead, in at most 1 GiB of memory, or one photo at a time if that needs more.
///
/// ```no_run
/// use std::path::PathBuf;
///
/// use menagerie::{Network, photo};
///
/// let builder = Network::builder("resnet50").batch(8);
/// let found = photo::find(&[PathBuf::from("holiday")]);
/// let mut network = builder.load()?;
/// let preprocess = network.preprocess()?;
/// let names = found.sources.clone();
/// let decoding = photo::Decoding::new();
/// let inputs = photo::Stream::start(found.sources, decoding, move |photo| preprocess.apply(&photo))?;
/// for (name, answer) in names.iter().zip(network.classify_stream(inputs)) {
///     println!("{name}: {}", answer?.top(1)[0].label);
/// }
/// # Ok::<(), menagerie::Error>(())
/// ```
//
// Thread `t` of `n` decodes photos `t`, `t + n`, `t + 2n`, ... into a channel of its own, so the channels in turn give
// the photos in order, and no thread runs ahead of the others by more than its channel holds.
pub struct Stream<T> {
    channels: Vec<Receiver<Result<T>>>,
    next: usize,
    count: usize,
}

impl<T: Send + 'static> Stream<T> {
    /// Starts decoding the photos of `sources` with the options of `decoding`. `make` converts each photo, on the same
    /// threads.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the system gives no threads. A photo that cannot be decoded is an error at its position
    /// in the stream.
    pub fn start(
        sources: impl Into<Arc<[Source]>>,
        decoding: Decoding,
        make: impl Fn(Photo) -> Result<T> + Send + Sync + 'static,
    ) -> Result<Self> {
        let (sources, make): (Arc<[Source]>, _) = (sources.into(), Arc::new(make));
        let threads = thread::available_parallelism()
            .map_or(1, NonZero::get)
            .min(sources.len())
            .min(MOST_THREADS);
        let budget = Arc::new(Budget::new(MEMORY));
        let mut channels = Vec::with_capacity(threads);
        for first in 0..threads {
            let (sender, receiver) = sync_channel(AHEAD);
            let (sources, budget) = (Arc::clone(&sources), Arc::clone(&budget));
            let make = Arc::clone(&make);
            thread::Builder::new()
                .name(format!("decode {first}"))
                .spawn(move || {
                    let mine = sources.iter().skip(first).step_by(threads);
                    send_all(mine, &decoding, &*make, &budget, &sender);
                })
                .map_err(|error| {
                    Error::new(
                        ErrorKind::Io,
                        format!("cannot start a thread to decode on: {error}"),
                    )
                    .caused_by(error)
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

impl<T> Iterator for Stream<T> {
    type Item = Result<T>;

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

fn send_all<'a, T>(
    sources: impl Iterator<Item = &'a Source>,
    decoding: &Decoding,
    make: &impl Fn(Photo) -> Result<T>,
    budget: &Budget,
    sender: &SyncSender<Result<T>>,
) {
    for source in sources {
        // The receiver is gone if the network failed.
        if sender.send(decode(source, decoding, budget, make)).is_err() {
            return;
        }
    }
}
