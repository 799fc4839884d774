//! `menagerie fetch`.

use std::fmt;
use std::io::Write;

use clap::Args;
use menagerie::hub::{self, Fetched, Repository, TorchFile};
use menagerie::{Result, zoo};
use serde_json::{Value, json};

use super::advice::advised;
use super::notices::download_bar;
use super::output::{self, Failure, one_line};

/// Download weights from the Hugging Face Hub, or from torchvision if the Hub has none
///
/// The files are stored in the cache of Python's huggingface_hub, or in that of torch.hub. Commands without
/// --weights use them. Files that are already there are verified and not downloaded again.
///
/// Environment: HF_HOME or HF_HUB_CACHE is another folder, HF_ENDPOINT another server, and HF_TOKEN an
/// access token. HF_HUB_OFFLINE=1 disables downloads. HTTPS_PROXY is a proxy, and SSL_CERT_FILE a file of
/// certificate authorities.
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
                let origin = match model.torchvision_file() {
                    Some(file) => Origin::Torchvision(file),
                    None => Origin::Hub(model.repository()?),
                };
                Ok((model.name, origin))
            })
            .collect::<Result<Vec<_>>>()?;
        let mut fetched = Vec::new();
        let mut failed = Vec::new();
        for (name, origin) in wanted {
            match download(name, &origin) {
                Ok(file) if self.json => fetched.push(value(name, &origin, &file)),
                Ok(file) => write(out, name, &origin, &file)?,
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

/// Where weights are published.
enum Origin {
    Hub(Repository),
    Torchvision(TorchFile),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Hub(repository) => repository.fmt(f),
            Origin::Torchvision(file) => file.fmt(f),
        }
    }
}

/// Downloads the weights of the network `name` from `origin`, with a progress bar on standard error
/// if that is a terminal.
///
/// # Errors
/// The same as `hub::fetch`.
fn download(name: &str, origin: &Origin) -> Result<Fetched> {
    let bar = download_bar(name);
    let mut progress = |there, whole| {
        bar.set_length(whole);
        bar.set_position(there);
    };
    let fetched = match origin {
        Origin::Hub(repository) => hub::fetch(repository, &mut progress),
        Origin::Torchvision(file) => hub::fetch_torch(file, &mut progress),
    };
    bar.finish_and_clear();
    fetched
}

fn value(name: &str, origin: &Origin, file: &Fetched) -> Value {
    let mut value = json!({
        "model": name,
        "path": file.path.to_string_lossy(),
        "size": file.size,
        "sha256": file.sha256,
        "verified": file.verified,
        "downloaded": file.downloaded,
    });
    match origin {
        Origin::Hub(repository) => {
            value["repository"] = repository.id.into();
            value["revision"] = repository.revision.into();
        }
        Origin::Torchvision(file) => value["url"] = file.to_string().into(),
    }
    value
}

fn write(out: &mut dyn Write, name: &str, origin: &Origin, file: &Fetched) -> Result<(), Failure> {
    let how = match file.downloaded {
        true => "downloaded",
        false => "already there",
    };
    writeln!(out, "{name}: {origin}, {how}")?;
    writeln!(out, "  {}", one_line(&file.path.to_string_lossy()))?;
    let verified = match file.verified {
        true => " verified",
        false => ", which the cache does not state",
    };
    writeln!(
        out,
        "  {} bytes, sha256 {}{verified}",
        file.size, file.sha256
    )?;
    Ok(())
}
