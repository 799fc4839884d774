//! Video at its own rate: a network looks at a moving picture on the device that shows it, without holding up a frame.
//!
//! `cargo run --release --example video` plays a camera that pans from a cat to a cup and back, 30 frames a second,
//! prints what the network says when it changes, and then an account of the frames and of the answers' latency.
//! `--help` lists the options. It opens no window: `examples/window` shows how frames get to a screen.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use image::RgbaImage;
use image::imageops::{self, FilterType};
use menagerie::frame::{ContinuousRun, TextureInput, TextureSource};
use menagerie::gpu::Gpu;
use menagerie::passes::{PassSet, optimize};
use menagerie::profile::Roofline;
use menagerie::session::{Budget, DispatchTimes, Session, SessionOptions};
use menagerie::{Error, ErrorKind, Result, Tensor, wgpu, zoo};

/// Frames that may be under way on the device, as with a swapchain of three images.
const IN_FLIGHT: usize = 2;
/// Width and height of the picture.
const SIZE: [u32; 2] = [400, 300];
/// Seconds from one end of the scene to the other.
const PAN: f64 = 1.5;

/// Video through a network at the video's own rate
#[derive(Parser)]
struct Arguments {
    /// The network, one that classifies ImageNet's classes
    #[arg(long, default_value = "mobilenet_v2")]
    model: String,
    /// Frames a second
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rate: u32,
    /// Length of the video in seconds
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds: u32,
    /// Milliseconds of the device's time that the network may take of each frame
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1000))]
    budget: u64,
}

fn main() {
    let said = |time: Duration, label: &str| println!("{:6.2} s  {label}", time.as_secs_f64());
    match play(&Arguments::parse(), said) {
        Ok(account) => println!("{account}"),
        Err(error) => {
            eprintln!("error: {error}");
            std::process::exit(1);
        }
    }
}

/// What became of the frames.
#[derive(Debug, Default)]
struct Account {
    /// Frames that were shown.
    shown: u64,
    /// Frames that were dropped, because the ones before took too long.
    dropped: u64,
    /// From the picture that an answer is about to its arrival, for each answer.
    latencies: Vec<Duration>,
    /// Frames that runs were spread over, all together.
    spread: u64,
    /// Runs whose answers were left out, because too many were under way.
    left_out: u64,
}

/// Plays the video; `said` hears what the network says, and when, each time that it changes.
fn play(arguments: &Arguments, mut said: impl FnMut(Duration, &str)) -> Result<Account> {
    // What the application has anyway: a device, and a texture that each frame of the video goes into.
    let (adapter, device, queue) = application()?;
    let scene = scene()?;
    let texture = picture(&device);

    // Once, before the first frame.
    let model = zoo::find(&arguments.model)?;
    let checkpoint = model.checkpoint()?;
    let graph = optimize(&checkpoint.graph(model.input)?, &PassSet::all())?;
    let gpu = Gpu::from_device(&adapter.get_info(), device.clone(), queue.clone());
    let mut session = Session::new(
        &gpu,
        &graph,
        checkpoint.weights(),
        &SessionOptions::default(),
    )?;
    let nothing = Tensor::zeros(1, session.input_shape());
    let times = match DispatchTimes::measured(&session.profile(&nothing, 5)?) {
        Some(times) => times,
        None => DispatchTimes::estimated(session.program(), &Roofline::measure(&gpu)?),
    };
    let preprocess = checkpoint.preprocess();
    let input = TextureInput::new(&session, &TextureSource::new(&texture), &preprocess, 0)?;
    let mut network: ContinuousRun<Instant> = ContinuousRun::new(&session, IN_FLIGHT + 1)?;

    let labels = checkpoint.labels();
    let period = Duration::from_secs(1) / arguments.rate;
    let budget = Budget::Time(Duration::from_millis(arguments.budget), &times);
    let mut account = Account::default();
    let mut submitted = std::collections::VecDeque::new();
    let mut last = None;
    let begin = Instant::now();
    for number in 0..arguments.rate * arguments.seconds {
        let due = period * number;
        let elapsed = begin.elapsed();
        if elapsed > due + period {
            account.dropped += 1;
            continue;
        }
        thread::sleep(due.saturating_sub(elapsed));

        let seen = Instant::now();
        show(&queue, &texture, &scene, due.as_secs_f64());
        let mut frame = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        // Here an application draws the texture. The network's part comes behind it.
        network.record(
            &session,
            seen,
            |frame| input.record(frame),
            budget,
            &mut frame,
        );
        submitted.push_back(queue.submit([frame.finish()]));
        account.shown += 1;
        // A surface would wait for a free image here.
        if submitted.len() > IN_FLIGHT {
            wait(&device, submitted.pop_front())?;
        }

        if let Some(found) = network.latest()? {
            account.latencies.push(found.began.elapsed());
            account.spread += u64::from(found.frames);
            let best = found.answer.top_k(0, 1)[0].index;
            if last != Some(best) {
                said(begin.elapsed(), &labels.label(best));
                last = Some(best);
            }
        }
    }
    account.left_out = network.left_out();
    Ok(account)
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut latencies = self.latencies.clone();
        latencies.sort();
        let at = |share: f64| {
            let index = (share * latencies.len() as f64) as usize;
            let found = latencies.get(index.min(latencies.len().saturating_sub(1)));
            found.map_or(0.0, |latency| 1000.0 * latency.as_secs_f64())
        };
        writeln!(f, "{} frames shown, {} dropped", self.shown, self.dropped)?;
        write!(
            f,
            "{} answers, {} left out, each from {:.1} frames; latency {:.0} ms in the median, {:.0} ms at the 95th percentile",
            latencies.len(),
            self.left_out,
            self.spread as f64 / latencies.len().max(1) as f64,
            at(0.5),
            at(0.95)
        )
    }
}

/// A cat and a cup side by side.
fn scene() -> Result<RgbaImage> {
    let photos: [&[u8]; 2] = [
        include_bytes!("../samples/cat.png"),
        include_bytes!("../samples/coffee.png"),
    ];
    let [width, height] = SIZE;
    let mut scene = RgbaImage::new(2 * width, height);
    for (index, photo) in (0..).zip(photos) {
        let photo = image::load_from_memory(photo)
            .map_err(|error| Error::new(ErrorKind::Input, error.to_string()))?;
        let photo = photo.resize_to_fill(width, height, FilterType::Triangle);
        imageops::replace(&mut scene, &photo.to_rgba8(), index * i64::from(width), 0);
    }
    Ok(scene)
}

/// Writes what a camera sees of `scene` after so many `seconds` into `texture`.
fn show(queue: &wgpu::Queue, texture: &wgpu::Texture, scene: &RgbaImage, seconds: f64) {
    let [width, height] = SIZE;
    // From 0 to 1 and back, and slower at both ends.
    let place = (1.0 - (std::f64::consts::PI * seconds / PAN).cos()) / 2.0;
    let left = (place * f64::from(width)) as u32;
    let seen = imageops::crop_imm(scene, left, 0, width, height).to_image();
    let layout = wgpu::TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(4 * width),
        rows_per_image: None,
    };
    queue.write_texture(texture.as_image_copy(), &seen, layout, texture.size());
}

fn picture(device: &wgpu::Device) -> wgpu::Texture {
    let [width, height] = SIZE;
    device.create_texture(&wgpu::TextureDescriptor {
        label: Some("video"),
        size: wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8UnormSrgb,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    })
}

fn application() -> Result<(wgpu::Adapter, wgpu::Device, wgpu::Queue)> {
    let failed = |error: String| Error::new(ErrorKind::Adapter, error);
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let options = wgpu::RequestAdapterOptions::default();
    let adapter = pollster::block_on(instance.request_adapter(&options))
        .map_err(|error| failed(error.to_string()))?;
    let descriptor = Gpu::descriptor(&adapter);
    let (device, queue) = pollster::block_on(adapter.request_device(&descriptor))
        .map_err(|error| failed(error.to_string()))?;
    Ok((adapter, device, queue))
}

fn wait(device: &wgpu::Device, submission: Option<wgpu::SubmissionIndex>) -> Result<()> {
    let waited = device.poll(wgpu::PollType::Wait {
        submission_index: submission,
        timeout: None,
    });
    waited.map_err(|error| Error::new(ErrorKind::Device, error.to_string()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(arguments: &[&str]) -> (Account, Vec<String>) {
        let arguments = Arguments::try_parse_from([&["video"], arguments].concat());
        let arguments = arguments.unwrap_or_else(|error| panic!("{error}"));
        let mut labels = Vec::new();
        let account = play(&arguments, |_, label| labels.push(label.to_owned())).unwrap();
        (account, labels)
    }

    #[test]
    fn the_network_follows_the_video() {
        // Slow enough for any machine to show each frame.
        let (account, labels) = account(&["--rate", "4", "--seconds", "3", "--budget", "1000"]);
        assert_eq!(account.shown + account.dropped, 12);
        assert_eq!(account.left_out, 0);
        let heard = |name: &str| labels.iter().any(|label| label.contains(name));
        assert!(heard("cat") && heard("espresso"), "{labels:?}");
        // A run in one frame each, and the last ones are still under way.
        assert_eq!(account.spread, account.latencies.len() as u64);
        assert!(account.latencies.len() as u64 + 1 + IN_FLIGHT as u64 >= account.shown);
    }

    #[test]
    fn a_small_budget_spreads_runs_over_frames() {
        let (account, _) = account(&["--rate", "60", "--seconds", "2", "--budget", "1"]);
        let answers = account.latencies.len() as u64;
        assert!(answers > 0 && account.spread > answers, "{account}");
    }
}
