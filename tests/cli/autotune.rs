//! `menagerie autotune`, and what other commands make of what it remembers.

use std::fs;
use std::path::Path;

use menagerie::cache::Cache;
use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::program::{Planning, Program, Tuning};
use menagerie::{tune, zoo};
use serde_json::Value;

use crate::program::{Ending, command, end};

fn with_cache(cache: &Path, arguments: &[&str]) -> Ending {
    let mut command = command(arguments);
    command.env("XDG_CACHE_HOME", cache);
    end(command)
}

#[test]
fn winners_are_told_and_remembered() {
    let home = tempfile::tempdir().unwrap();
    let arguments = [
        "autotune",
        "lenet5",
        "--adapter",
        "0",
        "--no-passes",
        "--rounds",
        "2",
        "--json",
    ];
    let ending = with_cache(home.path(), &arguments);
    assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
    let said: Value = serde_json::from_str(&ending.stdout).unwrap();
    let layers = said["layers"].as_array().unwrap();
    let fc3 = layers
        .iter()
        .find(|layer| layer["layers"][0] == "fc3")
        .unwrap();
    let key = fc3["key"].as_str().unwrap();
    assert!(
        key.starts_with("linear 84->10 of 84x1x1, batch 1, "),
        "{key}"
    );
    let gpu = Gpu::open(&AdapterChoice::Index(0)).unwrap();
    assert_eq!(fc3["untuned"], untuned(&gpu, 1)[2]);
    let kernels = fc3["kernels"].as_array().unwrap();
    let mut names = kernels.iter().map(|kernel| &kernel["kernel"]);
    assert!(names.any(|name| *name == fc3["winner"]), "{fc3}");

    let cache = Cache::in_folder(home.path().join("menagerie"));
    let kept = tune::recall(&cache, gpu.description()).unwrap();
    // Winners that make the whole network slower are not kept, which on a busy machine may happen.
    assert_eq!(kept.is_some(), said["remembered"] == true);
    if let Some(kept) = kept {
        assert_eq!(kept.winner(key), fc3["winner"].as_str());
    }
}

/// The kernels of LeNet-5's linear layers where nothing was tried.
fn untuned(gpu: &Gpu, batch: usize) -> Vec<String> {
    let graph = zoo::find("lenet5").unwrap().graph().unwrap();
    let program = Program::new(&graph, gpu.profile(), &Planning::of_batch(batch)).unwrap();
    let dispatches = program.dispatches().iter();
    let linear = dispatches.filter(|dispatch| dispatch.operation.starts_with("linear"));
    linear
        .map(|dispatch| dispatch.kernel.name.to_owned())
        .collect()
}

/// Kernels of LeNet-5's linear layers as planned with these further arguments, and what was said besides.
fn planned(home: &Path, arguments: &[&str]) -> (Vec<String>, String) {
    let plan = ["plan", "lenet5", "--adapter", "0", "--no-passes", "--json"];
    let ending = with_cache(home, &[&plan[..], arguments].concat());
    assert_eq!(ending.status, Some(0), "{}", ending.stderr);
    let plan: Value = serde_json::from_str(&ending.stdout).unwrap();
    let text = |dispatch: &Value, key: &str| dispatch[key].as_str().unwrap().to_owned();
    let dispatches = plan["dispatches"].as_array().unwrap().iter();
    let linear = dispatches.filter(|dispatch| text(dispatch, "operation").starts_with("linear"));
    let kernels = linear.map(|dispatch| text(dispatch, "kernel"));
    (kernels.collect(), ending.stderr)
}

#[test]
fn plans_follow_what_is_remembered_and_what_is_broken_costs_a_line() {
    let home = tempfile::tempdir().unwrap();
    let cache = Cache::in_folder(home.path().join("menagerie"));
    let gpu = Gpu::open(&AdapterChoice::Index(0)).unwrap();
    // As if `conv` had won everywhere.
    let mut tuning = Tuning::NONE;
    let graph = zoo::find("lenet5").unwrap().graph().unwrap();
    for layer in tune::layers(&graph, gpu.profile(), &Planning::of_batch(1)) {
        tuning.prefer(layer.key, "conv 8 pixels");
    }
    tune::remember(&cache, gpu.description(), &tuning).unwrap();
    let quietly = |kernels: Vec<String>| (kernels, String::new());
    assert_eq!(
        planned(home.path(), &[]),
        quietly(vec!["conv".to_owned(); 3])
    );
    assert_eq!(
        planned(home.path(), &["--no-autotune"]),
        quietly(untuned(&gpu, 1))
    );
    // Other layers than those that were tried.
    assert_eq!(
        planned(home.path(), &["--batch", "2"]),
        quietly(untuned(&gpu, 2))
    );

    let file = cache.path("tuning", gpu.description());
    let sound = fs::read_to_string(&file).unwrap();
    let driver = gpu.description().driver.as_str();
    for (content, complaint) in [
        ("{".to_owned(), "not JSON: ".to_owned()),
        (
            sound.replace(driver, "another"),
            format!("measured with the driver \"another\", and this is \"{driver}\""),
        ),
        (
            sound.replace("\"conv 8 pixels\"", "1"),
            "holds no sound tuning".to_owned(),
        ),
        (
            sound.replace("\"kernels\": \"", "\"kernels\": \"0"),
            "measured with other kernels".to_owned(),
        ),
    ] {
        fs::write(&file, content).unwrap();
        let (kernels, said) = planned(home.path(), &[]);
        assert_eq!(kernels, untuned(&gpu, 1));
        let expected = format!("warning: {}: {complaint}", file.display());
        assert!(said.starts_with(&expected), "{said}");
        assert!(
            said.ends_with("; `menagerie autotune` measures again\n"),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1);
    }
    // A kernel that there is not: as if nothing had been tried.
    fs::write(&file, sound.replace("\"conv 8 pixels\"", "\"convolve\"")).unwrap();
    assert_eq!(planned(home.path(), &[]), quietly(untuned(&gpu, 1)));
}
