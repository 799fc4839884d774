//! The library allocates on devices in one place, where memory is counted and may be refused.

use std::fs;
use std::path::{Path, PathBuf};

use crate::checkout;

/// Where it is done, and the probe for a lost device, which is dropped at once.
const DOORS: [&str; 2] = ["src/gpu/memory.rs", "src/gpu/loss.rs"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .collect()
}

#[test]
fn memory_of_devices_is_allocated_in_one_place() {
    let mut found = Vec::new();
    for path in files(&checkout("src")) {
        let source = fs::read_to_string(&path).unwrap();
        let makes = |call: &str| source.contains(call);
        if makes(".create_buffer") || makes(".create_texture(") || makes("StagingBelt") {
            let path = path.strip_prefix(checkout("")).unwrap();
            found.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
    found.sort();
    let mut doors = DOORS;
    doors.sort();
    assert_eq!(found, doors);
}
