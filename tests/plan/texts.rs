//! Whole plans of a few networks: the order of dispatches and the place of each tensor, which figures do not show.

use std::collections::BTreeSet;
use std::fs;

use crate::committed::{check, folder};
use crate::common::networks::optimized;
use crate::{DEVICES, plan, table};

/// Network, device, and what the text catches.
const TEXTS: &[(&str, &str, &str)] = &[
    (
        "lenet5",
        "software",
        "textures; padding and flattening take no dispatch; each tensor reuses the place of the one before the last",
    ),
    (
        "squeezenet1_1",
        "software",
        "textures; both inputs of a concatenation are written into it; none is copied",
    ),
    (
        "mobilenet_v2",
        "webgpu",
        "the depthwise kernel by stride; a residual is read by the convolution that adds it and kept until then",
    ),
    (
        "vgg11",
        "webgpu",
        "a linear layer of 411 MB is split into parts, each within the limit of a binding",
    ),
    (
        "unet_bilinear",
        "webgpu",
        "skip connections keep their place until the concatenation far behind that reads them",
    ),
    (
        "inception_v3",
        "webgpu",
        "concatenations inside concatenations; windows of one row or one column; the kernel by the size of the layer",
    ),
];

#[test]
fn whole_plans_are_as_committed() {
    let mut failures = Vec::new();
    let mut files = BTreeSet::from([table::FILE.to_owned()]);
    for (model, device, catches) in TEXTS {
        let (_, profile) = DEVICES.iter().find(|(name, _)| name == device).unwrap();
        let plan = plan(&optimized(model), 1, profile);
        let file = format!("{model}-{device}.txt");
        failures.extend(check(&file, &format!("# {catches}\n{plan}\n")).err());
        files.insert(file);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    // A text that no test reads would say what was once true.
    let entries = fs::read_dir(folder()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.collect::<BTreeSet<String>>(), files);
}
