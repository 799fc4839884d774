//! `menagerie fetch`.

use std::io::Write;

use clap::Args;
use menagerie::hub::{self, Fetched, Repository};
use menagerie::{Result, zoo};
use serde_json::{Value, json};

use super::advice::advised;
use super::notices::download_bar;
use super::output::{self, Failure, one_line};

/// Download weights from the Hugging Face Hub
///
/// The files are stored in the cache of Python's huggingface_hub. Commands without --weights use them.
/// Files that are already there are verified and not downloaded again.
///
/// Environment: HF_HOME or HF_HUB_CACHE is another folder, HF_ENDPOINT another server, and HF_TOKEN an
/// access token. HF_HUB_OFFLINE=1 disables downloads.
#[derive(Args)]
pub struct Fetch {
    /// Names of networks
    #[arg(required = true, value_name = "MODEL")]
    models: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Fetch {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let wanted = self
            .models
            .iter()
            .map(|name| {
                let model = zoo::find(name)?;
                Ok((model.name, model.repository()?))
            })
            .collect::<Result<Vec<_>>>()?;
        let mut fetched = Vec::new();
        let mut failed = Vec::new();
        for (name, repository) in wanted {
            match download(name, &repository) {
                Ok(file) if self.json => fetched.push(value(name, &repository, &file)),
                Ok(file) => write(out, name, &repository, &file)?,
                Err(error) => failed.push((name, advised(error))),
            }
        }
        if self.json {
            let failed: Vec<Value> = failed
                .iter()
                .map(|(name, error)| json!({ "model": name, "error": error.to_string() }))
                .collect();
            output::json(out, &json!({ "fetched": fetched, "failed": failed }))?;
        }
        if failed.is_empty() {
            return Ok(());
        }
        out.flush()?;
        failed
            .iter()
            .for_each(|(name, error)| output::complain(&format_args!("{name}: {error}")));
        Err(Failure::Reported)
    }
}

/// Downloads the weights of the network `name` from `repository`, with a progress bar on standard error
/// if that is a terminal.
///
/// # Errors
/// The same as `hub::fetch`.
fn download(name: &str, repository: &Repository) -> Result<Fetched> {
    let bar = download_bar(name);
    let fetched = hub::fetch(repository, &mut |there, whole| {
        bar.set_length(whole);
        bar.set_position(there);
    });
    bar.finish_and_clear();
    fetched
}

fn value(name: &str, repository: &Repository, file: &Fetched) -> Value {
    json!({
        "model": name,
        "repository": repository.id,
        "revision": repository.revision,
        "path": file.path.to_string_lossy(),
        "size": file.size,
        "sha256": file.sha256,
        "downloaded": file.downloaded,
    })
}

fn write(
    out: &mut dyn Write,
    name: &str,
    repository: &Repository,
    file: &Fetched,
) -> Result<(), Failure> {
    let how = match file.downloaded {
        true => "downloaded",
        false => "already there",
    };
    writeln!(out, "{name}: {repository}, {how}")?;
    writeln!(out, "  {}", one_line(&file.path.to_string_lossy()))?;
    writeln!(
        out,
        "  {} bytes, sha256 {} verified",
        file.size, file.sha256
    )?;
    Ok(())
}
