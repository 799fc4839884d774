//! What the crate offers, item by item, is what `tests/public_items/items.txt` says: it changes on purpose only.
//!
//! `MENAGERIE_UPDATE=1 cargo test --release --test public_items` writes the file anew; its difference shows what a change
//! does to users of the crate. Read is the source and not rustdoc's JSON, whose format changes with the compiler.

mod lines;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use source::{Place, Source};

/// The items that can be named from outside, each with the paths that name it.
fn exported(source: &Source) -> BTreeMap<Place, BTreeSet<String>> {
    let mut exported: BTreeMap<Place, BTreeSet<String>> = BTreeMap::new();
    let public = source.modules.iter().filter(|(_, module)| module.is_public);
    for (path, module) in public {
        let named = |name: &str| [&path[..], &[name.to_owned()]].concat().join("::");
        for item in &module.items {
            if let Some(name) = lines::public_name(item) {
                let place = (path.clone(), name.clone());
                exported.entry(place).or_default().insert(named(&name));
            }
        }
        for import in source.imports(path) {
            if !import.is_public {
                continue;
            }
            let place = source.resolve_path(path, &import.path);
            let place = place.unwrap_or_else(|| (import.path.clone(), String::new()));
            exported
                .entry(place)
                .or_default()
                .insert(named(&import.name));
        }
    }
    exported
}

#[test]
fn the_public_items_are_those_of_the_list() {
    let source = Source::read();
    let exported = exported(&source);
    let found = lines::of(&source, &exported).join("\n") + "\n";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/public_items/items.txt");
    if std::env::var_os("MENAGERIE_UPDATE").is_some() {
        std::fs::write(&file, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap();
    let [found, expected] = [&found, &expected].map(|text| text.lines().collect::<BTreeSet<_>>());
    let added: Vec<_> = found.difference(&expected).collect();
    let removed: Vec<_> = expected.difference(&found).collect();
    assert!(
        added.is_empty() && removed.is_empty(),
        "not in items.txt: {added:#?}\nonly in items.txt: {removed:#?}"
    );
}
