//! The shortest use of the library: a network by name, the best GPU there is, the likeliest class.
//!
//! `cargo run --release --example headless` classifies a grey image, for want of a better one.

use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::passes::{PassSet, optimize};
use menagerie::preprocess::Photo;
use menagerie::session::{Session, SessionOptions};
use menagerie::zoo::{self, WeightsSource};

fn main() -> menagerie::Result<()> {
    let model = zoo::find("mobilenet_v2")?;
    let graph = optimize(&model.graph()?, &PassSet::all())?;
    let source = WeightsSource::default_for(model)?;
    let weights = source.open(model)?;
    let gpu = Gpu::open(&AdapterChoice::Default)?;
    let mut session = Session::new(&gpu, &graph, &weights, &SessionOptions::default())?;

    let grey = vec![128; 3 * 320 * 240];
    let photo = Photo {
        width: 320,
        height: 240,
        rgb: &grey,
    };
    let logits = session.run(&source.preprocess(model).apply(photo)?)?;
    let best = (0..model.classes).max_by(|&a, &b| logits.data()[a].total_cmp(&logits.data()[b]));
    if let Some(best) = best {
        println!("{} on {}", model.labels.names()[best], gpu.description());
    }
    Ok(())
}
