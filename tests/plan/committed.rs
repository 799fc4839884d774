//! Committed text that must be what the library gives now.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the committed plans are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans")
}

/// Compares `text` with the file `name`, or writes it there where `MENAGERIE_UPDATE` is set; the lines that differ.
pub fn check(name: &str, text: &str) -> Result<(), String> {
    let path = folder().join(name);
    if std::env::var_os("MENAGERIE_UPDATE").is_some() {
        fs::create_dir_all(folder()).unwrap();
        fs::write(&path, text).unwrap();
    }
    // A missing file differs from any text.
    let committed = fs::read_to_string(&path).unwrap_or_default();
    if committed == text {
        return Ok(());
    }
    let only_in = |mark: &str, text: &str, other: &str| {
        let others: Vec<&str> = other.lines().collect();
        let lines = text.lines().filter(|line| !others.contains(line));
        let lines: Vec<String> = lines.map(|line| format!("{mark} {line}\n")).collect();
        lines.concat()
    };
    Err(format!(
        "tests/plans/{name} differs (-: committed, +: found); where that is meant, MENAGERIE_UPDATE=1 writes it:\n{}{}",
        only_in("-", &committed, text),
        only_in("+", text, &committed),
    ))
}
