//! The environment variables of the Hub, with the names and rules of `huggingface_hub`
//! (<https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables>), and that of PyTorch's cache.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
#[cfg(feature = "hub")]
use std::{io, time::Duration};

#[cfg(feature = "hub")]
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "hub")]
use crate::text_file;

/// The folder of all cached repositories, or `None` if there is no home folder.
pub(super) fn cache() -> Option<PathBuf> {
    // The second name is an old one.
    path("HF_HUB_CACHE")
        .or_else(|| path("HUGGINGFACE_HUB_CACHE"))
        .or_else(|| Some(home()?.join("hub")))
}

/// The folder of everything that belongs to the Hub.
fn home() -> Option<PathBuf> {
    path("HF_HOME").or_else(|| Some(caches()?.join("huggingface")))
}

/// The user's folder of caches.
fn caches() -> Option<PathBuf> {
    path("XDG_CACHE_HOME").or_else(|| Some(env::home_dir()?.join(".cache")))
}

/// The folder of the files that `torch.hub` downloads from their addresses.
pub(super) fn torch_cache() -> Option<PathBuf> {
    let home = path("TORCH_HOME").or_else(|| Some(caches()?.join("torch")))?;
    Some(home.join("hub").join("checkpoints"))
}

/// The address of the server, without a slash at its end.
#[cfg(feature = "hub")]
pub(super) fn endpoint() -> String {
    let endpoint = text("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".to_owned());
    endpoint.trim_end_matches('/').to_owned()
}

/// The access token for the server: of a variable, or of the file that `hf auth login` writes.
///
/// # Errors
/// [`ErrorKind::Io`] if there is a file of the token that cannot be read, or if no token can look like this. The error
/// does not repeat it.
#[cfg(feature = "hub")]
pub(super) fn token() -> Result<Option<String>> {
    if is_true("HF_HUB_DISABLE_IMPLICIT_TOKEN") {
        return Ok(None);
    }
    // The second name is an old one.
    let of_variable = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"].into_iter();
    let of_variable = of_variable.filter_map(|name| Some((name.to_owned(), value(name)?)));
    let found = of_variable.map(|(name, value)| (name, value.to_string_lossy().into_owned()));
    let (origin, token) = match found.into_iter().next() {
        Some(found) => found,
        None => {
            let Some(path) = path("HF_TOKEN_PATH").or_else(|| Some(home()?.join("token"))) else {
                return Ok(None);
            };
            match text_file::text(&path) {
                Ok(token) => (path.display().to_string(), token),
                Err(error) if is_absent(&error) => return Ok(None),
                Err(error) => return Err(Error::unreadable(&path, error)),
            }
        }
    };
    let token = token.replace(['\r', '\n'], "").trim().to_owned();
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::new(
            ErrorKind::Io,
            format!("{origin}: expected a token of letters, digits and signs, found others"),
        ));
    }
    Ok((!token.is_empty()).then_some(token))
}

/// Whether `error` says that there is no such file.
#[cfg(feature = "hub")]
fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Whether downloads are forbidden.
#[cfg(feature = "hub")]
pub(super) fn is_offline() -> bool {
    match value("HF_HUB_OFFLINE") {
        Some(_) => is_true("HF_HUB_OFFLINE"),
        None => is_true("TRANSFORMERS_OFFLINE"),
    }
}

/// Whether the cache must not contain symbolic links.
#[cfg(all(unix, feature = "hub"))]
pub(super) fn is_without_links() -> bool {
    is_true("HF_HUB_DISABLE_SYMLINKS")
}

/// How long to wait for an answer, if the variable says it.
#[cfg(feature = "hub")]
pub(super) fn answer_timeout() -> Option<Duration> {
    seconds("HF_HUB_ETAG_TIMEOUT")
}

/// How long to wait for the next bytes of a file, if the variable says it.
#[cfg(feature = "hub")]
pub(super) fn download_timeout() -> Option<Duration> {
    seconds("HF_HUB_DOWNLOAD_TIMEOUT")
}

#[cfg(feature = "hub")]
fn seconds(name: &str) -> Option<Duration> {
    let seconds = text(name)?.parse().ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

#[cfg(feature = "hub")]
fn is_true(name: &str) -> bool {
    let value = text(name).unwrap_or_default();
    ["1", "ON", "YES", "TRUE"]
        .iter()
        .any(|yes| value.eq_ignore_ascii_case(yes))
}

/// The variable `name` as a path, in which `~` stands for the home folder, and `$NAME` and `${NAME}` for other variables.
fn path(name: &str) -> Option<PathBuf> {
    let value = value(name)?;
    let path = match value.to_str() {
        Some(text) => PathBuf::from(expanded(text)),
        None => PathBuf::from(value),
    };
    match path.strip_prefix("~") {
        Ok(rest) => Some(env::home_dir()?.join(rest)),
        Err(_) => Some(path),
    }
}

/// `text` with the values of the variables that it names. Names of others stay.
fn expanded(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let (name, length) = match after
            .strip_prefix('{')
            .and_then(|after| after.split_once('}'))
        {
            Some((name, _)) => (name, name.len() + 2),
            None => {
                let end = after.find(|letter| !is_of_name(letter));
                let name = &after[..end.unwrap_or(after.len())];
                (name, name.len())
            }
        };
        let (reference, behind) = after.split_at(length);
        match env::var(name) {
            Ok(value) if !name.is_empty() => result.push_str(&value),
            _ => {
                result.push('$');
                result.push_str(reference);
            }
        }
        rest = behind;
    }
    result.push_str(rest);
    result
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
