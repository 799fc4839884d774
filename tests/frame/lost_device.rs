//! A device that is lost: errors that say so, and the same network on another device.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use menagerie::Tensor;
use menagerie::error::ErrorKind;
use menagerie::frame::Answers;
use menagerie::gpu::Gpu;
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::Weights;

use crate::answers::recorded;
use crate::common::application::Application;
use crate::common::device::open;
use crate::common::driven::driven;
use crate::common::networks::optimized;
use crate::networks::{SEED, encoder, input, wait};

#[test]
fn a_lost_device_is_an_error_and_the_network_runs_on_another() {
    let (graph, weights) = (optimized("lenet5"), Weights::synthetic(SEED));
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
        driven(&gpu, session.run_async(&digit)).unwrap_err(),
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

/// Counts how often something is woken.
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// From the device where this crate opened it, from the application's own callback, or from what failed first.
#[test]
fn waiting_for_an_answer_ends_when_the_device_is_lost() {
    type Lose = fn(&Gpu, &mut Session, &Tensor);
    let ways: [(&str, Gpu, Lose); 3] = [
        ("the device tells", open(), |gpu, _, _| {
            gpu.device().destroy();
            wait(gpu);
        }),
        (
            "the application tells",
            Application::start().gpu(),
            |gpu, _, _| gpu.clone().tell_lost(),
        ),
        (
            "a run fails",
            Application::start().gpu(),
            |gpu, session, digit| {
                gpu.device().destroy();
                session.run(digit).unwrap_err();
            },
        ),
    ];
    for (way, gpu, lose) in ways {
        let (graph, weights) = (optimized("lenet5"), Weights::synthetic(SEED));
        let options = SessionOptions::default();
        let [mut session, mut other] =
            [(); 2].map(|()| Session::new(&gpu, &graph, &weights, &options).unwrap());
        let digit = input(&session);
        let woken = Arc::new(Woken(AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let mut lost = pin!(gpu.lost());
        let mut run = pin!(session.run_async(&digit));
        assert!(lost.as_mut().poll(&mut context).is_pending(), "{way}");
        assert!(run.as_mut().poll(&mut context).is_pending(), "{way}");

        lose(&gpu, &mut other, &digit);
        let Poll::Ready(error) = lost.poll(&mut context) else {
            panic!("{way}: nothing heard");
        };
        assert_eq!(error.kind(), ErrorKind::DeviceLost, "{way}");
        let Poll::Ready(run) = run.poll(&mut context) else {
            panic!("{way}: the run waits on");
        };
        // What was under way may have made it.
        if let Err(error) = run {
            assert_eq!(error.kind(), ErrorKind::DeviceLost, "{way}");
        }
        assert!(woken.0.load(Ordering::Relaxed) > 0, "{way}");
        assert!(pin!(gpu.lost()).poll(&mut context).is_ready(), "{way}");
    }
}
