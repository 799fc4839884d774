//! Decoding on threads, in order and with bounded memory.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use super::budget::Budget;
use super::decode::{MEMORY, decode};
use super::in_order::InOrder;
use super::{Decoding, Photo, Source};
use crate::error::{Error, ErrorKind, Result};

/// The number of results that are decoded ahead for each thread.
const AHEAD: usize = 2;

/// Decodes a list of photos and converts each, in order. There is one thread for each core. They decode a few photos
/// ahead, in at most 1 GiB of memory, or one photo at a time if that needs more.
///
/// ```no_run
/// use std::path::PathBuf;
///
/// use menagerie::photo::Subfolders;
/// use menagerie::{Network, photo};
///
/// let builder = Network::builder("resnet50").batch(8);
/// let found = photo::find(&[PathBuf::from("holiday")], Subfolders::Search);
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
pub struct Stream<T> {
    results: Arc<InOrder<Result<T>>>,
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
        Self::start_ahead(sources, 0, decoding, make)
    }

    /// The same as [`Stream::start`], with at least `ahead` results that are ready while the reader works. For a
    /// network that runs in batches, this is the size of a batch.
    ///
    /// # Errors
    /// The same as [`Stream::start`].
    pub fn start_ahead(
        sources: impl Into<Arc<[Source]>>,
        ahead: usize,
        decoding: Decoding,
        make: impl Fn(Photo) -> Result<T> + Send + Sync + 'static,
    ) -> Result<Self> {
        let (sources, make): (Arc<[Source]>, _) = (sources.into(), Arc::new(make));
        let threads = thread::available_parallelism()
            .map_or(1, NonZero::get)
            .min(sources.len());
        let window = ahead.max(AHEAD * threads) + threads;
        let results = Arc::new(InOrder::new(sources.len(), window));
        let budget = Arc::new(Budget::new(MEMORY));
        let stream = Self {
            results: Arc::clone(&results),
        };
        for thread in 0..threads {
            let (sources, budget) = (Arc::clone(&sources), Arc::clone(&budget));
            let (make, results) = (Arc::clone(&make), Arc::clone(&results));
            thread::Builder::new()
                .name(format!("decode {thread}"))
                .spawn(move || {
                    while let Some(position) = results.claim() {
                        results.put(
                            position,
                            made(&sources[position], &decoding, &budget, &*make),
                        );
                    }
                })
                .map_err(|error| {
                    Error::new(
                        ErrorKind::Io,
                        format!("cannot start a thread to decode on: {error}"),
                    )
                    .caused_by(error)
                })?;
        }
        Ok(stream)
    }
}

/// The photo of `source`, converted by `make`. A decoder that panics fails for this photo only.
fn made<T>(
    source: &Source,
    decoding: &Decoding,
    budget: &Budget,
    make: &impl Fn(Photo) -> Result<T>,
) -> Result<T> {
    let work = AssertUnwindSafe(|| decode(source, decoding, budget, make));
    catch_unwind(work).unwrap_or_else(|_| {
        Err(Error::new(
            ErrorKind::Input,
            "cannot be decoded: the decoder failed an assertion of its own",
        ))
    })
}

impl<T> Iterator for Stream<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.results.take()
    }
}

impl<T> Drop for Stream<T> {
    fn drop(&mut self) {
        self.results.abandon();
    }
}
