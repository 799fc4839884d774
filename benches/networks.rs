//! Wall time of whole networks on the default adapter, with every pass and with none, in turns.
//!
//! `cargo bench --bench networks -- resnet18 mobilenet_v2`; without names a few small networks.

use std::time::{Duration, Instant};

use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::passes::{PassSet, optimize};
use menagerie::session::{Session, SessionOptions};
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Result, zoo};

/// Turns that each variant takes.
const ROUNDS: usize = 7;

fn main() -> Result<()> {
    // Cargo passes `--bench` of its own.
    let mut names: Vec<String> = std::env::args()
        .skip(1)
        .filter(|name| !name.starts_with('-'))
        .collect();
    if names.is_empty() {
        names = ["lenet5", "squeezenet1_1", "mobilenet_v2"]
            .map(String::from)
            .to_vec();
    }
    let gpu = Gpu::open(&AdapterChoice::Default)?;
    println!("{}: median of {ROUNDS} runs, ms", gpu.description());
    println!(
        "{:20}  {:>9}  {:>9}  {:>5}",
        "network", "passes", "none", "ratio"
    );
    for name in &names {
        let [fused, plain] = time(&gpu, name)?;
        let ratio = plain.as_secs_f64() / fused.as_secs_f64();
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        let (fused, plain) = (milliseconds(fused), milliseconds(plain));
        println!("{name:20}  {fused:9.2}  {plain:9.2}  {ratio:5.2}");
    }
    Ok(())
}

/// Median times with every pass and with none. The variants alternate, so that a machine that slows down
/// slows both.
fn time(gpu: &Gpu, name: &str) -> Result<[Duration; 2]> {
    let model = zoo::find(name)?;
    let input = synthetic_input(0, 1, model.input);
    let mut sessions = Vec::new();
    for passes in [PassSet::all(), PassSet::none()] {
        let graph = optimize(&model.graph()?, &passes)?;
        let options = SessionOptions::default();
        let mut session = Session::new(gpu, &graph, &Weights::synthetic(0), &options)?;
        session.run(&input)?;
        sessions.push(session);
    }
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (session, times) in sessions.iter_mut().zip(&mut times) {
            let begin = Instant::now();
            session.run(&input)?;
            times.push(begin.elapsed());
        }
    }
    Ok(times.map(|mut times| {
        times.sort();
        times[ROUNDS / 2]
    }))
}
