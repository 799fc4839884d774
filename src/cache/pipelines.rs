//! Compiled kernels, as the driver returns them, stored for later runs of a program.

use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Cache, origin};
use crate::atomic_write;
use crate::error::{Error, Result};
use crate::gpu::{AdapterDescription, Gpu};
use crate::regular_file;

const TOPIC: &str = "pipelines";
/// The first bytes of a file.
const MAGIC: &[u8; 8] = b"MNGPIPE1";
/// Magic, checksum, and length of the origin.
const HEADER: usize = 8 + 8 + 4;
/// The longest data that is kept. A driver's cache only grows.
const LONGEST: usize = 64 << 20;
/// The longest data of a cache without any entry: wgpu's header and Vulkan's.
const EMPTY: usize = 128;

impl Gpu {
    /// The same device, but the driver's compiled kernels are stored in `cache`, and read from there if an earlier run of a
    /// program has stored them. Without [`wgpu::Features::PIPELINE_CACHE`], and for drivers whose caches stay empty, nothing
    /// changes. A file that is damaged, or from another adapter, driver or version, is ignored and replaced. Later sessions
    /// share no kernels with earlier ones.
    pub fn keeping_pipelines(self, cache: &Cache) -> Self {
        if !self
            .device()
            .features()
            .contains(wgpu::Features::PIPELINE_CACHE)
        {
            return self;
        }
        let file = PipelineFile::new(cache, self.description());
        let data = file.read();
        let descriptor = wgpu::PipelineCacheDescriptor {
            label: Some("menagerie"),
            data: data.as_deref(),
            fallback: true,
        };
        let made = self.attempt_now("pipeline cache", || {
            // SAFETY: the data must have been returned by `PipelineCache::get_data`. `PipelineFile::read` returns only what
            // `PipelineFile::write` has written, which gets its data from there: the file begins with a magic number, and a
            // checksum covers all other bytes, so it is complete and unchanged. Adapter, backend, driver and version of this
            // crate are those that it was written with. Beyond that, wgpu compares adapter and driver in a header of its own,
            // and with `fallback` takes an empty cache if they differ. Who can forge the checksum can write to the user's
            // cache directory, where drivers keep their own compiled code, too.
            Ok(unsafe { self.device().create_pipeline_cache(&descriptor) })
        });
        match made {
            // The cache only saves time.
            Err(_) => self,
            Ok(made) => self.with_kept_pipelines(made, move |data| {
                // A folder that cannot be written costs time, too, and nothing else.
                let _ = file.write(data);
            }),
        }
    }
}

impl Cache {
    /// The compiled kernels of `adapter`, if their file is sound and from the same driver and version. Only for tests: data
    /// that was not read by [`Gpu::keeping_pipelines`] itself must not reach a driver.
    #[doc(hidden)]
    pub fn compiled_kernels(&self, adapter: &AdapterDescription) -> Option<Vec<u8>> {
        PipelineFile::new(self, adapter).read()
    }
}

/// The file with the compiled kernels of an adapter.
struct PipelineFile {
    folder: PathBuf,
    path: PathBuf,
    /// Adapter, backend, driver and version.
    origin: String,
    /// Length of the data that is in the file.
    stored: AtomicUsize,
}

impl PipelineFile {
    fn new(cache: &Cache, adapter: &AdapterDescription) -> Self {
        Self {
            folder: cache.folder.clone(),
            path: cache.path(TOPIC, adapter).with_extension("bin"),
            origin: origin(adapter).map(|(_, value)| value).join("\n"),
            stored: AtomicUsize::new(0),
        }
    }

    /// The data, if the file is sound and from the same adapter, driver and version.
    fn read(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let longest = (LONGEST + HEADER + self.origin.len()) as u64;
        let file = regular_file::open(&self.path).ok()?;
        file.take(longest + 1).read_to_end(&mut bytes).ok()?;
        let data = unwrapped(&bytes, &self.origin)?;
        self.stored.store(data.len(), Ordering::Relaxed);
        Some(data.to_vec())
    }

    /// Writes `data` in place of older data, if it has more entries.
    fn write(&self, data: &[u8]) -> Result<()> {
        if data.len() <= EMPTY.max(self.stored.load(Ordering::Relaxed)) || data.len() > LONGEST {
            return Ok(());
        }
        std::fs::create_dir_all(&self.folder)
            .map_err(|error| Error::unwritable(&self.folder, error))?;
        atomic_write::write(&self.path, &wrapped(data, &self.origin))?;
        self.stored.store(data.len(), Ordering::Relaxed);
        Ok(())
    }
}

/// The content of a file: magic, checksum, length of the origin, origin, data.
fn wrapped(data: &[u8], origin: &str) -> Vec<u8> {
    let mut rest = (origin.len() as u32).to_le_bytes().to_vec();
    rest.extend_from_slice(origin.as_bytes());
    rest.extend_from_slice(data);
    [&MAGIC[..], &checksum(&rest).to_le_bytes(), &rest].concat()
}

/// The data of a file, if it is sound and has this origin.
fn unwrapped<'a>(bytes: &'a [u8], origin: &str) -> Option<&'a [u8]> {
    let bytes = bytes.strip_prefix(MAGIC)?;
    let (stored, rest) = bytes.split_first_chunk::<8>()?;
    if u64::from_le_bytes(*stored) != checksum(rest) {
        return None;
    }
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (found, data) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    (found == origin.as_bytes()).then_some(data)
}

/// The 64-bit FNV-1a hash (Fowler, Noll, Vo) of `bytes` and their number.
fn checksum(bytes: &[u8]) -> u64 {
    let hash = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
    let length = (bytes.len() as u64).to_le_bytes();
    length.iter().chain(bytes).fold(0xCBF2_9CE4_8422_2325, hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpu::AdapterChoice;
    use crate::graph::Graph;
    use crate::passes::{PassSet, optimize};
    use crate::session::{Session, SessionOptions};
    use crate::tensor::Tensor;
    use crate::weights::{Weights, synthetic_input};
    use crate::zoo;

    fn file(folder: &std::path::Path) -> PipelineFile {
        PipelineFile {
            folder: folder.to_path_buf(),
            path: folder.join("pipelines.bin"),
            origin: "1.0\nAbacus".to_owned(),
            stored: AtomicUsize::new(0),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("made/when/needed");
        assert_eq!(file(&below).read(), None);
        let data: Vec<u8> = (0..=255).cycle().take(1000).collect();
        file(&below).write(&data).unwrap();
        let again = file(&below);
        assert_eq!(again.read().as_ref(), Some(&data));
        // Nothing new: the file stays as it is. More: it is replaced.
        again.write(&data[1..]).unwrap();
        assert_eq!(again.read().as_ref(), Some(&data));
        let more = [&data[..], &[7]].concat();
        again.write(&more).unwrap();
        assert_eq!(file(&below).read(), Some(more));
        let names = std::fs::read_dir(&below).unwrap();
        assert_eq!(names.count(), 1, "nothing but the file is left behind");
        // A cache without entries is not worth a file.
        let empty = folder.path().join("empty");
        file(&empty).write(&data[..EMPTY]).unwrap();
        assert!(!empty.exists());
    }

    #[test]
    fn no_damaged_or_foreign_file_is_read() {
        let data: Vec<u8> = (0..200).collect();
        let sound = wrapped(&data, "origin");
        assert_eq!(unwrapped(&sound, "origin"), Some(&data[..]));
        for other in ["", "origins", "Origin", "orig"] {
            assert_eq!(unwrapped(&sound, other), None, "{other}");
        }
        for length in 0..sound.len() {
            assert_eq!(unwrapped(&sound[..length], "origin"), None, "{length}");
        }
        for place in 0..sound.len() {
            for bit in 0..8 {
                let mut damaged = sound.clone();
                damaged[place] ^= 1 << bit;
                assert_eq!(unwrapped(&damaged, "origin"), None, "{place}");
            }
        }
        assert_eq!(unwrapped(&[&sound[..], &[0]].concat(), "origin"), None);
        // The length of the origin is beyond the end, under a checksum that is right.
        let long = [&u32::MAX.to_le_bytes()[..], b"origin"].concat();
        let long = [&MAGIC[..], &checksum(&long).to_le_bytes(), &long].concat();
        assert_eq!(unwrapped(&long, "origin"), None);
    }

    fn run(gpu: &Gpu, graph: &Graph) -> Tensor {
        let options = SessionOptions::default();
        let mut session = Session::new(gpu, graph, &Weights::synthetic(0), &options).unwrap();
        let input = synthetic_input(0, 1, graph.input_shape().unwrap());
        session.run(&input).unwrap()
    }

    /// Whatever is in the file, a device opens and computes the same.
    #[test]
    fn a_session_ignores_any_file() {
        let graph = zoo::find("lenet5").unwrap().graph().unwrap();
        let graph = optimize(&graph, &PassSet::all()).unwrap();
        let gpu = Gpu::open(&AdapterChoice::Default).unwrap();
        let expected = run(&gpu, &graph);
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::in_folder(folder.path());
        let file = PipelineFile::new(&cache, gpu.description());
        let noise: Vec<u8> = (0..4096_u32)
            .map(|i| (i.wrapping_mul(2_654_435_769) >> 24) as u8)
            .collect();
        // What no `get_data` has returned, but with the right checksum and origin: wgpu's header is missing.
        let forged = wrapped(&noise, &file.origin);
        for content in [
            &noise[..],
            &[],
            b"MNGPIPE1",
            &forged,
            &forged[..forged.len() / 2],
        ] {
            std::fs::write(&file.path, content).unwrap();
            let kept = gpu.clone().keeping_pipelines(&cache);
            assert_eq!(run(&kept, &graph), expected);
            assert_eq!(
                run(&gpu.clone().keeping_pipelines(&cache), &graph),
                expected
            );
        }
        std::fs::remove_file(&file.path).unwrap();
        std::fs::create_dir(&file.path).unwrap();
        assert_eq!(run(&gpu.keeping_pipelines(&cache), &graph), expected);
    }
}
