use menagerie::photo::{Stream, Subfolders, find};
use menagerie::{Network, Tensor};
use std::path::PathBuf;
use std::time::Instant;

fn main() -> menagerie::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let batch: usize = args[2].parse().unwrap();
    let rounds: usize = args[3].parse().unwrap();
    let model = args.get(4).map_or("mobilenet_v2", String::as_str);
    let sources = find(&[PathBuf::from(&args[1])], Subfolders::Search).sources;
    let count = sources.len() as f64;
    let mut network = Network::builder(model)
        .batch_up_to(batch)
        .synthetic_if_missing()
        .load()?;
    network.prepare()?;
    let preprocess = network.preprocess()?;
    let start = || {
        Stream::start_ahead(sources.clone(), batch, move |photo| {
            preprocess.apply(&photo)
        })
    };
    let mut tensors: Vec<Tensor> = Vec::new();
    let mut ratios = Vec::new();
    for round in 0..rounds {
        let clock = Instant::now();
        let decoded: Vec<Tensor> = start()?.collect::<Result<_, _>>()?;
        let decoding = clock.elapsed().as_secs_f64();
        if round == 0 {
            tensors = decoded;
            let _ = network
                .classify_stream(tensors.iter().take(batch).cloned().map(Ok))
                .count();
        }
        let clock = Instant::now();
        assert_eq!(
            network
                .classify_stream(tensors.iter().cloned().map(Ok))
                .count(),
            tensors.len()
        );
        let running = clock.elapsed().as_secs_f64();
        let clock = Instant::now();
        assert_eq!(network.classify_stream(start()?).count(), tensors.len());
        let both = clock.elapsed().as_secs_f64();
        let ratio = (decoding + running) / both;
        ratios.push(ratio);
        println!(
            "batch {batch}: decode {:.2} ms, run {:.2} ms, both {:.2} ms a photo; {:.3} of 1/(decode + run), {:.3} of the slower",
            1e3 * decoding / count,
            1e3 * running / count,
            1e3 * both / count,
            ratio,
            decoding.max(running) / both
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "median {:.3}, {:.3} to {:.3}",
        ratios[ratios.len() / 2],
        ratios[0],
        ratios[ratios.len() - 1]
    );
    Ok(())
}
