//! Folders import one way: from those above them in the table of docs/architecture.md, which has all of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What a module at the root of `src` is called, of a row of the table or a path inside it.
fn module(path: &str) -> Option<&str> {
    let name = path.strip_prefix("src/")?.split('/').next()?;
    Some(name.strip_suffix(".rs").unwrap_or(name))
}

/// The modules of the table, in its order.
fn order() -> Vec<String> {
    let table = fs::read_to_string(checkout().join("docs/architecture.md")).unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let paths = rows.filter_map(|row| row.split('`').next());
    paths.filter_map(module).map(str::to_owned).collect()
}

fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files in `folder` and below, by path in the checkout.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(checkout().join(folder)).unwrap();
    let entries = entries.map(|entry| folder.join(entry.unwrap().file_name()));
    entries
        .flat_map(|path| match checkout().join(&path).is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The modules of the crate that `source` names, comments left out.
fn imports(source: &str) -> BTreeSet<&str> {
    let code = source.lines().map(|line| line.split("//").next().unwrap());
    code.flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
            &rest[..end.unwrap_or(rest.len())]
        })
        .collect()
}

#[test]
fn folders_import_one_way() {
    let order = order();
    let place = |module: &str| order.iter().position(|other| other == module);
    let mut seen = BTreeSet::new();
    for path in files(Path::new("src")) {
        let path = path.to_string_lossy().replace('\\', "/");
        let source = fs::read_to_string(checkout().join(&path)).unwrap();
        let module = module(&path).unwrap();
        if ["lib", "main"].contains(&module) {
            continue;
        }
        let own = place(module);
        assert!(own.is_some(), "{path}: not in the table");
        seen.insert(module.to_owned());
        for import in imports(&source) {
            let found = place(import);
            assert!(found.is_some(), "{path}: crate::{import}, not in the table");
            assert!(found <= own, "{path}: imports {import}, further down");
        }
    }
    assert_eq!(seen, order.into_iter().collect());
}
