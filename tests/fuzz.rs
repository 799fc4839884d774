//! The corpus of the fuzz targets, one file after the other: seeds, and what once went wrong.

#[path = "random/chance.rs"]
mod chance;
#[path = "../fuzz/checks/mod.rs"]
mod checks;
#[path = "random/layers.rs"]
mod layers;
#[path = "random/network.rs"]
#[allow(dead_code, reason = "small networks are made to be run")]
mod network;
#[path = "random/order.rs"]
mod order;

use std::fs;
use std::path::Path;

#[test]
fn every_file_of_the_corpus_is_read_or_refused() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, check) in checks::TARGETS {
        let entries = fs::read_dir(corpus.join(name)).unwrap();
        let files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        assert!(!files.is_empty(), "{name}");
        for file in files {
            let bytes = fs::read(&file).unwrap();
            println!("{}", file.display());
            check(&bytes);
            // The beginning of a file is a file that was cut.
            for length in [0, 1, bytes.len() / 2, bytes.len().saturating_sub(1)] {
                check(&bytes[..length.min(bytes.len())]);
            }
        }
    }
}

/// Each target has its function, and each function its target.
#[test]
fn every_check_is_a_target() {
    let manifest = fs::read_to_string("fuzz/Cargo.toml").unwrap();
    for (name, _) in checks::TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        let target = fs::read_to_string(format!("fuzz/fuzz_targets/{name}.rs")).unwrap();
        assert!(target.contains(&format!("checks::{name}(data)")), "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), checks::TARGETS.len());
}
