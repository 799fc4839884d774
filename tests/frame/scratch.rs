//! Memory that sessions share.

use menagerie::session::{Scratch, SessionOptions};

use crate::common::application::Application;
use crate::common::device::devices;
use crate::networks::{alone, input, session};

#[test]
fn sessions_that_share_scratch_take_turns_in_the_memory_of_the_largest() {
    for (device, gpu) in devices() {
        let names = ["mobilenet_v2", "squeezenet1_1", "lenet5"];
        let scratch = Scratch::default();
        let options = SessionOptions {
            scratch: Some(scratch.clone()),
            ..Default::default()
        };
        let mut sharing = names.map(|name| session(gpu, name, &options));
        let mut owning = names.map(|name| alone(gpu, name));
        let bytes = owning
            .each_ref()
            .map(|session| session.program().activation_bytes());
        let (sum, most) = (bytes.iter().sum(), bytes.into_iter().max().unwrap());
        assert!(
            (most..sum).contains(&scratch.bytes()),
            "{device}: {}",
            scratch.bytes()
        );
        for _ in 0..2 {
            for (sharing, owning) in sharing.iter_mut().zip(&mut owning) {
                let input = input(owning);
                let expected = owning.run(&input).unwrap();
                assert_eq!(sharing.run(&input).unwrap(), expected, "{device}");
            }
        }
    }
    // Another device has memory of its own.
    let scratch = Scratch::default();
    let options = SessionOptions {
        scratch: Some(scratch.clone()),
        ..Default::default()
    };
    let gpus = [Application::start().gpu(), Application::start().gpu()];
    let mut sessions = gpus.each_ref().map(|gpu| session(gpu, "lenet5", &options));
    let input = input(&sessions[0]);
    let [first, second] = sessions
        .each_mut()
        .map(|session| session.run(&input).unwrap());
    assert_eq!(first, second);
    assert_eq!(
        scratch.bytes(),
        2 * sessions[0].program().activation_bytes()
    );
}
