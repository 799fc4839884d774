//! Downloads from torchvision's server, for networks that the Hub has no weights of.

use std::fs;
use std::process::Command;

use menagerie::hub::{TorchFile, fetch_torch};
use menagerie::zoo;
use serde_json::Value;

use crate::hub::{Behaviour, Hub, sha256};
use crate::program::{Ending, command, end};
use crate::tls::{Proxy, authority, before};

const NAME: &str = "squeezenet1_1-b8a52dc0.pth";
const ADDRESS: &str = "https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth";

/// Fetches from a server with this file in place of torchvision's.
fn fetch(home: &tempfile::TempDir, hub: &Hub, more: &[(&str, &str)]) -> Ending {
    let proxy = Proxy::http(before(hub.address, "download.pytorch.org"));
    let mut command = command(&["fetch", "squeezenet1_1"]);
    command
        .env("TORCH_HOME", home.path())
        .env("SSL_CERT_FILE", authority())
        .env("HTTPS_PROXY", format!("http://{}", proxy.address))
        .env("HF_TOKEN", "secret")
        .env_remove("NO_PROXY")
        .envs(more.iter().copied());
    end(command)
}

/// Bytes whose SHA-256 begins with `b8a52dc0` would take 2^32 attempts to find, so a server with others must be found out.
#[test]
fn another_file_is_refused_by_the_digest_in_its_name() {
    let home = tempfile::tempdir().unwrap();
    let hub = Hub::of_path("/models/squeezenet1_1-b8a52dc0.pth", vec![7; 1000]);
    let ending = fetch(&home, &hub, &[]);
    assert_eq!(
        ending.stderr,
        format!(
            "error: squeezenet1_1: {ADDRESS}: expected SHA-256 b8a52dc0, found {}; what came was thrown away\n",
            hub.sha256()
        )
    );
    let folder = home.path().join("hub/checkpoints");
    assert!(!folder.join(NAME).exists());
    assert!(!folder.join(format!("{NAME}.incomplete")).exists());
    // The token is for the Hub.
    assert!(
        hub.requests()
            .iter()
            .all(|request| request.authorization.is_none())
    );

    hub.behave(Behaviour::Refuses("403 Forbidden"));
    let ending = fetch(&home, &hub, &[]);
    assert!(
        ending.stderr.contains("answered 403 Forbidden"),
        "{}",
        ending.stderr
    );

    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(NAME), b"damaged").unwrap();
    let ending = fetch(&home, &hub, &[("HF_HUB_OFFLINE", "1")]);
    assert!(
        ending
            .stderr
            .contains(": damaged: expected a SHA-256 that begins with b8a52dc0, found "),
        "{}",
        ending.stderr
    );
    assert_eq!(fs::read(folder.join(NAME)).unwrap(), b"damaged");
}

/// The address and the name of the file for [`download`].
const FOLDER: &str = "MENAGERIE_TEST_FOLDER";
const FILE: &str = "MENAGERIE_TEST_FILE";

/// Fetches the file of the environment. [`a_file_is_found_by_torch_and_not_downloaded_again`] starts it in a process of its
/// own, because the cache is where the environment of the process says.
#[test]
#[ignore = "another test starts it"]
fn download() {
    let leak = |name: &str| -> &'static str { std::env::var(name).unwrap().leak() };
    let (folder, name) = (leak(FOLDER), leak(FILE));
    let file = TorchFile { folder, name };
    let fetched = fetch_torch(&file, &mut |_, _| {}).unwrap();
    assert_eq!(file.cached(), Some(fetched.path.clone()));
    println!("{} {}", fetched.path.display(), fetched.downloaded);
}

#[test]
fn a_file_is_found_by_torch_and_not_downloaded_again() {
    let content: Vec<u8> = (0..100_000_u32).map(|index| (index / 7) as u8).collect();
    let digits = sha256(&content);
    let name = format!("net-{}.pth", &digits[..8]);
    let hub = Hub::of_path(format!("/models/{name}").leak(), content.clone());
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("hub/checkpoints").join(&name);
    let fetch = || {
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "fetch::torchvision::download",
                "--ignored",
                "--nocapture",
            ])
            .env("TORCH_HOME", home.path())
            .env_remove("HF_HUB_OFFLINE")
            .env(FOLDER, format!("http://{}/models", hub.address))
            .env(FILE, &name)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    // A broken connection is continued.
    hub.behave(Behaviour::BreaksOffAfter(40_000));
    let printed = fetch();
    assert!(
        printed.contains(&format!("{} true", path.display())),
        "{printed}"
    );
    assert_eq!(fs::read(&path).unwrap(), content);
    hub.requests();
    let printed = fetch();
    assert!(
        printed.contains(&format!("{} false", path.display())),
        "{printed}"
    );
    assert_eq!(hub.requests(), []);
    fs::write(&path, b"damaged").unwrap();
    assert!(fetch().contains(" true"));
    assert_eq!(fs::read(&path).unwrap(), content);
}

/// The table of the files is made from torchvision, and so is that of its evaluations, by another program.
#[test]
fn every_network_without_weights_on_the_hub_has_torchvisions_first_ones() {
    let text = fs::read_to_string("tests/golden/torchvision.json").unwrap();
    let golden: Value = serde_json::from_str(&text).unwrap();
    let mut files = 0;
    for model in zoo::models() {
        let published = &golden["models"][model.name]["weights"];
        let file = model.torchvision_file();
        let Some(file) = file else {
            assert!(
                published.is_null() || model.repository().is_ok(),
                "{}",
                model.name
            );
            continue;
        };
        files += 1;
        let weights = published.as_object().unwrap();
        // JSON keeps no order, and all but one network have first weights of this name.
        let first = weights
            .get("IMAGENET1K_V1")
            .or(weights.values().next())
            .unwrap();
        assert_eq!(
            file.name.strip_suffix(".pth"),
            first["file"].as_str(),
            "{}",
            model.name
        );
        let digits = file
            .name
            .strip_suffix(".pth")
            .unwrap()
            .rsplit('-')
            .next()
            .unwrap();
        assert!(digits.len() >= 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    }
    assert!(files > 10, "{files}");
}
