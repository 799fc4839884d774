//! Answers that arrive frames later: asked for, awaited, never waited for by a frame.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use menagerie::error::ErrorKind;
use menagerie::frame::Answers;
use menagerie::gpu::Gpu;
use menagerie::session::Session;
use menagerie::weights::synthetic_input;
use menagerie::{Tensor, wgpu};

use crate::common::device::devices;
use crate::networks::{alone, encoder, input, poll, wait};

/// A frame of `session` with its answer, not yet submitted.
pub fn recorded(
    gpu: &Gpu,
    session: &Session,
    answers: &mut Answers,
) -> (Option<u64>, wgpu::CommandBuffer) {
    let mut frame = encoder(gpu);
    session.record(&mut frame);
    let number = answers.record(&mut frame);
    (number, frame.finish())
}

#[test]
fn no_frame_waits_for_an_answer() {
    let (_, gpu) = &devices()[0];
    let mut session = alone(gpu, "lenet5");
    let digit = input(&session);
    let expected = session.run(&digit).unwrap();
    session.write_input(&digit).unwrap();
    let mut answers = Answers::new(&session, 2).unwrap();
    assert!(answers.latest().unwrap().is_none());

    // Commands that are never submitted hold no place in the ring.
    for _ in 0..5 {
        assert!(recorded(gpu, &session, &mut answers).0.is_some());
    }
    let frames = [(); 3].map(|()| recorded(gpu, &session, &mut answers));
    let numbers = frames.each_ref().map(|(number, _)| *number);
    // The third finds the ring full and goes without.
    assert_eq!(numbers, [Some(5), Some(6), None]);
    for (_, commands) in frames {
        session.write_input(&digit).unwrap();
        gpu.queue().submit([commands]);
    }
    wait(gpu);
    let answer = answers.latest().unwrap().unwrap();
    assert_eq!((answer.number, answer.values), (6, &expected));
    assert!(answers.latest().unwrap().is_none());

    let (number, commands) = recorded(gpu, &session, &mut answers);
    assert_eq!(number, Some(7));
    gpu.queue().submit([commands]);
    while answers.latest().unwrap().is_none() {
        poll(gpu);
    }
}

/// The host writes inputs and takes answers while earlier runs are still in flight.
#[test]
fn three_runs_in_flight_answer_in_order() {
    const IN_FLIGHT: usize = 3;
    for (device, gpu) in devices() {
        let mut session = alone(gpu, "lenet5");
        let inputs = (0..8).map(|seed| synthetic_input(seed, 1, session.input_shape()));
        let inputs: Vec<Tensor> = inputs.collect();
        let expected = inputs.iter().map(|input| session.run(input).unwrap());
        let expected: Vec<Tensor> = expected.collect();
        assert!(
            expected.windows(2).all(|pair| pair[0] != pair[1]),
            "{device}"
        );
        let mut answers = Answers::new(&session, IN_FLIGHT).unwrap();
        let mut taken: Vec<Tensor> = Vec::new();
        let take = |answers: &mut Answers, taken: &mut Vec<Tensor>| {
            let answer = answers.oldest().unwrap();
            let answer = answer.map(|answer| (answer.number, answer.values.clone()));
            if let Some((number, values)) = answer {
                assert_eq!(number, taken.len() as u64, "{device}");
                taken.push(values);
            }
        };
        for (number, input) in inputs.iter().enumerate() {
            while number - taken.len() == IN_FLIGHT {
                poll(gpu);
                take(&mut answers, &mut taken);
            }
            session.write_input(input).unwrap();
            let (recorded, commands) = recorded(gpu, &session, &mut answers);
            assert_eq!(recorded, Some(number as u64), "{device}");
            gpu.queue().submit([commands]);
        }
        wait(gpu);
        while taken.len() < inputs.len() {
            take(&mut answers, &mut taken);
        }
        assert_eq!(taken, expected, "{device}");
        assert!(answers.oldest().unwrap().is_none());
    }
}

/// Each answer is that of its own frame, whichever is submitted first.
#[test]
fn frames_that_are_submitted_in_another_order_keep_their_answers() {
    let (_, gpu) = &devices()[0];
    let mut session = alone(gpu, "lenet5");
    let inputs = [0, 1, 2].map(|seed| synthetic_input(seed, 1, session.input_shape()));
    let expected = inputs.each_ref().map(|input| session.run(input).unwrap());
    let mut answers = Answers::new(&session, 3).unwrap();
    let frames = [(); 3].map(|()| recorded(gpu, &session, &mut answers));
    let mut frames = frames.map(|(number, commands)| (number, Some(commands)));
    let order = [2, 0, 1];
    for index in order {
        let (number, commands) = &mut frames[index];
        assert_eq!(*number, Some(index as u64));
        session.write_input(&inputs[index]).unwrap();
        gpu.queue().submit(commands.take());
        wait(gpu);
        let answer = answers.latest().unwrap().expect("an answer");
        let found = (answer.number, answer.values);
        assert_eq!(found, (index as u64, &expected[index]));
    }
    // All at once: the newest frame counts for the one way to ask, the oldest for the other.
    let frames = [(); 3].map(|()| recorded(gpu, &session, &mut answers).1);
    for (commands, input) in frames.into_iter().rev().zip(inputs.iter().rev()) {
        session.write_input(input).unwrap();
        gpu.queue().submit([commands]);
    }
    wait(gpu);
    let oldest = answers.oldest().unwrap().expect("an answer");
    assert_eq!((oldest.number, oldest.values), (3, &expected[0]));
    let newest = answers.latest().unwrap().expect("an answer");
    assert_eq!((newest.number, newest.values), (5, &expected[2]));
    assert!(answers.oldest().unwrap().is_none());
}

#[test]
fn an_answer_can_be_awaited() {
    let (_, gpu) = &devices()[0];
    let mut session = alone(gpu, "lenet5");
    let digit = input(&session);
    let expected = session.run(&digit).unwrap();
    session.write_input(&digit).unwrap();
    let mut answers = Answers::new(&session, 1).unwrap();
    let error = pollster::block_on(answers.next()).map(|_| ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no answer is under way: record one and submit it first"
    );
    let (_, commands) = recorded(gpu, &session, &mut answers);
    let mut context = Context::from_waker(Waker::noop());
    {
        let mut next = pin!(answers.next());
        // Not before it is submitted.
        assert!(next.as_mut().poll(&mut context).is_pending());
        gpu.queue().submit([commands]);
        let answer = loop {
            match next.as_mut().poll(&mut context) {
                Poll::Ready(answer) => break answer.unwrap(),
                Poll::Pending => poll(gpu),
            }
        };
        assert_eq!(answer.values, &expected);
    }
    // A thread that waits is woken by whoever polls.
    session.write_input(&digit).unwrap();
    let (_, commands) = recorded(gpu, &session, &mut answers);
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| pollster::block_on(answers.next()).unwrap().values.clone());
        gpu.queue().submit([commands]);
        while !waiting.is_finished() {
            poll(gpu);
        }
        assert_eq!(waiting.join().unwrap(), expected);
    });
}

/// An answer that nobody waits for any more, since its commands are gone, wakes who waits for it.
#[test]
fn an_answer_that_will_not_come_ends_the_wait() {
    let (_, gpu) = &devices()[0];
    let session = alone(gpu, "lenet5");
    let mut answers = Answers::new(&session, 1).unwrap();
    let (_, commands) = recorded(gpu, &session, &mut answers);
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| pollster::block_on(answers.next()).map(|_| ()));
        drop(commands);
        let error = waiting.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
    });
}
