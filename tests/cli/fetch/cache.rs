//! Where a download lies, and that it is whole.

use std::fs;
use std::path::Path;
use std::thread;

use serde_json::Value;

use super::{REPOSITORY, SIZE, blobs, content, fetch_soundly, folder, hub, snapshot};
use crate::hub::{Behaviour, COMMIT, sha256};

/// What `sha256sum` says of the file.
#[test]
fn the_digest_is_the_one_of_everybody() {
    assert_eq!(
        sha256(&content()),
        "720875c71138e974da5bb2d9013c11784bb46523debb9f5b5c13364e223bef3c"
    );
}

#[test]
fn a_download_lies_where_python_looks_for_it() {
    let hub = hub();
    let path = snapshot(&hub);
    let rest = format!(
        "  {}\n  1000000 bytes, sha256 {} verified\n",
        path.display(),
        hub.sha256()
    );
    let ending = hub.end(&["fetch", "resnet18"]);
    assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        ending.stdout,
        format!("resnet18: timm/resnet18.tv_in1k@main, downloaded\n{rest}")
    );
    assert_eq!(fs::read(&path).unwrap(), content());
    assert_eq!(blobs(&hub), [hub.sha256()]);
    assert_eq!(
        fs::read_to_string(folder(&hub).join("refs/main")).unwrap(),
        COMMIT
    );
    #[cfg(unix)]
    assert_eq!(
        fs::read_link(&path).unwrap(),
        Path::new("../../blobs").join(hub.sha256())
    );
    let lines: Vec<String> = hub
        .requests()
        .into_iter()
        .map(|request| request.line)
        .collect();
    assert_eq!(
        lines,
        [
            format!("HEAD /{REPOSITORY}/resolve/main/model.safetensors"),
            // The commit and not the branch, which may have moved on.
            format!("GET /{REPOSITORY}/resolve/{COMMIT}/model.safetensors"),
            format!("GET /files/{}", hub.sha256()),
        ]
    );

    let ending = hub.end(&["fetch", "resnet18"]);
    assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        ending.stdout,
        format!("resnet18: timm/resnet18.tv_in1k@main, already there\n{rest}")
    );
    assert_eq!(hub.requests(), []);
}

#[test]
fn json_tells_the_same_and_what_failed() {
    let hub = hub();
    let value = |downloaded: bool| {
        serde_json::json!({
            "model": "resnet18",
            "repository": REPOSITORY,
            "revision": "main",
            "path": snapshot(&hub).to_str().unwrap(),
            "size": SIZE,
            "sha256": hub.sha256(),
            "downloaded": downloaded,
        })
    };
    let ending = hub.end(&["fetch", "resnet34", "resnet18", "resnet18", "--json"]);
    assert_eq!(ending.status, Some(1));
    let printed: Value = serde_json::from_str(&ending.stdout).unwrap();
    assert_eq!(
        printed["fetched"],
        serde_json::json!([value(true), value(false)])
    );
    let failed = printed["failed"].as_array().unwrap();
    assert_eq!(
        (failed.len(), &failed[0]["model"]),
        (1, &Value::from("resnet34"))
    );
    let error = failed[0]["error"].as_str().unwrap();
    assert!(error.contains("404"), "{error}");
    assert_eq!(ending.stderr, format!("error: resnet34: {error}\n"));
}

#[test]
fn a_renamed_repository_is_found() {
    let hub = hub();
    hub.behave(Behaviour::WasRenamed);
    assert_eq!(hub.end(&["fetch", "resnet18"]).status, Some(0));
    assert_eq!(fs::read(snapshot(&hub)).unwrap(), content());
}

#[test]
fn a_file_that_changed_in_the_cache_is_replaced() {
    let hub = hub();
    fetch_soundly(&hub);
    fs::write(snapshot(&hub), b"something else").unwrap();
    fetch_soundly(&hub);
}

#[test]
fn two_downloads_at_once_are_one() {
    let hub = hub();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert_eq!(hub.end(&["fetch", "resnet18"]).status, Some(0)));
        }
    });
    assert_eq!(fs::read(snapshot(&hub)).unwrap(), content());
    let files = hub
        .requests()
        .into_iter()
        .filter(|request| request.line.contains("/files/"));
    assert_eq!(files.count(), 1);
}
