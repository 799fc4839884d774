//! A device that is lost: errors that say so, and the same network on another device.

use menagerie::error::ErrorKind;
use menagerie::frame::Answers;
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;

use crate::answers::recorded;
use crate::common::application::Application;
use crate::networks::{SEED, encoder, input, network};

#[test]
fn a_lost_device_is_an_error_that_says_so_and_the_model_lives_on() {
    let (graph, weights) = (network("lenet5"), Weights::synthetic(SEED));
    let (first, second) = (Application::start(), Application::start());
    let gpu = first.gpu();
    let options = SessionOptions::default();
    let mut session = Session::new(&gpu, &graph, &weights, &options).unwrap();
    let digit = input(&session);
    let expected = session.run(&digit).unwrap();

    session.write_input(&digit).unwrap();
    let mut answers = Answers::new(&session, 3).unwrap();
    let (_, submitted) = recorded(&gpu, &session, &mut answers);
    let (_, too_late) = recorded(&gpu, &session, &mut answers);
    gpu.queue().submit([submitted]);
    let mut frame = encoder(&gpu);
    session.record_readback(&mut frame);
    gpu.queue().submit([frame.finish()]);
    first.device.destroy();
    gpu.queue().submit([too_late]);

    let lost = format!("the device was lost: {}", gpu.description());
    let found = [
        session.read().unwrap_err(),
        session.run(&digit).unwrap_err(),
        pollster::block_on(session.run_async(&digit)).unwrap_err(),
        Session::new(&gpu, &graph, &weights, &options)
            .err()
            .unwrap(),
        Answers::new(&session, 1).err().unwrap(),
    ];
    for error in found {
        assert_eq!(
            (error.kind(), error.to_string()),
            (ErrorKind::DeviceLost, lost.clone())
        );
    }
    // The answer that was under way either made it or did not; the one after it cannot have.
    let late = loop {
        match answers.latest() {
            Ok(Some(answer)) => assert_eq!((answer.number, answer.values), (0, &expected)),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert_eq!(late.expect("an error").kind(), ErrorKind::DeviceLost);

    let mut rebuilt = Session::new(&second.gpu(), &graph, &weights, &options).unwrap();
    assert_eq!(rebuilt.run(&digit).unwrap(), expected);
}
