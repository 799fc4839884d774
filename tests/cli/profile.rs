//! `menagerie profile`, on the default adapter.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Ending, command, end};

/// A profile of two runs, with a cache of the test's own.
fn profile(cache: &Path, arguments: &[&str]) -> Command {
    let mut command = command(&["profile", "lenet5", "--runs", "2"]);
    command.args(arguments).env("XDG_CACHE_HOME", cache);
    command
}

/// A cache that knows the adapter already: measuring takes seconds.
fn filled_cache() -> &'static Path {
    static CACHE: OnceLock<TempDir> = OnceLock::new();
    let cache = CACHE.get_or_init(|| {
        let cache = tempfile::tempdir().unwrap();
        succeed(profile(cache.path(), &[]));
        cache
    });
    cache.path()
}

fn succeed(command: Command) -> Ending {
    let ending = end(command);
    assert_eq!(
        (ending.status, ending.stderr.as_str()),
        (Some(0), ""),
        "{}",
        ending.stdout
    );
    ending
}

fn json(arguments: &[&str]) -> Value {
    let ending = succeed(profile(filled_cache(), arguments));
    serde_json::from_str(&ending.stdout).unwrap()
}

/// The measurements that a cache holds.
fn kept(cache: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(cache.join("menagerie")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn json_tells_all_and_adds_up() {
    let report = json(&["--json"]);
    let number = |value: &Value| value.as_f64().unwrap();
    assert_eq!(report["model"], "lenet5");
    assert_eq!(report["inputs"][0]["shape"], serde_json::json!([1, 28, 28]));
    assert_eq!(report["timing"], "in_pass");
    let dispatches = report["dispatches"].as_array().unwrap();
    let layers: Vec<&str> = dispatches
        .iter()
        .map(|dispatch| dispatch["layer"].as_str().unwrap())
        .collect();
    assert_eq!(
        layers,
        ["conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3"]
    );
    let sum = |key: &str| {
        dispatches
            .iter()
            .map(|dispatch| number(&dispatch[key]))
            .sum::<f64>()
    };
    assert!((sum("share_percent") - 100.0).abs() < 1e-9);
    assert!((sum("median_us") / 1e3 - number(&report["kernels_ms"])).abs() < 1e-9);
    // 25 multiply-adds, a bias and a comparison for each of 6 * 28 * 28 values.
    assert_eq!(dispatches[0]["flops"], 4704 * 52);
    assert_eq!(dispatches[0]["bytes"], 4 * (28 * 28 + 4704 + 6 * 25 + 6));

    let roofline = &report["roofline"];
    for dispatch in dispatches {
        let [flops, bytes] = ["flops", "bytes"].map(|key| number(&dispatch[key]));
        let intensity = flops / bytes;
        let roof = number(&roofline["gflops"]).min(intensity * number(&roofline["gbytes"]));
        let percent = 100.0 * number(&dispatch["gflops"]) / roof;
        let found = number(&dispatch["roofline_percent"]);
        assert!((found / percent - 1.0).abs() < 1e-9, "{found} {percent}");
    }

    let first = &report["first_answer_ms"];
    let steps = ["load", "device", "session", "first_run"].map(|step| number(&first[step]));
    assert!(steps.iter().sum::<f64>() <= number(&first["total"]));
    for part in ["compile", "upload"] {
        assert!(number(&first[part]) <= number(&first["session"]), "{part}");
    }
    let gap = number(&report["wall_ms"]["median"]) - number(&report["kernels_ms"]);
    assert!((number(&report["gap_ms"]) - gap).abs() < 1e-9);
}

#[test]
fn the_table_has_a_line_for_each_dispatch() {
    let text = succeed(profile(filled_cache(), &["--no-passes"])).stdout;
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("layer"), "{text}");
    let rows = lines.iter().position(|line| line.is_empty()).unwrap();
    let plan = end(command(&["plan", "lenet5", "--no-passes", "--json"])).stdout;
    let plan: Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(rows - 1, plan["dispatches"].as_array().unwrap().len());
    let shares: f64 = lines[1..rows]
        .iter()
        .map(|line| {
            line.split_whitespace()
                .nth(7)
                .unwrap()
                .parse::<f64>()
                .unwrap()
        })
        .sum();
    assert!((shares - 100.0).abs() < 1e-9, "{text}");
    for total in [
        "wall time untimed",
        "kernels",
        "gap to the wall",
        "first answer after",
        "roofline: ",
    ] {
        assert!(text.contains(total), "{total}: {text}");
    }
}

#[test]
fn csv_has_the_same_rows() {
    let text = succeed(profile(filled_cache(), &["--csv"])).stdout;
    let mut lines = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(&lines.headers().unwrap()[0], "layer");
    let records: Vec<csv::StringRecord> = lines.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 7);
    assert_eq!(&records[6][0], "fc3");
    assert!(
        records
            .iter()
            .all(|record| record[5].parse::<f64>().unwrap() > 0.0)
    );
}

/// An event of a trace: category, begin and end in nanoseconds.
#[derive(Clone, Debug, PartialEq)]
struct Event {
    category: String,
    name: String,
    begin: i64,
    end: i64,
}

/// The events of each track, in the file's order.
fn tracks(trace: &Value) -> Vec<Vec<Event>> {
    let mut tracks: Vec<((u64, u64), Vec<Event>)> = Vec::new();
    for event in trace["traceEvents"].as_array().unwrap() {
        let track = (
            event["pid"].as_u64().unwrap(),
            event["tid"].as_u64().unwrap(),
        );
        if event["ph"] == "M" {
            assert!(event["args"]["name"].is_string());
            continue;
        }
        assert_eq!(event["ph"], "X");
        let nanoseconds = |key: &str| (event[key].as_f64().unwrap() * 1e3).round() as i64;
        let event = Event {
            category: event["cat"].as_str().unwrap().to_owned(),
            name: event["name"].as_str().unwrap().to_owned(),
            begin: nanoseconds("ts"),
            end: nanoseconds("ts") + nanoseconds("dur"),
        };
        assert!(event.begin <= event.end);
        match tracks.iter_mut().find(|(other, _)| *other == track) {
            Some((_, events)) => events.push(event),
            None => tracks.push((track, vec![event])),
        }
    }
    tracks.into_iter().map(|(_, events)| events).collect()
}

/// The categories of an event's ancestors and itself; fails where two events overlap without nesting.
fn nesting(events: &[Event]) -> Vec<Vec<String>> {
    let mut open: Vec<&Event> = Vec::new();
    let mut paths = Vec::new();
    for event in events {
        while open
            .last()
            .is_some_and(|parent| parent.end <= event.begin && parent.end < event.end)
        {
            open.pop();
        }
        if let Some(parent) = open.last() {
            assert!(
                parent.begin <= event.begin && event.end <= parent.end,
                "{event:?} in {parent:?}"
            );
        }
        open.push(event);
        paths.push(open.iter().map(|event| event.category.clone()).collect());
    }
    paths
}

#[test]
fn the_trace_nests() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    json(&["--json", "--trace", path.to_str().unwrap()]);
    let trace = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let tracks = tracks(&trace);
    assert_eq!(tracks.len(), 4, "runs, first answer, compile, upload");
    let runs = nesting(&tracks[0]);
    assert_eq!(runs.len(), 2 * (1 + 1 + 7));
    for (event, path) in tracks[0].iter().zip(&runs) {
        let expected: &[&str] = match event.category.as_str() {
            "run" => &["run"],
            "pass" => &["run", "pass"],
            _ => &["run", "pass", "dispatch"],
        };
        assert_eq!(path, expected, "{event:?}");
    }
    let steps: Vec<(&str, usize)> = tracks[1]
        .iter()
        .zip(nesting(&tracks[1]))
        .map(|(event, path)| (event.name.as_str(), path.len()))
        .collect();
    let expected = [
        ("first answer", 1),
        ("load", 2),
        ("graph and passes", 2),
        ("device", 2),
        ("session", 2),
        ("plan", 3),
        ("first run", 2),
    ];
    assert_eq!(steps, expected);
}

#[test]
fn the_page_holds_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    let report = json(&["--json", "--html", path.to_str().unwrap()]);
    let page = fs::read_to_string(&path).unwrap();
    let (_, rest) = page.split_once(r#"id="report">"#).unwrap();
    let embedded: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(embedded, report);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 1, "nothing but the page is left behind");
}

#[test]
fn a_cache_that_is_no_good_costs_a_line_and_nothing_else() {
    let cache = tempfile::tempdir().unwrap();
    succeed(profile(cache.path(), &[]));
    let [path] = &kept(cache.path())[..] else {
        panic!("one file is kept");
    };
    let sound = fs::read_to_string(path).unwrap();
    fs::write(path, "{").unwrap();
    let ending = end(profile(cache.path(), &[]));
    assert_eq!(ending.status, Some(0), "{}", ending.stderr);
    assert_eq!(
        ending.stderr,
        format!(
            "warning: {}: not JSON: EOF while parsing an object at line 1 column 1; measuring again\n",
            path.display()
        )
    );
    assert!(ending.stdout.contains("roofline: "));
    let [sound, again] = [sound, fs::read_to_string(path).unwrap()]
        .map(|text| serde_json::from_str::<Value>(&text).unwrap());
    assert_eq!(sound["driver"], again["driver"]);

    // What is kept is what is shown, until it is to be measured again.
    let faked = again.to_string().replace(
        &again["roofline"].to_string(),
        r#"{"bytes_per_second":1e9,"flops_per_second":123e9}"#,
    );
    fs::write(path, &faked).unwrap();
    let roofline = "roofline: 123.0 GFLOP/s, 1.0 GB/s; ridge at 123.0 FLOP/byte";
    assert!(
        succeed(profile(cache.path(), &[]))
            .stdout
            .contains(roofline)
    );
    let fresh = succeed(profile(cache.path(), &["--measure-roofline"])).stdout;
    assert!(!fresh.contains(roofline), "{fresh}");
    assert_ne!(fs::read_to_string(path).unwrap(), faked);
}

#[test]
fn a_cache_that_cannot_be_written_costs_a_line() {
    let cache = tempfile::tempdir().unwrap();
    let folder = cache.path().join("menagerie");
    fs::write(&folder, "no folder").unwrap();
    let ending = end(profile(cache.path(), &[]));
    assert_eq!(ending.status, Some(0), "{}", ending.stderr);
    assert!(ending.stdout.contains("roofline: "));
    let expected = format!("warning: {}: cannot be made: ", folder.display());
    assert!(ending.stderr.starts_with(&expected), "{}", ending.stderr);
    assert_eq!(ending.stderr.lines().count(), 1, "{}", ending.stderr);
}
