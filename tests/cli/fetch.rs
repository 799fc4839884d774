//! Downloads, from a server that plays the Hub.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use menagerie::weights::Weights;
use menagerie::zoo;
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde_json::Value;

use crate::hub::{Behaviour, COMMIT, Hub, sha256};
use crate::program::{checkout, command, end, json};

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
        "error: timm/resnet18.tv_in1k@main is not here; `menagerie fetch resnet18` downloads it\n"
    );
}

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
fn a_download_that_broke_off_goes_on() {
    let hub = hub();
    hub.behave(Behaviour::BreaksOffAfter(300_000));
    assert_eq!(
        hub.complaint(&["fetch", "resnet18"]),
        "error: resnet18: http://ADDRESS: timm/resnet18.tv_in1k@main: broke off after 300000 of 1000000 \
         bytes: Peer disconnected; fetch it again to go on from there\n"
    );
    assert_nothing_is_there(&hub);
    hub.requests();
    fetch_soundly(&hub);
    let last = hub.requests().pop().unwrap();
    assert_eq!(last.range.as_deref(), Some("bytes=300000-"));
}

#[test]
fn a_download_that_broke_off_starts_again_where_it_must() {
    let hub = hub();
    hub.behave(Behaviour::BreaksOffAfter(300_000));
    hub.complaint(&["fetch", "resnet18"]);
    hub.behave(Behaviour::IgnoresRanges);
    assert_eq!(hub.end(&["fetch", "resnet18"]).status, Some(0));
    assert_eq!(fs::read(snapshot(&hub)).unwrap(), content());
}

/// Whatever lies where a download's first bytes are kept, the file is right in the end.
#[test]
fn rubbish_in_place_of_the_first_bytes_is_found_out() {
    let long = [content(), vec![0]].concat();
    for rubbish in [&[7; 1000][..], &vec![7; SIZE], &long] {
        let hub = hub();
        fs::create_dir_all(folder(&hub).join("blobs")).unwrap();
        let partial = folder(&hub)
            .join("blobs")
            .join(format!("{}.incomplete", hub.sha256()));
        fs::write(partial, rubbish).unwrap();
        fetch_soundly(&hub);
    }
}

/// All came, and the program was stopped before it could look at it.
#[test]
fn a_whole_download_is_not_asked_for_again() {
    let hub = hub();
    fs::create_dir_all(folder(&hub).join("blobs")).unwrap();
    let partial = folder(&hub)
        .join("blobs")
        .join(format!("{}.incomplete", hub.sha256()));
    fs::write(partial, content()).unwrap();
    fetch_soundly(&hub);
    assert_eq!(hub.requests().len(), 1);
}

#[test]
fn a_bad_server_is_named_and_nothing_of_it_stays() {
    let other: Vec<u8> = content().iter().map(|byte| byte ^ 1).collect();
    let wrong = format!(
        "expected SHA-256 {}, found {}; what came was thrown away",
        sha256(&content()),
        sha256(&other)
    );
    let no_such = "no such repository, or not open to you";
    for (behaviour, complaint) in [
        (Behaviour::SendsOtherBytes, wrong),
        (Behaviour::SendsMore, "expected 1000000 bytes, found more".into()),
        (
            Behaviour::Truncates(400_000),
            "broke off after 400000 of 1000000 bytes: no more came; fetch it again to go on from there"
                .into(),
        ),
        (Behaviour::Refuses("404 Not Found"), format!("answered 404 Not Found: {no_such}")),
        (
            Behaviour::Refuses("401 Unauthorized"),
            format!("answered 401 Unauthorized: {no_such}"),
        ),
        (
            Behaviour::Refuses("500 Internal Server Error"),
            "answered 500 Internal Server Error: try again later".into(),
        ),
        (
            Behaviour::RefusesTheFile("503 Service Unavailable"),
            "answered 503 Service Unavailable: try again later".into(),
        ),
        (
            Behaviour::States("X-Linked-ETag: \"../../../../elsewhere\""),
            "expected a SHA-256 in X-Linked-ETag, found \"\\\"../../../../elsewhere\\\"\"".into(),
        ),
        (
            Behaviour::States("X-Repo-Commit: ../../elsewhere"),
            "expected a commit in X-Repo-Commit, found \"../../elsewhere\"".into(),
        ),
        (
            Behaviour::States("X-Linked-Size: -1"),
            "expected a size in X-Linked-Size, found \"-1\"".into(),
        ),
        (
            Behaviour::States("X-Linked-Size: 18446744073709551615"),
            "broke off after 1000000 of 18446744073709551615 bytes: no more came; fetch it again to go on \
             from there"
                .into(),
        ),
    ] {
        let hub = hub();
        hub.behave(behaviour);
        assert_eq!(
            hub.complaint(&["fetch", "resnet18"]),
            format!("error: resnet18: http://ADDRESS: timm/resnet18.tv_in1k@main: {complaint}\n"),
            "{behaviour:?}"
        );
        assert_nothing_is_there(&hub);
        fetch_soundly(&hub);
    }
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

#[test]
fn the_environment_says_where_and_how() {
    let hub = hub();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = hub.command(&["fetch", "resnet18"]);
    command
        .env("HF_HUB_CACHE", elsewhere.path())
        .env("HF_TOKEN", "secret");
    assert_eq!(end(command).status, Some(0));
    assert!(
        elsewhere
            .path()
            .join("models--timm--resnet18.tv_in1k")
            .is_dir()
    );
    assert!(!hub.home.path().join("hub").exists());
    let requests = hub.requests();
    let tokens: Vec<Option<&str>> = requests
        .iter()
        .map(|request| request.authorization.as_deref())
        .collect();
    // Whoever keeps the files need not know.
    assert_eq!(tokens, [Some("Bearer secret"), Some("Bearer secret"), None]);

    let mut command = hub.command(&["fetch", "resnet18"]);
    command.env("HF_HUB_OFFLINE", "1");
    let ending = end(command);
    assert_eq!(
        (ending.status, ending.stderr.as_str()),
        (
            Some(1),
            "error: resnet18: timm/resnet18.tv_in1k@main: not in the cache, and HF_HUB_OFFLINE forbids to \
             download it\n"
        )
    );
    assert_eq!(hub.requests(), []);
}

#[test]
fn what_is_wrong_with_this_machine_is_said_in_one_line() {
    let elsewhere = "without a network, --weights takes a file that was downloaded elsewhere";
    for (endpoint, complaint) in [
        (
            "http://127.0.0.1:1",
            format!("cannot be reached: Connection refused (os error 111); {elsewhere}"),
        ),
        (
            "no address",
            "expected the address of a server in HF_ENDPOINT".into(),
        ),
    ] {
        let home = tempfile::tempdir().unwrap();
        let mut command = command(&["fetch", "resnet18"]);
        command
            .env("HF_HOME", home.path())
            .env("HF_ENDPOINT", endpoint);
        let ending = end(command);
        assert_eq!(
            ending.stderr,
            format!("error: resnet18: {endpoint}: {complaint}\n")
        );
        assert_eq!(ending.status, Some(1));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    let hub = hub();
    let file = hub.home.path().join("file");
    fs::write(&file, b"no folder").unwrap();
    let mut command = hub.command(&["fetch", "resnet18"]);
    command.env("HF_HUB_CACHE", &file);
    let ending = end(command);
    assert_eq!(ending.status, Some(1));
    assert_eq!(
        ending.stderr.replace(file.to_str().unwrap(), "FILE"),
        "error: resnet18: FILE/.locks/models--timm--resnet18.tv_in1k: cannot be written: Not a directory \
         (os error 20)\n"
    );
}

/// Weights that a test can tell: they answer as the synthetic ones do that they are made of.
fn loadable(model: &str) -> Vec<u8> {
    let graph = zoo::find(model).unwrap().graph().unwrap();
    let weights = Weights::synthetic(0);
    let ids = graph.nodes().iter().flat_map(|node| node.op.parameters());
    let tensors: Vec<(&str, &[usize], Vec<u8>)> = ids
        .map(|id| {
            let parameter = graph.parameter(id);
            let values = weights.value(&graph, id).unwrap();
            let bytes = values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect();
            (parameter.name.as_str(), parameter.shape.as_slice(), bytes)
        })
        .collect();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        (
            *name,
            TensorView::new(Dtype::F32, shape.to_vec(), bytes).unwrap(),
        )
    });
    serialize(views, None).unwrap()
}

#[test]
fn classify_uses_what_was_downloaded() {
    let hub = Hub::new(
        "timm/tf_efficientnet_lite0.in1k",
        loadable("efficientnet_lite0"),
    );
    let classify = |more: &[&'static str]| {
        let mut arguments = vec!["classify", "samples/cat.png", "--model=efficientnet_lite0"];
        arguments.extend(["--adapter=cpu", "--json"]);
        arguments.extend(more);
        arguments
    };
    let complaint = hub.complaint(&classify(&[]));
    assert!(
        complaint.starts_with(
            "error: no weights of efficientnet_lite0 here (weights/efficientnet_lite0.safetensors, "
        ) && complaint.ends_with(
            " not found); `menagerie fetch efficientnet_lite0` downloads \
                 timm/tf_efficientnet_lite0.in1k; --weights synthetic:0 makes some up\n"
        ),
        "{complaint}"
    );
    assert_eq!(hub.requests(), []);

    let expected = json(&classify(&["--weights=synthetic:0"]));
    for (more, requests) in [
        (&["--fetch"][..], 3),
        (&["--fetch"], 0),
        (&[], 0),
        (&["--weights=hub"], 0),
    ] {
        let ending = hub.end(&classify(more));
        assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
        let answer: Value = serde_json::from_str(&ending.stdout).unwrap();
        assert_eq!(answer["images"], expected["images"], "{more:?}");
        assert_eq!(hub.requests().len(), requests, "{more:?}");
    }
    let ending = hub.end(&["models", "--json"]);
    let models: Value = serde_json::from_str(&ending.stdout).unwrap();
    let listed = models.as_array().unwrap().iter();
    let found: Vec<&Value> = listed
        .filter(|model| model["name"] == "efficientnet_lite0")
        .collect();
    assert_eq!(found[0]["weights"], "timm/tf_efficientnet_lite0.in1k");
}

/// The same network with the same numbers, evaluated as torchvision does it and as timm does: the shares
/// are PyTorch's, with a photo resized by the one filter or the other.
#[test]
fn each_checkpoint_gets_its_own_preprocessing() {
    let weights = fs::read(checkout("weights/mobilenet_v2.safetensors")).unwrap();
    let hub = Hub::new("timm/mobilenetv2_100.ra_in1k", weights);
    assert_eq!(hub.end(&["fetch", "mobilenet_v2"]).status, Some(0));
    for (weights, expected) in [
        (None, 0.7179),
        (Some("--weights=weights/mobilenet_v2.safetensors"), 0.7179),
        (Some("--weights=hub"), 0.6748),
    ] {
        let mut arguments = vec!["classify", "samples/cat.png", "--adapter=cpu", "--json"];
        arguments.extend(weights);
        let answer: Value = serde_json::from_str(&hub.end(&arguments).stdout).unwrap();
        let guess = &answer["images"][0]["top"][0];
        assert_eq!(guess["label"], "Egyptian cat");
        let share = guess["probability"].as_f64().unwrap();
        assert!((share - expected).abs() < 0.001, "{weights:?}: {share}");
    }
}

/// What is built in needs no download.
#[test]
fn a_model_that_has_weights_is_not_downloaded() {
    let hub = hub();
    let arguments = ["classify", "samples/cat.png", "--adapter=cpu", "--fetch"];
    assert_eq!(hub.end(&arguments).status, Some(0));
    assert_eq!(hub.requests(), []);
}
