//! The licences and sources of all dependencies, against deny.toml, which `cargo deny check` reads as well.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::checkout;

/// The strings of the list `name` in deny.toml.
fn list(name: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(checkout("deny.toml")).unwrap();
    let begin = text.find(&format!("\n{name} = [")).unwrap();
    let list = text[begin..].split(']').next().unwrap();
    list.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// The packages that this machine builds, as cargo describes them.
fn packages() -> Vec<Value> {
    let version = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--locked",
            "--offline",
            "--format-version=1",
            "--filter-platform",
        ])
        .arg(host.unwrap())
        .current_dir(checkout(""))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .filter(|package| !package["source"].is_null())
        .cloned()
        .collect()
}

/// Whether the SPDX expression can be met by licences of `allowed`.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.trim();
    let parts = |operator: &str| -> Option<Vec<String>> {
        let (mut depth, mut parts, mut part) = (0, Vec::new(), Vec::new());
        for word in expression
            .replace('(', " ( ")
            .replace(')', " ) ")
            .split_whitespace()
        {
            depth += match word {
                "(" => 1,
                ")" => -1,
                _ => 0,
            };
            match word == operator && depth == 0 {
                true => parts.push(std::mem::take(&mut part).join(" ")),
                false => part.push(word.to_owned()),
            }
        }
        parts.push(part.join(" "));
        (parts.len() > 1).then_some(parts)
    };
    if let Some(parts) = parts("OR") {
        return parts.iter().any(|part| is_met(part, allowed));
    }
    if let Some(parts) = parts("AND") {
        return parts.iter().all(|part| is_met(part, allowed));
    }
    match expression
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
    {
        Some(inner) => is_met(inner, allowed),
        None => allowed.contains(expression),
    }
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    let allowed = list("allow");
    assert!(allowed.contains("MIT"), "{allowed:?}");
    let packages = packages();
    assert!(packages.len() > 100, "{}", packages.len());
    for package in packages {
        // The older form of `OR`.
        let licence = package["license"]
            .as_str()
            .unwrap_or("none")
            .replace('/', " OR ");
        assert!(is_met(&licence, &allowed), "{}: {licence}", package["name"]);
    }
}

#[test]
fn every_dependency_is_from_the_registry() {
    let lock = fs::read_to_string(checkout("Cargo.lock")).unwrap();
    let sources = lock
        .lines()
        .filter_map(|line| line.strip_prefix("source = "));
    let sources: BTreeSet<&str> = sources.map(|source| source.trim_matches('"')).collect();
    let one = sources
        .first()
        .filter(|source| source.starts_with("registry+"));
    assert!(one.is_some() && sources.len() == 1, "{sources:?}");
}

/// Clippy's lint `incompatible_msrv` holds our own code to the oldest Rust that Cargo.toml names.
#[test]
fn no_dependency_needs_a_newer_rust() {
    let manifest = fs::read_to_string(checkout("Cargo.toml")).unwrap();
    let own = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "));
    let parts = |version: &str| -> Vec<u32> {
        let parts = version.trim_matches('"').split('.');
        parts.map(|part| part.parse().unwrap()).collect()
    };
    let own = parts(own.unwrap());
    for package in packages() {
        if let Some(needed) = package["rust_version"].as_str() {
            assert!(
                parts(needed)[..2] <= own[..2],
                "{}: {needed}",
                package["name"]
            );
        }
    }
}

#[test]
fn expressions_of_licences_are_understood() {
    let allowed = BTreeSet::from(["MIT", "Zlib"].map(str::to_owned));
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("Apache-2.0 OR MIT", true),
        ("Apache-2.0 AND MIT", false),
        ("(MIT OR Apache-2.0) AND Zlib", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", false),
        ("MIT OR (Apache-2.0 AND Unicode-3.0)", true),
    ] {
        assert_eq!(is_met(expression, &allowed), expected, "{expression}");
    }
}
