//! Adapters beside the default one, which most tests run on.

use menagerie::gpu::{AdapterChoice, AdapterDescription, Gpu};

/// The adapters that the environment variable `MENAGERIE_ADAPTER` names, or else all but the default one.
///
/// There is always one, or a panic: a test that does not run proves nothing.
pub fn others() -> Vec<Gpu> {
    let named = std::env::var("MENAGERIE_ADAPTER").ok();
    let default = Gpu::open(&AdapterChoice::Default).unwrap();
    let chosen = chosen(&Gpu::adapters(), named.as_deref(), default.description());
    let chosen = chosen.unwrap_or_else(|missing| panic!("{missing}"));
    let open = |index| Gpu::open(&AdapterChoice::Index(index)).unwrap();
    chosen.into_iter().map(open).collect()
}

/// By index, the `adapters` of this name, or without one all but the `default`; where there is none, what is missing.
pub fn chosen(
    adapters: &[AdapterDescription],
    name: Option<&str>,
    default: &AdapterDescription,
) -> Result<Vec<usize>, String> {
    let is_meant = |adapter: &AdapterDescription| match name {
        Some(name) => adapter.to_string().contains(name),
        None => adapter != default,
    };
    let chosen: Vec<usize> = (0..adapters.len())
        .filter(|&index| is_meant(&adapters[index]))
        .collect();
    match chosen.is_empty() {
        false => Ok(chosen),
        true => Err(format!(
            "expected an adapter {}, found {}; scripts/test.sh installs two for Linux",
            name.unwrap_or("beside the default one"),
            adapters
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        )),
    }
}
