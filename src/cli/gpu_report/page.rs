//! The report as a page. It is made from the JSON, so both have the same numbers.

use serde_json::Value;

use crate::cli::chart::{Cell, Chart};

/// The page of `report`.
pub fn page(report: &Value) -> String {
    let device = &report["device"];
    let title = format!("{} ({})", text(&device["name"]), text(&device["backend"]));
    let below = format!(
        "{}; {}; menagerie {}; {:.0} s",
        text(&device["driver"]),
        text(&device["profile"]),
        text(&report["version"]),
        report["seconds"].as_f64().unwrap_or(0.0),
    );
    let mut chart = Chart::new(&title, &below);
    networks(&mut chart, report);
    kernels(&mut chart, report);
    answers(&mut chart, report);
    chart.finish()
}

/// A text without its quotes; empty if it is missing.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value, digits: usize) -> Cell {
    let number = value.as_f64().map(|number| format!("{number:.digits$}"));
    Cell::Text(number.unwrap_or_default())
}

/// Why there are no numbers; empty if there are.
fn remark(entry: &Value) -> Cell {
    let of = |key: &str| entry.get(key).map(text);
    let kept = || {
        let kept = entry.get("kept_f32")?.as_array()?;
        Some(format!("{} layers in f32", kept.len()))
    };
    let remark = of("error").or_else(|| of("left_out")).or_else(kept);
    Cell::Text(remark.unwrap_or_default())
}

fn networks(chart: &mut Chart, report: &Value) {
    let roofline = &report["roofline"];
    let peak = format!(
        "roofline: {:.1} GFLOP/s, {:.1} GB/s",
        roofline["gflops"].as_f64().unwrap_or(f64::NAN),
        roofline["gbytes"].as_f64().unwrap_or(f64::NAN)
    );
    let entries = list(&report["networks"]);
    let longest = entries.iter().filter_map(per_image);
    let longest = longest.fold(0.0, f64::max);
    let rows = entries.iter().map(|entry| {
        vec![
            Cell::Text(text(&entry["model"])),
            Cell::Text(text(&entry["batch"])),
            number(&entry["wall_ms"]["median"], 3),
            Cell::Bar(per_image(entry).unwrap_or(0.0) / longest),
            number(&entry["kernels_ms"], 3),
            number(&entry["predicted_ms"], 3),
            number(&entry["host"]["wall_minus_span_ms"], 3),
            number(&entry["host"]["record_us_per_dispatch"], 2),
            number(&entry["roofline_percent"], 1),
            Cell::Bar(entry["roofline_percent"].as_f64().unwrap_or(0.0) / 100.0),
            remark(entry),
        ]
    });
    let header = [
        "network",
        "batch",
        "wall ms",
        "ms per image",
        "kernels ms",
        "predicted ms",
        "wall - GPU ms",
        "record us/dispatch",
        "roofline %",
        "",
        "",
    ];
    chart.table("Times", &header, &rows.collect::<Vec<_>>(), &[peak]);
}

fn per_image(entry: &Value) -> Option<f64> {
    Some(entry["wall_ms"]["median"].as_f64()? / entry["batch"].as_f64()?)
}

fn kernels(chart: &mut Chart, report: &Value) {
    let entries = list(&report["kernels"]);
    let ratio = |entry: &Value| {
        let fastest = &entry["fastest"];
        let mut kernels = list(&entry["kernels"]).iter();
        let kernel = kernels.find(|kernel| kernel["kernel"] == *fastest)?;
        kernel["ratio"]["median"].as_f64()
    };
    let rows = entries.iter().map(|entry| {
        let ratio = ratio(entry);
        vec![
            Cell::Text(text(&entry["model"])),
            Cell::Text(text(&entry["operation"])),
            Cell::Text(text(&entry["planned"])),
            Cell::Text(text(&entry["fastest"])),
            Cell::Text(ratio.map_or(String::new(), |ratio| format!("{ratio:.3}"))),
            Cell::Bar(ratio.unwrap_or(0.0)),
            remark(entry),
        ]
    });
    let timed = entries
        .iter()
        .filter(|entry| entry.get("fastest").is_some());
    let same = timed
        .clone()
        .filter(|entry| entry["planned"] == entry["fastest"]);
    let note = format!(
        "{} of {} layers: no kernel is faster than the planned one",
        same.count(),
        timed.count()
    );
    let header = [
        "network",
        "layer",
        "planned",
        "fastest",
        "time / planned",
        "",
        "",
    ];
    chart.table("Kernels", &header, &rows.collect::<Vec<_>>(), &[note]);
}

fn answers(chart: &mut Chart, report: &Value) {
    let entries = list(&report["answers"]);
    let rows = entries.iter().map(|entry| {
        let difference = entry["largest_difference"].as_f64();
        vec![
            Cell::Text(text(&entry["model"])),
            Cell::Text(text(&entry["precision"])),
            Cell::Text(difference.map_or(String::new(), |value| format!("{value:.1e}"))),
            Cell::Text(match entry["agrees"].as_bool() {
                Some(true) => "agrees".to_owned(),
                Some(false) => "WRONG".to_owned(),
                None => String::new(),
            }),
            remark(entry),
        ]
    });
    let checked = entries.iter().filter(|entry| entry.get("agrees").is_some());
    let right = checked.clone().filter(|entry| entry["agrees"] == true);
    let note = format!(
        "{} of {} answers agree with the reference executor; {} not checked",
        right.count(),
        checked.clone().count(),
        entries.len() - checked.count()
    );
    let header = ["network", "precision", "largest difference", "", ""];
    chart.table("Answers", &header, &rows.collect::<Vec<_>>(), &[note]);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_page_has_what_was_measured_and_what_was_not() {
        let page = page(&json!({
            "device": { "name": "<GPU>", "backend": "Vulkan", "driver": "1.2" },
            "version": "0.1.0",
            "roofline": null,
            "networks": [
                { "model": "a", "batch": 2, "wall_ms": { "median": 8.0 }, "roofline_percent": 50.0 },
                { "model": "b", "batch": 1, "wall_ms": { "median": 8.0 }, "error": "out of memory" },
                { "model": "c", "batch": 32, "left_out": "no time" },
            ],
            "kernels": [{
                "model": "a", "operation": "conv", "planned": "k", "fastest": "l",
                "kernels": [{ "kernel": "k", "ratio": { "median": 1.0 } }, { "kernel": "l", "ratio": { "median": 0.5 } }],
            }],
            "answers": [
                { "model": "a", "agrees": true, "largest_difference": 2e-7 },
                { "model": "b", "agrees": false, "largest_difference": 0.5, "kept_f32": ["c", "d"] },
            ],
        }));
        assert!(page.contains("&#60;GPU&#62; (Vulkan)"), "{page}");
        // 4 ms for an image, of at most 8.
        assert!(page.contains("<td>8.000</td><td class=\"bar\"><i style=\"width:50.0%\">"));
        assert!(page.contains("<td>out of memory</td>") && page.contains("<td>no time</td>"));
        assert!(page.contains("<td>l</td><td>0.500</td>"));
        assert!(page.contains("0 of 1 layers") && page.contains("1 of 2 answers agree"));
        assert!(page.contains("<td>2.0e-7</td><td>agrees</td>"));
        assert!(page.contains("<td>WRONG</td><td>2 layers in f32</td>"));
    }
}
