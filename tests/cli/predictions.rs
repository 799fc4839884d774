//! Plans for devices that are not here, with predicted times, and predictions against measurements.

use std::fs;

use serde_json::Value;

use crate::program::{command, end, json, prints};
use crate::writer::{graph, model, node, values};

const DEVICES: [&str; 5] = ["h100", "rx7900xtx", "arc-a770", "m3", "adreno750"];

/// Each dispatch has a time and a bound, and the total is their sum.
#[test]
fn a_plan_for_a_device_predicts_its_times() {
    for device in DEVICES {
        let plan = json(&["plan", "--device", device, "squeezenet1_1", "--json"]);
        let dispatches = plan["dispatches"].as_array().unwrap();
        let micros = |dispatch: &Value| dispatch["predicted"]["us"].as_f64().unwrap();
        let total: f64 = dispatches.iter().map(micros).sum();
        let expected = plan["predicted_ms"].as_f64().unwrap() * 1e3;
        assert!((total - expected).abs() < 1e-6 * expected, "{device}");
        for dispatch in dispatches {
            let bound = dispatch["predicted"]["bound"].as_str().unwrap();
            assert!(["arithmetic", "bandwidth", "latency", "launch"].contains(&bound));
            let others = dispatch["runners_up"].as_array().unwrap();
            let is_worse =
                |other: &Value| other["spills"] == true || micros(other) >= micros(dispatch);
            assert!(others.iter().all(is_worse), "{dispatch}");
        }
        let convolution = &dispatches[0];
        assert_eq!(convolution["chosen"], "the shortest predicted time");
        assert!(convolution["runners_up"].as_array().unwrap().len() >= 2);
    }
}

#[test]
fn a_prediction_is_marked_as_one() {
    let text = prints(&["plan", "--device", "h100", "lenet5"]);
    let first = "lenet5, batch 1, for NVIDIA H100 SXM (gpu, tensors in buffers, subgroups of 32, matrix units of 16x16); \
                 times are predictions, not measurements\n";
    assert!(text.starts_with(first), "{text}");
    assert!(text.contains("predicted µs  bound\n"), "{text}");
    assert!(
        text.contains("for 132 processors, 66.9 TFLOP/s, 3350 GB/s, 3 µs between dispatches\n")
    );
    assert!(!text.contains(" times as long\n"), "{text}");
    let why = prints(&["plan", "--device", "h100", "--why", "lenet5"]);
    assert!(why.contains("  the shortest predicted time\n"), "{why}");
    assert!(why.contains("  the only kernel\n"), "{why}");
    assert!(why.contains(" times as long\n"), "{why}");
    // Without a device, the plan is for any WebGPU device.
    let why = prints(&["plan", "--why", "lenet5"]);
    assert!(why.starts_with("lenet5, batch 1, for any WebGPU device (gpu, tensors in buffers);"));
}

#[test]
fn an_unknown_device_is_one_line() {
    for (name, expected) in [
        (
            "h10",
            "error: no device \"h10\"; did you mean h100? there are: ",
        ),
        ("voodoo2", "error: no device \"voodoo2\"; there are: "),
    ] {
        let ending = end(command(&["plan", "--device", name, "lenet5"]));
        assert_eq!(ending.status, Some(1));
        assert_eq!(ending.stderr, format!("{expected}{}\n", DEVICES.join(", ")));
    }
}

#[test]
fn an_onnx_file_is_predicted_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.onnx");
    let nodes = [node("Conv", &["x", "w"], &["y"])];
    let parameters = [values("w", &[3, 3, 1, 1], &[1.0; 9])];
    fs::write(&path, model(17, graph(&nodes, &parameters)).0).unwrap();
    let plan = json(&["plan", "--device", "m3", path.to_str().unwrap(), "--json"]);
    assert_eq!(plan["device"], "Apple M3 with 10 GPU cores");
    assert!(plan["dispatches"][0]["predicted"]["us"].as_f64() > Some(0.0));
}

#[test]
fn predictions_are_judged_by_measurements() {
    let home = tempfile::tempdir().unwrap();
    let arguments = [
        "compare",
        "predictions",
        "lenet5",
        "--adapter",
        "0",
        "--rounds",
        "2",
    ];
    let run = |more: &[&str]| {
        let mut command = command(&[&arguments[..], more].concat());
        command.env("XDG_CACHE_HOME", home.path());
        let ending = end(command);
        assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
        ending.stdout
    };
    let said: Value = serde_json::from_str(&run(&["--json"])).unwrap();
    let layers = said["layers"].as_array().unwrap();
    assert_eq!(layers.len(), 5);
    for kernel in layers
        .iter()
        .flat_map(|it| it["kernels"].as_array().unwrap())
    {
        assert!(kernel["measured_us"].as_f64() > Some(0.0), "{kernel}");
        assert!(kernel["predicted_us"].as_f64() > Some(0.0), "{kernel}");
        assert!(
            kernel["work"]["multiply_adds"].as_u64() > Some(0),
            "{kernel}"
        );
    }
    assert!((-1.0..=1.0).contains(&said["tau"].as_f64().unwrap()));
    assert!(said["loss"].as_f64().unwrap() >= 1.0);
    let text = run(&[]);
    for line in [
        "Kendall's tau ",
        "predicted over measured: median ",
        "the kernel that is ",
    ] {
        assert!(text.contains(&format!("\n{line}")), "{text}");
    }
}
