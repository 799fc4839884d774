//! The work of a reader is in proportion to its file: twice the tensors take about twice the allocations.

use menagerie::weights::Weights;
use menagerie::zoo;

use crate::allocator::allocations;
use crate::common::safetensors_file::with_header;

/// The header of a file with so many tensors in nested modules.
fn file(tensors: usize) -> Vec<u8> {
    let tensors = (0..tensors).map(|index| {
        let (block, layer) = (index / 50, index % 50);
        format!(
            r#""net.block{block}.inner.conv{layer}.weight":{{"dtype":"F32","shape":[0,3,3],"data_offsets":[0,0]}}"#
        )
    });
    let tensors: Vec<String> = tensors.collect();
    with_header(&format!("{{{}}}", tensors.join(",")), &[])
}

#[test]
fn reading_and_matching_names_is_linear() {
    let graph = zoo::find("resnet18").unwrap().graph().unwrap();
    let work = |tensors: usize| {
        let bytes = file(tensors);
        let (count, refused) = allocations(|| {
            let weights = Weights::from_bytes("file", bytes).unwrap();
            weights.check(&graph).is_err()
        });
        assert!(refused);
        count
    };
    // What does not depend on the file.
    work(1);
    let counts = [4_000, 8_000, 16_000, 32_000].map(work);
    for pair in counts.windows(2) {
        assert!(pair[1] < pair[0] * 5 / 2, "{counts:?}");
    }
}
