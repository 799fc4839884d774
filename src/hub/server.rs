//! The server of the Hub: what it says about the file of a repository.
//!
//! The response to `HEAD ENDPOINT/OWNER/NAME/resolve/REVISION/FILE` has the commit, and size and SHA-256 of the file. The
//! file is on another server, to which `GET` is redirected.

use std::fmt;

use ureq::http::header::{ETAG, LOCATION};

use super::address::Address;
use super::cache::is_commit;
use super::client::{self, Client, header};
use super::digest::is_sha256;
use super::download::Source;
use super::{FILE, Repository, environment};
use crate::error::{Error, ErrorKind, Result};

/// Headers of the Hub: the commit, and SHA-256 and size of the file to which the response redirects.
const X_REPO_COMMIT: &str = "x-repo-commit";
const X_LINKED_ETAG: &str = "x-linked-etag";
const X_LINKED_SIZE: &str = "x-linked-size";

/// Most redirections to a renamed repository.
const RENAMES: usize = 5;

/// A file of a repository, as the server describes it.
pub(super) struct RemoteFile {
    pub commit: String,
    /// Its bytes at the commit, whose address does not change with the branch.
    pub source: Source,
}

/// The server of the environment variables.
pub(super) struct Server {
    endpoint: Address,
    client: Client,
}

impl Server {
    /// # Errors
    /// [`ErrorKind::Server`] if the address of the server or of a proxy cannot be used, [`ErrorKind::Io`] if the token or
    /// the certificate authorities cannot be read.
    pub(super) fn from_environment() -> Result<Self> {
        let endpoint = environment::endpoint();
        let endpoint = Address::parse(&endpoint).map_err(|expected| {
            // It may contain a password.
            let message = format!("HF_ENDPOINT: {expected}");
            Error::new(ErrorKind::Server, message)
        })?;
        let client = Client::new(&endpoint, environment::token()?)?;
        Ok(Self { endpoint, client })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Requests the properties of the file of `repository`.
    pub(super) fn look_up(&self, repository: &Repository) -> Result<RemoteFile> {
        let Repository { id, revision } = repository;
        let folder = self.endpoint.uri().path().trim_end_matches('/');
        let path = format!("{folder}/{id}/resolve/{revision}/{FILE}");
        let mut address = self.endpoint.at(&path).map_err(refused)?;
        let mut response = self.client.head(&address)?;
        for _ in 0..RENAMES {
            // A location without a host is the new path of a renamed repository. One with a host is the address of the
            // bytes.
            let Some(path) = header(&response, LOCATION.as_str()).filter(|to| to.starts_with('/'))
            else {
                break;
            };
            address = self.endpoint.at(path).map_err(refused)?;
            response = self.client.head(&address)?;
        }
        if !response.status().is_redirection() {
            client::check(&response)?;
        }
        let find = |name: &str| header(&response, name);
        stated(find, response.status().is_success(), &address, repository)
    }

    /// `error` about `repository` with the name of this server.
    pub(super) fn named(&self, repository: &Repository, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Server => error.in_context(repository).in_context(&self.endpoint),
            ErrorKind::Unreachable => error.in_context(&self.endpoint),
            _ => error,
        }
    }
}

fn refused(what: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Server, what.to_string())
}

/// Parses what a server says about a file, in an answer with the file or in a redirection.
///
/// # Errors
/// [`ErrorKind::Server`] if a header is missing or not valid.
#[doc(hidden)]
pub fn described<'a>(
    is_whole: bool,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<()> {
    let headers: Vec<(String, &str)> = headers
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    let find = |name: &str| {
        let mut headers = headers.iter();
        headers
            .find(|(other, _)| other == name)
            .map(|(_, value)| *value)
    };
    let address = Address::parse("https://localhost/o/n/resolve/main/f").map_err(refused)?;
    if let Some(location) = find(LOCATION.as_str()) {
        address.redirected(location).map_err(refused)?;
    }
    let repository = Repository {
        id: "o/n",
        revision: "main",
    };
    stated(find, is_whole, &address, &repository).map(|_| ())
}

/// The properties of the file from headers, by their names in lower case. All of them must be valid. The answer is whole,
/// or a redirection.
fn stated<'a>(
    find: impl Fn(&str) -> Option<&'a str>,
    is_whole: bool,
    address: &Address,
    repository: &Repository,
) -> Result<RemoteFile> {
    let expected = |what: &str, found: Option<&str>| {
        let found = found.map_or("nothing".to_owned(), |found| format!("{found:?}"));
        refused(format!("expected {what}, found {found}"))
    };
    let commit = find(X_REPO_COMMIT);
    let tag = find(X_LINKED_ETAG).or_else(|| find(ETAG.as_str()));
    let size = find(X_LINKED_SIZE).or_else(|| {
        // The content length of a redirection is that of its own text.
        is_whole.then(|| find("content-length")).flatten()
    });
    let Some(commit) = commit.filter(|commit| is_commit(commit)) else {
        return Err(expected("a commit in X-Repo-Commit", commit));
    };
    let Some(sha256) = tag
        .map(|tag| tag.trim_matches('"'))
        .filter(|tag| is_sha256(tag))
    else {
        return Err(expected("a SHA-256 in X-Linked-ETag", tag));
    };
    let Some(size) = size.and_then(|size| size.parse().ok()) else {
        return Err(expected("a size in X-Linked-Size", size));
    };
    let (from, to) = (
        format!("/resolve/{}/", repository.revision),
        format!("/resolve/{commit}/"),
    );
    let path = address.uri().path().replacen(&from, &to, 1);
    let source = Source {
        address: address.at(&path).map_err(refused)?,
        size,
        sha256: sha256.to_owned(),
    };
    let commit = commit.to_owned();
    Ok(RemoteFile { commit, source })
}
