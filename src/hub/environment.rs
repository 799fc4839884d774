//! The environment variables of the Hub, with the names of `huggingface_hub`
//! (<https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables>).

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// The folder of all cached repositories, or `None` if there is no home folder.
pub(super) fn cache() -> Option<PathBuf> {
    if let Some(cache) = path("HF_HUB_CACHE") {
        return Some(cache);
    }
    let home = path("HF_HOME").or_else(|| {
        let caches = path("XDG_CACHE_HOME").or_else(|| Some(env::home_dir()?.join(".cache")))?;
        Some(caches.join("huggingface"))
    })?;
    Some(home.join("hub"))
}

/// The address of the server, without a slash at its end.
#[cfg(feature = "hub")]
pub(super) fn endpoint() -> String {
    let endpoint = text("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".to_owned());
    endpoint.trim_end_matches('/').to_owned()
}

/// The access token for the server.
#[cfg(feature = "hub")]
pub(super) fn token() -> Option<String> {
    text("HF_TOKEN")
}

/// Whether downloads are forbidden.
#[cfg(feature = "hub")]
pub(super) fn is_offline() -> bool {
    let value = text("HF_HUB_OFFLINE").unwrap_or_default();
    ["1", "ON", "YES", "TRUE"]
        .iter()
        .any(|yes| value.eq_ignore_ascii_case(yes))
}

/// The variable `name` as a path, in which `~` stands for the home folder.
fn path(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(value(name)?);
    match path.strip_prefix("~") {
        Ok(rest) => Some(env::home_dir()?.join(rest)),
        Err(_) => Some(path),
    }
}

#[cfg(feature = "hub")]
fn text(name: &str) -> Option<String> {
    let text = value(name)?.to_string_lossy().trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The variable `name`, or `None` if it is empty or not set.
fn value(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
