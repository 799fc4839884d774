//! Who gets to see the access token, and where it comes from.

use std::fs;
use std::process::Command;

use super::{content, hub};
use crate::hub::{Behaviour, Hub};
use crate::program::end;

const SECRET: &str = "hf_secret";

/// Names with their values.
type Pairs = &'static [(&'static str, &'static str)];

fn with_token(hub: &Hub) -> Command {
    let mut command = hub.command(&["fetch", "resnet18"]);
    command.env("HF_TOKEN", SECRET);
    command
}

/// Another port is another server, which may belong to somebody else.
#[test]
fn only_the_origin_that_a_token_is_for_sees_it() {
    let (hub, other) = (hub(), Hub::new("other/name", content()));
    hub.behave(Behaviour::RedirectsToPort(other.address.port()));
    assert_eq!(end(with_token(&hub)).status, Some(0));
    let tokens = |hub: &Hub| {
        let requests = hub.requests().into_iter();
        requests
            .map(|request| request.authorization)
            .collect::<Vec<_>>()
    };
    let bearer = Some(format!("Bearer {SECRET}"));
    assert_eq!(tokens(&hub), [bearer.clone(), bearer]);
    assert_eq!(tokens(&other), [None]);
}

#[test]
fn a_redirection_to_an_address_without_tls_is_not_followed() {
    let hub = hub();
    for (location, expected) in [
        (
            "http://cdn.test/file",
            "expected https: only this machine is asked without TLS",
        ),
        (
            "https://user:password@cdn.test/file",
            "expected an address without a user name or password",
        ),
        ("ftp://cdn.test/file", "expected an address of https"),
    ] {
        hub.behave(Behaviour::RedirectsTo(location));
        assert_eq!(
            hub.complaint(&["fetch", "resnet18"]),
            format!(
                "error: resnet18: http://ADDRESS: timm/resnet18.tv_in1k@main: it redirects to an address that is not \
                 asked: {expected}\n"
            )
        );
    }
}

#[test]
fn no_error_repeats_a_token() {
    let hub = hub();
    for behaviour in [
        Behaviour::Refuses("401 Unauthorized"),
        Behaviour::SendsOtherBytes,
        Behaviour::RedirectsTo("http://cdn.test/file"),
    ] {
        hub.behave(behaviour);
        let ending = end(with_token(&hub));
        assert_eq!(ending.status, Some(1));
        assert!(!ending.stderr.contains(SECRET), "{}", ending.stderr);
    }
    hub.requests();
    for token in ["hf_secret\u{e9}", "hf_secret more"] {
        let mut command = with_token(&hub);
        command.env("HF_TOKEN", token);
        assert_eq!(
            end(command).stderr,
            "error: resnet18: HF_TOKEN: expected a token of letters, digits and signs, found others\n"
        );
    }
    assert_eq!(hub.requests(), []);
}

#[cfg(unix)]
#[test]
fn a_file_of_a_token_that_has_no_end_is_refused() {
    let hub = hub();
    let mut command = hub.command(&["fetch", "resnet18"]);
    command.env("HF_TOKEN_PATH", "/dev/zero");
    assert_eq!(
        end(command).stderr,
        "error: resnet18: /dev/zero: cannot be read: longer than 256 MiB, the limit\n"
    );
    assert_eq!(hub.requests(), []);
}

/// The rules of `huggingface_hub`, in the order of `get_token` and `build_hf_headers`.
#[test]
fn a_token_comes_from_where_python_takes_it() {
    let cases: [(&str, Pairs, Pairs, Option<&str>); 9] = [
        ("nothing", &[], &[], None),
        (
            "the variable",
            &[("HF_TOKEN", "a")],
            &[("token", "c")],
            Some("a"),
        ),
        (
            "with white space",
            &[("HF_TOKEN", " a\r\n")],
            &[],
            Some("a"),
        ),
        (
            "the old variable",
            &[("HUGGING_FACE_HUB_TOKEN", "b")],
            &[("token", "c")],
            Some("b"),
        ),
        (
            "the new variable first",
            &[("HF_TOKEN", "a"), ("HUGGING_FACE_HUB_TOKEN", "b")],
            &[],
            Some("a"),
        ),
        ("the file of a login", &[], &[("token", "c\n")], Some("c")),
        (
            "another file",
            &[("HF_TOKEN_PATH", "HOME/other")],
            &[("token", "c"), ("other", "d")],
            Some("d"),
        ),
        ("an empty file", &[], &[("token", "\n")], None),
        (
            "not unless asked",
            &[("HF_HUB_DISABLE_IMPLICIT_TOKEN", "yes"), ("HF_TOKEN", "a")],
            &[("token", "c")],
            None,
        ),
    ];
    for (case, variables, files, expected) in cases {
        let hub = hub();
        let home = hub.home.path();
        for (name, text) in files {
            fs::write(home.join(name), text).unwrap();
        }
        let mut command = hub.command(&["fetch", "resnet18"]);
        for (name, value) in variables {
            command.env(name, value.replace("HOME", home.to_str().unwrap()));
        }
        assert_eq!(end(command).status, Some(0), "{case}");
        let first = hub.requests().swap_remove(0);
        let expected = expected.map(|token| format!("Bearer {token}"));
        assert_eq!(first.authorization, expected, "{case}");
    }
}
