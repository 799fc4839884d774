//! Where a download lies, and that it is whole.

use std::fs;
use std::path::Path;
use std::thread;

use serde_json::Value;

use super::{
    REPOSITORY, SIZE, assert_nothing_is_there, blobs, content, fetch_soundly, folder, hub, snapshot,
};
use crate::hub::{Behaviour, COMMIT, sha256};
use crate::program::end;

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
            "verified": true,
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

/// What is there may be all that there ever will be.
#[test]
fn a_damaged_file_stays_where_it_cannot_be_replaced() {
    let hub = hub();
    fetch_soundly(&hub);
    fs::write(snapshot(&hub), b"something else").unwrap();
    let damaged = format!(
        "{}: damaged: expected SHA-256 {}, found {}",
        snapshot(&hub).display(),
        hub.sha256(),
        sha256(b"something else")
    );
    let mut offline = hub.command(&["fetch", "resnet18"]);
    offline.env("HF_HUB_OFFLINE", "1");
    let ending = end(offline);
    assert_eq!(
        ending.stderr,
        format!("error: resnet18: {damaged}, and HF_HUB_OFFLINE forbids to download it\n")
    );
    for behaviour in [
        Behaviour::SendsOtherBytes,
        Behaviour::BreaksOffAt(300_000),
        Behaviour::Refuses("500 Internal Server Error"),
    ] {
        hub.behave(behaviour);
        hub.complaint(&["fetch", "resnet18"]);
        assert_eq!(fs::read(snapshot(&hub)).unwrap(), b"something else");
    }
    fetch_soundly(&hub);
}

/// Caches that were copied, as into containers, have files in place of the links.
#[test]
fn a_cache_without_links_is_as_good_as_one_with_them() {
    let hub = hub();
    fetch_soundly(&hub);
    let blob = folder(&hub).join("blobs").join(hub.sha256());
    let offline = || {
        let mut command = hub.command(&["fetch", "resnet18", "--json"]);
        command.env("HF_HUB_OFFLINE", "1");
        let ending = end(command);
        assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
        let printed: Value = serde_json::from_str(&ending.stdout).unwrap();
        printed["fetched"][0].clone()
    };
    hub.requests();

    fs::remove_file(snapshot(&hub)).unwrap();
    fs::copy(&blob, snapshot(&hub)).unwrap();
    assert_eq!(offline()["verified"], true);

    fs::remove_file(&blob).unwrap();
    let found = offline();
    assert_eq!(
        (&found["verified"], &found["downloaded"]),
        (&false.into(), &false.into())
    );
    assert_eq!(found["sha256"], hub.sha256());
    assert_eq!(hub.requests(), []);

    // The server knows, and the file is not sent again.
    let ending = hub.end(&["fetch", "resnet18"]);
    assert!(ending.stdout.ends_with(" verified\n"), "{}", ending.stdout);
    assert_eq!(hub.requests().len(), 1);

    fs::write(snapshot(&hub), b"something else").unwrap();
    fetch_soundly(&hub);
}

/// `huggingface_hub` has no blobs then.
#[cfg(unix)]
#[test]
fn a_cache_may_be_without_links() {
    let hub = hub();
    let mut command = hub.command(&["fetch", "resnet18"]);
    command.env("HF_HUB_DISABLE_SYMLINKS", "1");
    assert_eq!(end(command).status, Some(0));
    assert!(fs::symlink_metadata(snapshot(&hub)).unwrap().is_file());
    assert_eq!(fs::read(snapshot(&hub)).unwrap(), content());
    assert_eq!(blobs(&hub), [""; 0]);
}

/// Where nothing can be written, what is there is still found: nothing is written.
#[test]
fn an_intact_file_is_found_without_writing() {
    let hub = hub();
    fetch_soundly(&hub);
    fs::remove_dir_all(hub.home.path().join("hub/.locks")).unwrap();
    let blob = folder(&hub).join("blobs").join(hub.sha256());
    for is_link in [true, false] {
        if !is_link {
            fs::remove_file(snapshot(&hub)).unwrap();
            fs::rename(&blob, snapshot(&hub)).unwrap();
        }
        assert_eq!(hub.end(&["fetch", "resnet18"]).status, Some(0));
        assert!(!hub.home.path().join("hub/.locks").exists());
        assert_eq!(blobs(&hub).len(), usize::from(is_link));
    }
}

/// A file may have at most 512 KiB here. The first half of the download stays, to be continued.
#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error_and_leaves_nothing_half_written() {
    let hub = hub();
    let fetch = hub.command(&["fetch", "resnet18"]);
    let mut limited = std::process::Command::new("sh");
    limited
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 1024; exec \"$0\" fetch resnet18",
        ])
        .arg(fetch.get_program())
        .envs(
            fetch
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    let ending = end(limited);
    assert_eq!(ending.status, Some(1));
    assert!(
        ending
            .stderr
            .ends_with(".incomplete: cannot be written: File too large (os error 27)\n"),
        "{}",
        ending.stderr
    );
    assert_nothing_is_there(&hub);
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
