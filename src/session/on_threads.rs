//! Preparing a session on all cores, on targets with threads: kernels are compiled and parameters are packed in parallel.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope, ScopedJoinHandle};

use super::Session;
use super::parameters::Missing;
use super::preparing::Preparing;
use super::upload::Part;
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::{DeviceTensor, Pipeline};
use crate::kernels::QUAD;
use crate::timing::Interval;

/// Most packed pieces that wait to be written. It is small, so that the host never holds all parameters.
const WAITING: usize = 4;

impl Preparing<'_> {
    /// Prepares the session, and blocks until it is ready.
    ///
    /// # Errors
    /// As [`Session::new_async`].
    pub fn on_threads(self) -> Result<Session> {
        let (gpu, network) = (self.gpu().clone(), self.program.name().to_owned());
        let made = gpu.attempt_now(&network, || {
            let ((pipelines, compile), (uploaded, upload)) = thread::scope(|threads| {
                let compile = || self.timed(|| self.compiled());
                let compiling = started(threads, compile);
                let uploaded = self.timed(|| self.upload());
                let compiled = match compiling {
                    Ok(compiling) => joined(compiling.join()),
                    Err(_) => compile(),
                };
                (compiled, uploaded)
            });
            uploaded?;
            self.assemble(pipelines?, compile, upload)
        });
        gpu.check().and(made)
    }

    fn timed<T>(&self, work: impl FnOnce() -> T) -> (T, Interval) {
        let begin = self.clock.now();
        (work(), self.clock.since(begin))
    }

    /// Compiles the pipelines, each on its own thread, or on this one where the system starts no more.
    fn compiled(&self) -> Result<Vec<Arc<Pipeline>>> {
        thread::scope(|threads| {
            let compiling = self.shaders.iter().map(|shader| {
                // On native targets, the future is ready at once.
                let compile = move || pollster::block_on(self.compile(shader.clone()));
                started(threads, compile).map_err(|_| compile())
            });
            let compiling: Vec<_> = compiling.collect();
            let failed = || Error::new(ErrorKind::Device, "compiling a kernel failed");
            compiling
                .into_iter()
                .map(|compiling| match compiling {
                    Ok(thread) => thread.join().unwrap_or_else(|_| Err(failed())),
                    Err(compiled) => compiled,
                })
                .collect()
        })
    }

    /// Packs the missing parameters on all cores, and uploads them.
    fn upload(&self) -> Result<()> {
        let missing = self.missing();
        let parts: Vec<Part<'_>> = missing.parts().collect();
        let count = thread::available_parallelism().map_or(1, usize::from);
        let next = AtomicUsize::new(0);
        let (sender, receiver) = mpsc::sync_channel(WAITING);
        let spare = Spare::default();
        let tensors = thread::scope(|threads| {
            for thread in 0..count {
                let (sender, next, parts, spare) = (sender.clone(), &next, &parts, &spare);
                let packing = started(threads, move || {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(part) = parts.get(index) else {
                            return;
                        };
                        let mut packed = spare.take();
                        let result = self.parameters.pack(part, &mut packed);
                        if sender.send((part, result.map(|()| packed))).is_err() {
                            return;
                        }
                    }
                });
                match packing {
                    Ok(_) => {}
                    Err(error) if thread == 0 => {
                        let message =
                            format!("cannot start a thread to pack parameters on: {error}");
                        return Err(Error::new(ErrorKind::Device, message).caused_by(error));
                    }
                    // Those that run pack all.
                    Err(_) => break,
                }
            }
            drop(sender);
            self.written(&missing, receiver, &spare)
        })?;
        drop(parts);
        self.parameters.keep(missing, tensors);
        Ok(())
    }

    /// Writes the packed pieces. It owns the receiver, so that after an error the packing threads fail to send and end.
    fn written(
        &self,
        missing: &Missing,
        receiver: mpsc::Receiver<PackedPart<'_>>,
        spare: &Spare,
    ) -> Result<Vec<DeviceTensor>> {
        let mut upload = missing.upload(self.gpu())?;
        for (part, packed) in receiver {
            let packed = packed?;
            if let Some(submitted) = upload.make_room(&packed) {
                self.gpu().wait_for(submitted.index)?;
            }
            upload.write(part, &packed)?;
            spare.give(packed);
        }
        Ok(upload.finish())
    }
}

/// Starts a thread for `work`, if the system has one more.
fn started<'scope, T: Send + 'scope>(
    threads: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> io::Result<ScopedJoinHandle<'scope, T>> {
    thread::Builder::new().spawn_scoped(threads, work)
}

type PackedPart<'a> = (&'a Part<'a>, Result<Vec<[f32; QUAD]>>);

fn joined<T>(compiled: thread::Result<(Result<T>, Interval)>) -> (Result<T>, Interval) {
    compiled.unwrap_or_else(|_| {
        let failed = Error::new(ErrorKind::Device, "compiling the kernels failed");
        (Err(failed), Interval::default())
    })
}

/// Memory of written pieces, to be used again. The system takes longer to provide fresh memory than the host takes to fill
/// it.
#[derive(Default)]
struct Spare(Mutex<Vec<Vec<[f32; QUAD]>>>);

impl Spare {
    fn take(&self) -> Vec<[f32; QUAD]> {
        self.lock().pop().unwrap_or_default()
    }

    fn give(&self, packed: Vec<[f32; QUAD]>) {
        self.lock().push(packed);
    }

    /// Locks the list. It is valid even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, Vec<Vec<[f32; QUAD]>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
