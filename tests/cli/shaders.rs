//! `menagerie plan --shaders`: a folder that says all that a compiler needs to know of a plan's pipelines.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{command, end, prints};

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// The pipelines of squeezenet1_1 in a new folder below `home`.
fn pipelines(home: &Path) -> Value {
    let folder = home.join("new/shaders");
    let path = folder.to_str().unwrap();
    let plan = prints(&["plan", "squeezenet1_1"]);
    assert_eq!(prints(&["plan", "squeezenet1_1", "--shaders", path]), plan);
    serde_json::from_slice(&fs::read(folder.join("pipelines.json")).unwrap()).unwrap()
}

#[test]
fn every_pipeline_is_written_with_all_that_it_is_made_of() {
    let home = tempfile::tempdir().unwrap();
    let list = pipelines(home.path());
    let folder = home.path().join("new/shaders");
    let mut files = BTreeSet::from(["pipelines.json".to_owned()]);
    let pipelines = list.as_array().unwrap();
    let names: BTreeSet<&str> = pipelines
        .iter()
        .map(|pipeline| pipeline["kernel"].as_str().unwrap())
        .collect();
    let expected = [
        "conv_split_k",
        "conv_tiled",
        "global_average_pool",
        "global_average_pool_workgroup",
        "max_pool",
    ];
    assert!(names.is_subset(&BTreeSet::from(expected)), "{names:?}");
    let mut dispatches = 0;
    for pipeline in pipelines {
        dispatches += pipeline["dispatches"].as_u64().unwrap();
        let file = |kind: &str| pipeline[kind].as_str().unwrap().to_owned();
        files.extend([file("wgsl"), file("spirv")]);
        let text = fs::read_to_string(folder.join(file("wgsl"))).unwrap();
        let module = naga::front::wgsl::parse_str(&text).unwrap();
        let size = &pipeline["workgroup_size"];
        assert_eq!(
            *size,
            serde_json::json!(module.entry_points[0].workgroup_size)
        );
        for (name, value) in pipeline["constants"].as_object().unwrap() {
            assert!(
                text.contains(&format!("const {name} = {value}u;")),
                "{name}"
            );
        }
        for binding in pipeline["bindings"].as_array().unwrap() {
            let declared = module.global_variables.iter().any(|(_, variable)| {
                let place = variable.binding.map(|place| u64::from(place.binding));
                let name = variable.name.as_deref();
                (place, name) == (binding["binding"].as_u64(), binding["name"].as_str())
            });
            assert!(declared, "{binding}");
        }
        let binary = fs::read(folder.join(file("spirv"))).unwrap();
        assert_eq!(binary[..4], 0x0723_0203_u32.to_le_bytes(), "{pipeline}");
    }
    assert_eq!(dispatches, 30);
    assert_eq!(names_in(&folder), files);
}

/// Those of the plan are among them, under the same names.
#[test]
fn candidates_are_written_in_every_size() {
    let home = tempfile::tempdir().unwrap();
    let written = |folder: &str, further: &[&str]| {
        let folder = home.path().join(folder);
        let path = folder.to_str().unwrap();
        prints(&[&["plan", "lenet5", "--shaders", path], further].concat());
        names_in(&folder)
    };
    let candidates = written("candidates", &["--candidates"]);
    assert!(candidates.is_superset(&written("plan", &[])));
    for expected in [
        "conv_tiled-64x64.spv",
        "conv_tiled-32x32.spv",
        "conv_split_k-8-slices.spv",
        "conv-4-pixels.spv",
        "linear.spv",
    ] {
        assert!(candidates.contains(expected), "{candidates:?}");
    }
    let ending = end(command(&["plan", "lenet5", "--candidates"]));
    assert_eq!(ending.status, Some(2), "it needs --shaders");
}

#[test]
fn what_cannot_be_written_costs_a_line_and_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "mine").unwrap();
    // A file in the folder's place; a folder in a file's place, which is found out halfway.
    let taken = home.path().join("taken");
    fs::create_dir_all(taken.join("pipelines.json/full")).unwrap();
    for folder in [file.as_path(), &file.join("below"), &taken] {
        let path = folder.to_str().unwrap();
        let ending = end(command(&["plan", "lenet5", "--shaders", path]));
        assert_eq!(
            (ending.status, ending.stdout.as_str()),
            (Some(1), ""),
            "{path}"
        );
        assert_eq!(ending.stderr.lines().count(), 1, "{}", ending.stderr);
        assert!(
            ending.stderr.contains("cannot be written"),
            "{}",
            ending.stderr
        );
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(
        names_in(&taken),
        BTreeSet::from(["pipelines.json".to_owned()])
    );
}
