//! Downloads, from a server that plays the Hub.

mod bad_server;
mod broken_off;
mod cache;
mod environment;
mod folders;
mod secrets;
mod tls;
mod torchvision;
mod weights;

use std::fs;
use std::path::PathBuf;

use crate::hub::{Behaviour, COMMIT, Hub};

const REPOSITORY: &str = "timm/resnet18.tv_in1k";

/// More than fits the buffers on its way. Nobody looks into it.
const SIZE: usize = 1_000_000;

fn content() -> Vec<u8> {
    (0..SIZE as u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect()
}

fn hub() -> Hub {
    Hub::new(REPOSITORY, content())
}

/// The repository's folder in the cache.
fn folder(hub: &Hub) -> PathBuf {
    hub.home.path().join("hub/models--timm--resnet18.tv_in1k")
}

/// Where users find the file.
fn snapshot(hub: &Hub) -> PathBuf {
    folder(hub)
        .join("snapshots")
        .join(COMMIT)
        .join("model.safetensors")
}

/// Names of all that lies among the blobs.
fn blobs(hub: &Hub) -> Vec<String> {
    let entries = fs::read_dir(folder(hub).join("blobs")).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// Downloads what a sound server has, which must be all of the file and nothing else.
fn fetch_soundly(hub: &Hub) {
    hub.behave(Behaviour::Sound);
    let ending = hub.end(&["fetch", "resnet18"]);
    assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
    assert!(
        ending
            .stdout
            .starts_with("resnet18: timm/resnet18.tv_in1k@main, downloaded\n")
    );
    assert_eq!(fs::read(snapshot(hub)).unwrap(), content());
    assert_eq!(blobs(hub), [hub.sha256()]);
}

fn assert_nothing_is_there(hub: &Hub) {
    assert!(!snapshot(hub).exists());
    assert!(!folder(hub).join("blobs").join(hub.sha256()).exists());
    let complaint = hub.complaint(&[
        "classify",
        "samples/cat.png",
        "--model=resnet18",
        "--weights=hub",
    ]);
    assert_eq!(
        complaint,
        "error: timm/resnet18.tv_in1k@main is not here: it was not downloaded; `menagerie fetch MODEL` or --fetch downloads \
         them; --weights synthetic:0 uses synthetic weights\n"
    );
}
