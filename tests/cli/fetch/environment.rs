//! What the environment asks for, and what is wrong with this machine.

use std::fs;

use super::hub;
use crate::program::{command, end};

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
    let elsewhere = "without an internet connection, --weights takes a file from another machine";
    for (endpoint, complaint) in [
        (
            "http://127.0.0.1:1",
            format!("cannot be reached: Connection refused (os error 111); {elsewhere}"),
        ),
        ("no address", "expected an address".into()),
        (
            "http://hub.test",
            "expected https: only this machine is asked without TLS".into(),
        ),
        (
            "https://user:secret@hub.test",
            "expected an address without a user name or password".into(),
        ),
    ] {
        let named = match complaint.starts_with("cannot") {
            true => endpoint,
            false => "HF_ENDPOINT",
        };
        let home = tempfile::tempdir().unwrap();
        let mut command = command(&["fetch", "resnet18"]);
        command
            .env("HF_HOME", home.path())
            .env("HF_ENDPOINT", endpoint);
        let ending = end(command);
        assert_eq!(
            ending.stderr,
            format!("error: resnet18: {named}: {complaint}\n")
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
