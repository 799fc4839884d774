//! Frame after frame, a session takes nothing more than the first frame took: no memory on the device or the host, no
//! submission of its own.

use menagerie::wgpu;

use crate::ONE_AT_A_TIME;
use crate::allocator::allocations;
use crate::by_hand::ByHand;
use crate::common::application::Application;
use crate::held::{Memory, device_bytes, resources};
use crate::network::Network;

/// The number of a submission, as the queue counts them.
fn number(index: &wgpu::SubmissionIndex) -> u64 {
    let text = format!("{index:?}");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("{text}"))
}

fn submit(application: &Application, record: impl FnOnce(&mut wgpu::CommandEncoder)) -> u64 {
    let mut frame = application
        .device
        .create_command_encoder(&Default::default());
    record(&mut frame);
    let index = application.queue.submit([frame.finish()]);
    application
        .device
        .poll(wgpu::PollType::Wait {
            submission_index: Some(index.clone()),
            timeout: None,
        })
        .unwrap();
    number(&index)
}

/// Over 100 frames: nothing is made on the device, the only submissions are the application's, and the only
/// allocations of the host are those of wgpu, which the same calls by hand need, too.
#[test]
fn a_frame_takes_nothing() {
    const FRAMES: usize = 100;
    let _alone = ONE_AT_A_TIME.lock();
    let application = Application::start();
    let gpu = application.gpu();
    let mut network = Network::new(&gpu);
    let by_hand = ByHand::new(&application.device, &network);

    let (seen, _) = allocations(|| Box::new(1));
    assert_eq!(seen, 1, "the allocator counts");

    // How far one submission is from the next with nothing in between; mapping takes a number, too.
    let numbers = [(); 3].map(|()| {
        let number = submit(&application, |encoder| by_hand.record(encoder));
        by_hand.read();
        number
    });
    let step = numbers[2] - numbers[1];

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let (mut held, mut bytes, mut last) = (Vec::new(), 0, None);
    for frame in 0..FRAMES {
        let mut taken = 0;
        let submission = submit(&application, |encoder| {
            taken += allocations(|| network.record(encoder)).0;
        });
        let (reading, arrived) = allocations(|| network.answers.latest().unwrap().is_some());
        assert!(arrived, "frame {frame}");
        ours.push(taken + reading);

        let mut taken = 0;
        let by_hand_submission = submit(&application, |encoder| {
            taken += allocations(|| by_hand.record(encoder)).0;
        });
        theirs.push(taken + allocations(|| by_hand.read()).0);

        if let Some(last) = last {
            let found = [submission - last, by_hand_submission - submission];
            assert_eq!(found, [step, step], "frame {frame}");
        }
        last = Some(by_hand_submission);
        if frame == 0 {
            held = resources(&application.instance);
            bytes = device_bytes(&application.device);
        }
    }
    assert_eq!(resources(&application.instance), held);
    assert_eq!(device_bytes(&application.device), bytes);
    assert!(theirs[1] > 0);
    assert_eq!(ours[1..], theirs[1..]);
}

/// 10,000 frames: neither host nor device holds more than after the first 1,000.
#[test]
fn a_long_run_does_not_grow() {
    const FRAMES: u64 = 10_000;
    const WARM: u64 = 1_000;
    let _alone = ONE_AT_A_TIME.lock();
    let application = Application::start();
    let gpu = application.gpu();
    let mut network = Network::new(&gpu);
    let mut warm = None;
    let mut arrived = 0;
    for frame in 0..FRAMES {
        submit(&application, |encoder| network.record(encoder));
        if let Some(answer) = network.answers.latest().unwrap() {
            assert_eq!(answer.number, frame);
            arrived += 1;
        }
        if frame == WARM {
            warm = Some(Memory::of(&application));
        }
    }
    assert_eq!(arrived, FRAMES);
    let (warm, now) = (warm.unwrap(), Memory::of(&application));
    assert_eq!(now.resources, warm.resources);
    assert_eq!(now.device, warm.device);
    // A hundred bytes a frame would be 900 kB.
    assert!(
        now.held < warm.held + 300_000,
        "{} after {}",
        now.held,
        warm.held
    );
    // A page every hundred frames would be 360 kB; drivers allocate past the counter.
    assert!(
        now.resident < warm.resident + 4_000_000,
        "{} after {}",
        now.resident,
        warm.resident
    );
}
