//! `menagerie compare`: what is compared, in which words, and for programs.

use serde_json::{Value, json};

use crate::program::{command, end, json, prints};

fn labels(comparison: &Value) -> Vec<&str> {
    let compared = comparison["compared"].as_array().unwrap();
    compared
        .iter()
        .map(|row| row["label"].as_str().unwrap())
        .collect()
}

#[test]
fn every_combination_takes_its_turns() {
    let comparison = json(&[
        "compare",
        "lenet5",
        "--adapter",
        "cpu",
        "--batch",
        "1,2",
        "--passes",
        "on,off",
        "--rounds",
        "2",
        "--json",
    ]);
    assert_eq!(
        labels(&comparison),
        [
            "lenet5, batch 1, passes on",
            "lenet5, batch 1, passes off",
            "lenet5, batch 2, passes on",
            "lenet5, batch 2, passes off",
        ]
    );
    assert_eq!(comparison["rounds"], 2);
    let compared = comparison["compared"].as_array().unwrap();
    let inputs = json!([{"name": "input", "shape": [1, 28, 28]}]);
    assert_eq!(compared[3]["inputs"], inputs);
    assert_eq!(
        (&compared[3]["batch"], &compared[3]["passes"]),
        (&json!(2), &json!(false))
    );
    for row in compared {
        let number = |group: &str, key: &str| row[group][key].as_f64().unwrap();
        assert!(number("ms", "min") > 0.0);
        assert!(number("ms", "min") <= number("ms", "median"));
        assert!(number("ms", "median") <= number("ms", "max"));
        assert!(number("ratio", "lower") <= number("ratio", "median"));
        assert!(number("ratio", "median") <= number("ratio", "upper"));
    }
    assert_eq!(
        compared[0]["ratio"],
        json!({ "lower": 1.0, "median": 1.0, "upper": 1.0 })
    );
}

#[test]
fn a_network_is_compared_with_itself_in_other_sizes() {
    let text = prints(&[
        "compare",
        "lenet5",
        "--adapter",
        "cpu",
        "--size",
        "28,29x31",
        "--rounds",
        "1",
        "--csv",
    ]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "label,median_ms,min_ms,max_ms,ratio,ratio_lower,ratio_upper,gflops,peak_percent,roofline_percent"
    );
    assert!(lines[1].starts_with("\"lenet5, 28x28\","), "{text}");
    assert!(lines[2].starts_with("\"lenet5, 29x31\","), "{text}");
    assert_eq!(lines.len(), 3);
}

#[test]
fn all_adapters_are_those_that_are_listed() {
    let adapters = json(&["adapters", "--json"]);
    let adapters = adapters.as_array().unwrap();
    let comparison = json(&[
        "compare",
        "lenet5",
        "--adapter",
        "all",
        "--adapter",
        "cpu",
        "--rounds",
        "1",
        "--json",
    ]);
    let labels = labels(&comparison);
    assert_eq!(labels.len(), adapters.len() + 1);
    for (label, adapter) in labels.iter().zip(adapters) {
        assert!(label.contains(adapter["name"].as_str().unwrap()), "{label}");
    }
    assert_eq!(labels.last(), Some(&"lenet5, cpu (reference executor)"));
}

#[test]
fn kernels_are_those_that_can() {
    let cache = tempfile::tempdir().unwrap();
    let mut command = command(&[
        "compare", "kernels", "--conv", "12x1x3x3", "--groups", "12", "--size", "9x7", "--stride",
        "2", "--rounds", "2", "--json",
    ]);
    command.env("XDG_CACHE_HOME", cache.path());
    let ending = end(command);
    assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
    let comparison: Value = serde_json::from_str(&ending.stdout).unwrap();
    let title = comparison["title"].as_str().unwrap();
    assert!(
        title.starts_with(
            "conv2d 12->12 3x3 stride 2 padding 1 depthwise + bias on 12x9x7, batch 1, on "
        ),
        "{title}"
    );
    let labels = labels(&comparison);
    for expected in [
        "depthwise_unrolled 3x3 stride 2, buffers",
        "depthwise_unrolled 3x3 stride 2, textures",
        "depthwise strided, buffers",
        "depthwise strided, textures",
        "conv 8 pixels, buffers",
        "conv 8 pixels, textures",
    ] {
        assert!(labels.contains(&expected), "{labels:?}");
    }
    assert!(
        labels[0].starts_with("depthwise_unrolled 3x3 stride 2, "),
        "what plans choose comes first"
    );
    let chosen = comparison["compared"].as_array().unwrap().iter();
    assert_eq!(chosen.filter(|row| row["chosen"] == true).count(), 1);
    assert!(comparison["peak_gflops"].as_f64().unwrap() > 0.0);
    let notes = comparison["notes"].to_string();
    assert!(
        notes.contains(
            "not linear: it needs a 1x1 window on one pixel, found 3x3 stride 2 padding 1 on 12x9x7"
        ),
        "{notes}"
    );
}
