//! A run that is recorded in parts, over several frames.

use std::time::Duration;

use menagerie::Tensor;
use menagerie::profile::Roofline;
use menagerie::session::{Budget, DispatchTimes, Run};

use crate::common::device::devices;
use crate::networks::{alone, encoder, input};

/// Splits a run over frames, each with a submission and with another session's run in between.
#[test]
fn a_run_in_parts_gives_the_same_bits() {
    for (device, gpu) in devices() {
        let (mut split, mut other) = (alone(gpu, "mobilenet_v2"), alone(gpu, "lenet5"));
        let (image, digit) = (input(&split), input(&other));
        let (expected, between) = (split.run(&image).unwrap(), other.run(&digit).unwrap());
        let roofline = Roofline {
            flops_per_second: 1e9,
            bytes_per_second: 1e9,
        };
        let times = DispatchTimes::estimated(split.program(), &roofline);
        let all = split.program().dispatches().len();
        let budgets = [
            (Budget::Dispatches(7), all.div_ceil(7)),
            (Budget::Dispatches(1), all),
            (Budget::Time(Duration::from_secs(3600), &times), 1),
            (Budget::Time(Duration::from_millis(50), &times), usize::MAX),
        ];
        for (budget, parts) in budgets {
            // Nothing of the last run is left to be mistaken for this one's.
            split.run(&Tensor::zeros(1, image.shape())).unwrap();
            split.write_input(&image).unwrap();
            let (mut run, mut frames) = (Run::new(), 0);
            loop {
                let mut frame = encoder(gpu);
                let before = run.recorded();
                let done = split.record_part(&mut run, budget, &mut frame);
                assert!(run.recorded() > before);
                frames += 1;
                if done {
                    split.record_readback(&mut frame);
                }
                gpu.queue().submit([frame.finish()]);
                if done {
                    break;
                }
                if frames < 3 {
                    assert_eq!(other.run(&digit).unwrap(), between, "{device}");
                }
            }
            assert_eq!(split.read().unwrap(), expected, "{device}: {budget:?}");
            assert_eq!(run.recorded(), all);
            match parts {
                usize::MAX => assert!((2..all).contains(&frames), "{frames} of {all}"),
                parts => assert_eq!(frames, parts, "{device}: {budget:?}"),
            }
            assert!(split.record_part(&mut run, budget, &mut encoder(gpu)));
        }
    }
}
