//! A download that broke off goes on where it stopped, if what is there can be trusted.

use std::fs;

use super::{SIZE, assert_nothing_is_there, content, fetch_soundly, folder, hub, snapshot};
use crate::hub::Behaviour;

#[test]
fn a_download_that_broke_off_goes_on() {
    let hub = hub();
    hub.behave(Behaviour::BreaksOffAt(300_000));
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

/// Every connection brings a part of the file.
#[test]
fn a_connection_that_breaks_off_is_continued_by_another_one() {
    let hub = hub();
    hub.behave(Behaviour::BreaksOffAfter(300_000));
    let ending = hub.end(&["fetch", "resnet18"]);
    assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), ""));
    assert_eq!(fs::read(snapshot(&hub)).unwrap(), content());
    let files = hub.requests().into_iter();
    let ranges = files.filter(|request| request.line.contains("/files/"));
    let ranges: Vec<Option<String>> = ranges.map(|request| request.range).collect();
    let expected = [None, Some(300_000), Some(600_000), Some(900_000)];
    let expected = expected.map(|begin| begin.map(|begin| format!("bytes={begin}-")));
    assert_eq!(ranges, expected);
}

#[test]
fn a_download_that_broke_off_starts_again_where_it_must() {
    let hub = hub();
    hub.behave(Behaviour::BreaksOffAt(300_000));
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
