//! The tables of docs/photos.md.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use menagerie::photo::FORMATS;

use super::files::expected;
use super::foreign::converters;

/// The formats that are decoded, and the kinds of each whose pixels are compared with those of another decoder.
fn decoded() -> String {
    let files = expected();
    let mut formats: Vec<_> = FORMATS.iter().collect();
    formats.sort_by_key(|format| format.name().to_lowercase());
    let mut table = "| format | extensions | tested |\n| --- | --- | --- |\n".to_owned();
    for format in formats {
        let names = files.keys().filter_map(|name| {
            let (kind, extension) = name.rsplit_once('.')?;
            let is_one = format.extensions().contains(&extension);
            is_one.then(|| kind.replace('_', " "))
        });
        let mut kinds: Vec<_> = names.collect();
        kinds.dedup();
        assert!(!kinds.is_empty(), "no file tests {}", format.name());
        let extensions = quoted(format.extensions());
        let _ = writeln!(
            table,
            "| {} | {extensions} | {} |",
            format.name(),
            kinds.join(", ")
        );
    }
    table
}

fn quoted(extensions: &[&str]) -> String {
    let quoted: Vec<_> = extensions
        .iter()
        .map(|extension| format!("`.{extension}`"))
        .collect();
    quoted.join(" ")
}

/// The formats that are recognised.
fn refused() -> String {
    let mut table = "| kind | converter |\n| --- | --- |\n".to_owned();
    for (kind, converter) in converters() {
        let _ = writeln!(table, "| {kind} | {converter} |");
    }
    table
}

#[test]
fn the_page_has_all_formats() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/photos.md");
    let page = fs::read_to_string(&path).unwrap();
    let mut found = page.clone();
    for (heading, table) in [("## Decoded", decoded()), ("## Recognised", refused())] {
        let section = found.find(heading).unwrap();
        let start = section + found[section..].find("| ").unwrap();
        let end = found[start..]
            .find("\n\n")
            .map_or(found.len(), |at| start + at + 1);
        found.replace_range(start..end, &table);
    }
    if std::env::var_os("MENAGERIE_UPDATE").is_some() {
        fs::write(&path, &found).unwrap();
        return;
    }
    assert!(
        page == found,
        "docs/photos.md is not up to date; `MENAGERIE_UPDATE=1 cargo test --test photo` writes it"
    );
}
