//! Folders import one way: from those above them in the table of docs/architecture.md, which has all of them. And only
//! the last of them, the command line, speaks of flags.

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

/// The lines of `source`, comments left out.
fn code(source: &str) -> impl Iterator<Item = &str> {
    source.lines().map(|line| line.split("//").next().unwrap())
}

/// The modules of the crate that `source` names.
fn imports(source: &str) -> BTreeSet<&str> {
    code(source)
        .flat_map(|line| line.split("crate::").skip(1))
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

/// What a flag or a command is called, is the command line's: a program that shows an error of the library has neither.
#[test]
fn the_library_speaks_of_no_flags() {
    let is_flag = |text: &str| text.starts_with(|letter: char| letter.is_ascii_lowercase());
    let names_one =
        |line: &str| line.contains("`menagerie ") || line.split("--").skip(1).any(is_flag);
    let mut in_the_command_line = 0;
    for path in files(Path::new("src")) {
        let source = fs::read_to_string(checkout().join(&path)).unwrap();
        let found: Vec<&str> = code(&source).filter(|line| names_one(line)).collect();
        match path.starts_with("src/cli") {
            true => in_the_command_line += found.len(),
            false => assert!(found.is_empty(), "{}: {found:?}", path.display()),
        }
    }
    assert!(in_the_command_line > 0);
}
