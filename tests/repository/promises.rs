//! Every promise of docs/reliability.md is a row of a table, with the tests that hold it.

use std::fs;

use crate::checkout;

/// The rows of the tables of promises on the page: a promise, and tests as `FILE: NAME`.
fn rows(page: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut is_promises = false;
    let rows = page.lines().filter(|line| {
        is_promises = line.starts_with("| promise ") || is_promises && line.starts_with("| ");
        is_promises
    });
    let cells = rows.filter_map(|row| {
        let mut cells = row.trim_matches('|').split(" | ");
        Some((
            cells.next()?.trim().to_owned(),
            cells.next()?.trim().to_owned(),
        ))
    });
    let is_header = |promise: &str| promise == "promise" || promise.starts_with("---");
    cells
        .filter(|(promise, _)| !is_header(promise))
        .map(|(promise, tests)| {
            let quoted = tests.split('`').skip(1).step_by(2);
            let named = quoted.filter_map(|test| test.split_once(": "));
            let named = named.map(|(file, name)| (file.to_owned(), name.to_owned()));
            (promise, named.collect())
        })
        .collect()
}

#[test]
fn every_promise_has_a_test_that_exists() {
    let page = fs::read_to_string(checkout("docs/reliability.md")).unwrap();
    let rows = rows(&page);
    assert!(rows.len() > 20, "{}", rows.len());
    for (promise, tests) in rows {
        assert!(promise.ends_with('.'), "no sentence: {promise}");
        assert!(!tests.is_empty(), "no test: {promise}");
        for (file, name) in tests {
            let text = fs::read_to_string(checkout(&file)).unwrap_or_default();
            let header = format!("fn {name}(");
            let before = text.split(&header).next().unwrap_or_default();
            let is_test = before.len() < text.len() && before.trim_end().ends_with(']');
            assert!(is_test, "{promise} {file} has no test {name}");
        }
    }
}

#[test]
fn a_promise_without_a_test_is_found_out() {
    let page = "| other | table |\n| --- | --- |\n\n| promise | test |\n| --- | --- |\n| It holds. | `a.rs: b`, `c.rs: d` |\n| It may hold. | |\n\n| a | b |\n";
    let found = rows(page);
    assert_eq!(found.len(), 2);
    let tests = [("a.rs", "b"), ("c.rs", "d")];
    let tests = tests.map(|(file, name)| (file.to_owned(), name.to_owned()));
    assert_eq!(found[0], ("It holds.".to_owned(), tests.to_vec()));
    assert!(found[1].1.is_empty());
}
