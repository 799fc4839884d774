//! Sessions go to whichever thread the application renders on, and several threads can record at once.

use menagerie::frame::{Answers, BufferInput, BufferOutput, TextureInput};
use menagerie::session::{Budget, Run, Session};

use crate::common::device::devices;
use crate::networks::{alone, encoder, input};

const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<Session>();
    is_send::<TextureInput>();
    is_send::<BufferInput>();
    is_send::<BufferOutput>();
    is_send::<Answers>();
};

/// Two networks on one device, recorded and submitted from two threads, part by part.
#[test]
fn sessions_interleave_from_two_threads() {
    for (device, gpu) in devices() {
        std::thread::scope(|threads| {
            for name in ["squeezenet1_1", "lenet5"] {
                threads.spawn(move || {
                    let mut session = alone(gpu, name);
                    let input = input(&session);
                    let expected = session.run(&input).unwrap();
                    for _ in 0..10 {
                        session.write_input(&input).unwrap();
                        let mut run = Run::new();
                        loop {
                            let mut frame = encoder(gpu);
                            let done =
                                session.record_part(&mut run, Budget::Dispatches(3), &mut frame);
                            if done {
                                session.record_readback(&mut frame);
                            }
                            gpu.queue().submit([frame.finish()]);
                            if done {
                                break;
                            }
                            std::thread::yield_now();
                        }
                        assert_eq!(session.read().unwrap(), expected, "{device}: {name}");
                    }
                });
            }
        });
    }
}
