//! Compiles a folder of pipelines, as `menagerie plan MODEL --shaders FOLDER` writes them, by whatever Vulkan driver
//! answers, and keeps what the driver says of the machine code. Nothing is dispatched, so a driver without a GPU will do.
//!
//! ```text
//! gpu-code FOLDER OUT [--without-robustness]
//! ```
//!
//! `OUT` gets `statistics.tsv`, a line for each number; the driver's listings, as `PIPELINE.EXECUTABLE.NAME.txt`; and a copy
//! of the folder's `pipelines.json`.

mod compiled;
mod device;
mod folder;

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use device::{Device, Robustness};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ended = match arguments[..] {
        [folder, out] => run(Path::new(folder), Path::new(out), Robustness::AsWgpu),
        [folder, out, "--without-robustness"] => {
            run(Path::new(folder), Path::new(out), Robustness::None)
        }
        _ => Err("usage: gpu-code FOLDER OUT [--without-robustness]".into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path, out: &Path, robustness: Robustness) -> Result<(), String> {
    let pipelines = folder::read(folder)?;
    fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    let device = Device::open(robustness)?;
    println!("{}", device.description);
    let mut table = String::from("pipeline\texecutable\tstatistic\tvalue\n");
    for pipeline in &pipelines {
        let name = &pipeline.name;
        let executables = compiled::executables(&device, pipeline)?;
        for (index, executable) in executables.iter().enumerate() {
            for (statistic, value) in &executable.statistics {
                let _ = writeln!(table, "{name}\t{index}\t{statistic}\t{value}");
            }
            for (listing, text) in &executable.listings {
                let listing = listing.replace(|c: char| !c.is_alphanumeric(), "_");
                write(&out.join(format!("{name}.{index}.{listing}.txt")), text)?;
            }
        }
    }
    write(&out.join("statistics.tsv"), table.as_bytes())?;
    let list = folder.join(folder::LIST);
    fs::copy(&list, out.join(folder::LIST))
        .map(drop)
        .map_err(|error| format!("{}: {error}", list.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}
