//! The data of a profile, in the units of all outputs.

use std::time::Duration;

use menagerie::gpu::AdapterDescription;
use menagerie::graph::NamedType;
use menagerie::profile::{DispatchProfile, Profile, Roofline};
use menagerie::program::Precision;

use super::first_answer::FirstAnswer;

/// A network's profile on an adapter.
pub struct Report {
    pub model: String,
    pub inputs: Vec<NamedType>,
    pub batch: usize,
    pub precision: Precision,
    pub runs: usize,
    pub weights: String,
    pub adapter: AdapterDescription,
    pub first_answer: FirstAnswer,
    pub profile: Profile,
    pub roofline: Option<Roofline>,
}

/// The numbers of a dispatch. `None` if the device has no timestamps, or its clock is too coarse.
pub struct Row<'a> {
    pub dispatch: &'a DispatchProfile,
    pub share_percent: Option<f64>,
    pub gflops: Option<f64>,
    pub gbytes: Option<f64>,
    pub roofline_percent: Option<f64>,
}

impl Report {
    /// The dispatches, in order.
    pub fn rows(&self) -> Vec<Row<'_>> {
        let shares = self.profile.shares();
        let dispatches = self.profile.dispatches.iter().enumerate();
        dispatches
            .map(|(index, dispatch)| Row {
                dispatch,
                share_percent: shares
                    .as_ref()
                    .map(|shares| f64::from(shares[index]) / 10.0),
                gflops: dispatch.flops_per_second().map(|rate| rate / 1e9),
                gbytes: dispatch.bytes_per_second().map(|rate| rate / 1e9),
                roofline_percent: self
                    .roofline
                    .and_then(|roofline| dispatch.roofline_fraction(&roofline))
                    .map(|fraction| 100.0 * fraction),
            })
            .collect()
    }

    /// The wall time of an untimed run minus the time of its kernels, in milliseconds. It is negative if the timed
    /// kernels took longer.
    pub fn gap(&self) -> Option<f64> {
        let kernels = self.profile.kernels()?;
        Some(milliseconds(self.profile.wall.median) - milliseconds(kernels))
    }
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

pub fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// `49x1x1`
pub fn extent([x, y, z]: [u32; 3]) -> String {
    format!("{x}x{y}x{z}")
}

#[cfg(test)]
pub mod sample {
    //! Reports for tests.

    use menagerie::graph::{Cost, Graph, Window};
    use menagerie::kernels::KERNELS;
    use menagerie::profile::{Interval, Spread, TimedRun, Timing};
    use menagerie::session::Preparation;
    use menagerie::tensor::Shape;

    use super::*;

    /// A report of dispatches with these names, with times of 1, 2, 3 and so on microseconds.
    pub fn report(names: &[&str], timing: Timing) -> Report {
        let micros = Duration::from_micros;
        let interval = |begin, end| Interval {
            begin: micros(begin),
            end: micros(end),
        };
        let spread = |time| Spread {
            median: micros(time),
            least: micros(time),
            most: micros(2 * time),
        };
        let graph = Graph::convolution(Shape::new(2, 3, 4), 1, Window::square(1, 1), 1, true);
        let graph = graph.unwrap();
        let timed = timing != Timing::WallOnly;
        let dispatches = names.iter().zip(1..).map(|(&name, time)| DispatchProfile {
            layer: name.to_owned(),
            operation: format!("{name}, twice"),
            kernel: KERNELS[0],
            shape: Shape::new(2, 3, 4),
            workgroups: [5, 6, 1],
            cost: Cost {
                flops: 2000,
                activation_bytes: 400,
                parameter_bytes: 100,
            },
            time: timed.then(|| spread(time)),
        });
        let part = interval(0, 1);
        let ends = (0..names.len() as u64).map(|index| (index, index + 1));
        let run = TimedRun {
            passes: vec![interval(0, names.len() as u64)],
            dispatches: ends.map(|(begin, end)| interval(begin, end)).collect(),
        };
        Report {
            model: "sample".into(),
            inputs: graph.signature().inputs,
            batch: 1,
            precision: Precision::F32,
            runs: 1,
            weights: names.concat(),
            adapter: AdapterDescription {
                name: names.concat(),
                backend: "Vulkan".into(),
                device_type: "Other".into(),
                driver: String::new(),
                pci_address: String::new(),
                max_binding_bytes: 0,
                max_buffer_bytes: 0,
                max_texture_side: 0,
                max_workgroup_bytes: 0,
                max_invocations: 0,
                subgroup_sizes: [1, 1],
                matrix_sizes: menagerie::device::MatrixSizes::NONE,
                features: Vec::new(),
            },
            first_answer: FirstAnswer {
                load: interval(0, 1),
                plan: interval(1, 2),
                device: interval(2, 3),
                session: interval(3, 5),
                preparation: Preparation {
                    plan: part,
                    compile: part,
                    upload: part,
                    whole: part,
                },
                run: interval(5, 9),
            },
            profile: Profile {
                timing,
                dispatches: dispatches.collect(),
                runs: if timed { vec![run] } else { Vec::new() },
                wall: spread(100),
            },
            roofline: Some(Roofline {
                flops_per_second: 1e10,
                bytes_per_second: 1e9,
            }),
        }
    }
}
