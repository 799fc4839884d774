//! A server that refuses, lies or sends rubbish.

use super::{assert_nothing_is_there, content, fetch_soundly, hub};
use crate::hub::{Behaviour, sha256};

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
