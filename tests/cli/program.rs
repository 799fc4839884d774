//! Running the command.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// How a run ended.
pub struct Ending {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// The command, at the top of the checkout.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_menagerie"));
    command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        // The Vulkan loader complains on standard error where this is missing.
        .env("XDG_RUNTIME_DIR", "/")
        // Nothing that was ever downloaded counts here, and nothing is downloaded by mistake.
        .env("HF_HOME", "no/such/folder")
        .env("HF_ENDPOINT", "http://127.0.0.1:1")
        .env("NO_PROXY", "*")
        .env("TORCH_HOME", "no/such/folder")
        // Nor is anything that was measured on this machine's adapters. Drivers keep shaders there.
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null());
    for name in UNSET {
        command.env_remove(name);
    }
    command
}

/// The command, started by another program that replaces itself by it: its arguments end in the command.
pub fn started_by(starter: &[&str], arguments: &[&str]) -> Command {
    let inner = command(arguments);
    let mut started = Command::new(starter[0]);
    started
        .args(&starter[1..])
        .arg(inner.get_program())
        .args(inner.get_args())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => started.env(name, value),
            None => started.env_remove(name),
        };
    }
    started
}

/// Variables that change where weights come from.
const UNSET: [&str; 22] = [
    "HF_HUB_CACHE",
    "HUGGINGFACE_HUB_CACHE",
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "HF_TOKEN",
    "HF_TOKEN_PATH",
    "HUGGING_FACE_HUB_TOKEN",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN",
    "HF_HUB_DISABLE_SYMLINKS",
    "HF_HUB_ETAG_TIMEOUT",
    "HF_HUB_DOWNLOAD_TIMEOUT",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "no_proxy",
];

/// Runs `command` to its end. It must never panic.
pub fn end(mut command: Command) -> Ending {
    let output = command.output().unwrap();
    let ending = Ending {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!ending.stderr.contains("panicked"), "{}", ending.stderr);
    ending
}

/// What the command prints where it succeeds and has nothing to say on standard error.
pub fn prints(arguments: &[&str]) -> String {
    let ending = end(command(arguments));
    assert_eq!(
        (ending.status, ending.stderr.as_str()),
        (Some(0), ""),
        "{arguments:?}"
    );
    ending.stdout
}

/// The JSON that the command prints.
pub fn json(arguments: &[&str]) -> Value {
    let printed = prints(arguments);
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
}

/// The JSON of each line that the command prints.
pub fn json_lines(arguments: &[&str]) -> Vec<Value> {
    lines_of_json(&prints(arguments))
}

/// The JSON of each line of `text`.
pub fn lines_of_json(text: &str) -> Vec<Value> {
    let lines = text.lines().map(serde_json::from_str);
    lines
        .collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The same with `bytes` on standard input.
pub fn with_stdin(arguments: &[&str], bytes: &[u8]) -> Ending {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    Ending {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A file of the checkout.
pub fn checkout(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}
