//! The cache of measurements: what is kept is found again, and what is no longer good is told apart from what
//! was never there.

use std::fs;

use menagerie::ErrorKind;
use menagerie::cache::Cache;
use menagerie::device::MatrixSizes;
use menagerie::gpu::AdapterDescription;
use serde_json::{Value, json};

fn adapter() -> AdapterDescription {
    AdapterDescription {
        name: "Abacus 9000 (8 beads, 2/row)".into(),
        backend: "Vulkan".into(),
        device_type: "Other".into(),
        driver: "beads 1.2".into(),
        pci_address: String::new(),
        max_binding_bytes: 0,
        max_buffer_bytes: 0,
        max_texture_side: 0,
        max_workgroup_bytes: 0,
        max_invocations: 0,
        subgroup_sizes: [1, 1],
        matrix_sizes: MatrixSizes::NONE,
        features: Vec::new(),
    }
}

fn find(cache: &Cache, adapter: &AdapterDescription) -> menagerie::Result<Option<u64>> {
    cache.find("beads", adapter, Value::as_u64)
}

#[test]
fn what_is_kept_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::in_folder(folder.path().join("made/when/needed"));
    assert_eq!(find(&cache, &adapter()).unwrap(), None);
    for value in [16, 17] {
        cache.keep("beads", &adapter(), json!(value)).unwrap();
        assert_eq!(find(&cache, &adapter()).unwrap(), Some(value));
    }
    let path = cache.path("beads", &adapter());
    assert!(path.ends_with("made/when/needed/beads-abacus-9000-8-beads-2-row-vulkan.json"));
    let names = fs::read_dir(path.parent().unwrap()).unwrap();
    assert_eq!(names.count(), 1, "nothing but the file is left behind");
}

#[test]
fn adapters_and_topics_have_files_of_their_own() {
    let cache = Cache::in_folder("folder");
    let gl = AdapterDescription {
        backend: "Gl".into(),
        ..adapter()
    };
    let here = cache.path("beads", &adapter());
    assert_ne!(here, cache.path("beads", &gl));
    assert_ne!(here, cache.path("rods", &adapter()));
}

#[test]
fn what_is_stale_or_broken_is_an_error_that_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::in_folder(folder.path());
    let path = cache.path("beads", &adapter());
    cache.keep("beads", &adapter(), json!(16)).unwrap();
    let sound = fs::read_to_string(&path).unwrap();

    let complaint = |adapter: &AdapterDescription| {
        let error = find(&cache, adapter).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        let text = error.to_string();
        assert!(!text.contains('\n'), "{text}");
        text.strip_prefix(&format!("{}: ", path.display()))
            .unwrap_or_else(|| panic!("{text}"))
            .to_owned()
    };
    let newer = AdapterDescription {
        driver: "beads 1.3".into(),
        ..adapter()
    };
    assert_eq!(
        complaint(&newer),
        "measured with the driver \"beads 1.2\", and this is \"beads 1.3\""
    );
    let other_version = sound.replace(env!("CARGO_PKG_VERSION"), "0.0.1");
    for (content, expected) in [
        (
            other_version.as_str(),
            concat!(
                "measured with the version \"0.0.1\", and this is \"",
                env!("CARGO_PKG_VERSION"),
                "\""
            ),
        ),
        ("", "not JSON: EOF while parsing a value at line 1 column 0"),
        (&sound[..sound.len() / 2], "not JSON: "),
        ("[]", "measured with the version null, and this is \""),
        (&sound.replace("16", "\"many\""), "holds no sound beads"),
    ] {
        fs::write(&path, content).unwrap();
        let found = complaint(&adapter());
        assert!(found.starts_with(expected), "{content:?}: {found}");
    }
    fs::write(&path, [0xff; 10]).unwrap();
    assert!(complaint(&adapter()).starts_with("cannot be read: "));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(
        complaint(&adapter()),
        "cannot be read: expected a file, found a folder"
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let cache = Cache::in_folder(file.join("below"));
    let error = cache.keep("beads", &adapter(), json!(1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("cannot be made"), "{error}");
    assert_eq!(find(&cache, &adapter()).unwrap(), None);
}
