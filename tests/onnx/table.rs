//! The table of operations in docs/onnx.md, and the versions that ONNX itself gives.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use menagerie::onnx::operations;

const PAGE: &str = "docs/onnx.md";
const BEGIN: &str = "<!-- table of operations -->\n";
const END: &str = "<!-- end of the table -->\n";

/// The versions and attributes of each operation, from `tools/onnx_schemas.py`.
const SCHEMAS: &str = include_str!("../golden/onnx/schemas.json");

fn table() -> String {
    let mut rows: Vec<String> = operations()
        .map(|(name, since, attributes)| {
            let since: Vec<String> = since.iter().map(i64::to_string).collect();
            format!(
                "| {name} | {} | {} |\n",
                since.join(", "),
                attributes.join(", ")
            )
        })
        .collect();
    rows.sort();
    let head = "| operation | changed in operator set | attributes |\n| --- | --- | --- |\n";
    format!("{head}{}", rows.concat())
}

#[test]
fn the_page_has_the_table_of_operations() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the begin of the table");
    let (found, after) = rest.split_once(END).expect("the end of the table");
    let expected = format!("\n{}\n", table());
    if std::env::var_os("MENAGERIE_UPDATE").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{expected}{END}{after}")).unwrap();
        return;
    }
    assert!(
        found == expected,
        "{PAGE}: MENAGERIE_UPDATE=1 rewrites the table"
    );
}

/// Attributes of versions before operator set 7, and attributes that only say how numbers are stored, are not read.
#[test]
fn versions_and_attributes_are_those_of_onnx() {
    let schemas: BTreeMap<String, (Vec<i64>, Vec<String>)> = serde_json::from_str(SCHEMAS).unwrap();
    for (name, since, attributes) in operations() {
        let (versions, known) = &schemas[name];
        assert_eq!(since, versions, "{name}");
        for attribute in attributes {
            assert!(
                known.iter().any(|other| other == attribute),
                "{name}: {attribute}"
            );
        }
    }
}
