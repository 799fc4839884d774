//! Files that ask for more than any network needs: each is refused before it costs time or memory.

use menagerie::weights::Weights;

use crate::common::safetensors_file::with_header;

/// A header with tensors without values of these names.
fn empty_tensors(names: impl Iterator<Item = String>) -> Vec<u8> {
    let tensors =
        names.map(|name| format!(r#""{name}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#));
    let tensors: Vec<String> = tensors.collect();
    with_header(&format!("{{{}}}", tensors.join(",")), &[])
}

fn refusal(bytes: Vec<u8>) -> String {
    let refused = Weights::from_bytes("file", bytes);
    refused.expect_err("a refusal").to_string()
}

/// Names of 10 MB were compared with those of every network, prefix by prefix.
#[test]
fn a_long_name_is_refused() {
    for parts in [147, 1_000, 1_400_000] {
        let name = "module.".repeat(parts) + "weight";
        let message = refusal(empty_tensors([name.clone()].into_iter()));
        assert!(message.starts_with("file: module.module."), "{message}");
        assert!(
            message.ends_with(&format!(
                ": expected a name of at most 1024 bytes, found one of {}",
                name.len()
            )),
            "{message}"
        );
    }
    let fits = "module.".repeat(145) + "weight";
    assert!(fits.len() <= 1024);
    assert!(Weights::from_bytes("file", empty_tensors([fits].into_iter())).is_ok());
}

#[test]
fn more_tensors_than_any_network_has_are_refused() {
    let names = |count: usize| (0..count).map(|index| format!("a{index}"));
    assert_eq!(
        refusal(empty_tensors(names(65_537))),
        "file: expected at most 65536 tensors, found 65537"
    );
    assert!(Weights::from_bytes("file", empty_tensors(names(65_536))).is_ok());
}
