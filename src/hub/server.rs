//! Requests to the server of the Hub: the properties of a file at a revision, and its bytes.
//!
//! The response to `HEAD ENDPOINT/OWNER/NAME/resolve/REVISION/FILE` has the commit, and size and SHA-256 of the file. The
//! file is on another server, to which `GET` is redirected.

use std::fmt;
use std::io::Read;
use std::time::Duration;

use ureq::http::header::{AUTHORIZATION, CONTENT_RANGE, ETAG, LOCATION, RANGE};
use ureq::http::{Response, StatusCode, Uri};
use ureq::{Agent, Body, RequestBuilder, config::RedirectAuthHeaders, typestate::WithoutBody};

use super::cache::is_commit;
use super::digest::is_sha256;
use super::{FILE, Repository, environment};
use crate::error::{Error, ErrorKind, Result};

const USER_AGENT: &str = concat!("menagerie/", env!("CARGO_PKG_VERSION"));

/// Headers of the Hub: the commit, and SHA-256 and size of the file to which the response redirects.
const X_REPO_COMMIT: &str = "x-repo-commit";
const X_LINKED_ETAG: &str = "x-linked-etag";
const X_LINKED_SIZE: &str = "x-linked-size";

/// Timeouts for connecting, and for waiting for the next bytes.
const CONNECT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(30);

/// Most redirections to a renamed repository.
const RENAMES: usize = 5;

/// A file, as the server describes it.
pub(super) struct RemoteFile {
    repository: Repository,
    /// Address of its bytes at the commit, which does not change with the branch.
    url: String,
    pub commit: String,
    pub sha256: String,
    pub size: u64,
}

/// The server of the environment variables.
pub(super) struct Server {
    endpoint: String,
    token: Option<String>,
    agent: Agent,
}

impl Server {
    pub(super) fn from_environment() -> Self {
        let config = Agent::config_builder()
            .user_agent(USER_AGENT)
            .http_status_as_error(false)
            .redirect_auth_headers(RedirectAuthHeaders::SameHost)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .build();
        Self {
            endpoint: environment::endpoint(),
            token: environment::token(),
            agent: config.into(),
        }
    }

    /// Requests the properties of the file of `repository`.
    pub(super) fn look_up(&self, repository: &Repository) -> Result<RemoteFile> {
        let Repository { id, revision } = repository;
        let mut url = format!("{}/{id}/resolve/{revision}/{FILE}", self.endpoint);
        let mut response = self.head(&url)?;
        for _ in 0..RENAMES {
            // A location without a host is the new path of a renamed repository. One with a host is the address of the
            // bytes.
            let Some(path) = header(&response, LOCATION.as_str()).filter(|to| to.starts_with('/'))
            else {
                break;
            };
            url = self.beside(&url, path)?;
            response = self.head(&url)?;
        }
        let status = response.status();
        if !status.is_success() && !status.is_redirection() {
            return Err(self.refusal(repository, status));
        }
        self.stated(&response, &url, repository)
    }

    /// Requests the bytes of `file` from `offset` on. Returns the offset of the first byte and a reader. The offset is 0 if
    /// the server does not support ranges.
    pub(super) fn read(&self, file: &RemoteFile, offset: u64) -> Result<(u64, impl Read + use<>)> {
        let mut request = self.signed(self.agent.get(&file.url));
        if offset > 0 {
            request = request.header(RANGE, format!("bytes={offset}-"));
        }
        let response = request.call().map_err(|error| self.unreachable(error))?;
        let begin = match response.status() {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT => {
                let range = header(&response, CONTENT_RANGE.as_str()).unwrap_or_default();
                if !range.starts_with(&format!("bytes {offset}-")) {
                    return Err(self.error(format!(
                        "{file}: expected the bytes from {offset} on, found {range:?}"
                    )));
                }
                offset
            }
            status => return Err(self.refusal(&file.repository, status)),
        };
        Ok((begin, response.into_body().into_reader()))
    }

    fn head(&self, url: &str) -> Result<Response<Body>> {
        self.signed(self.agent.head(url))
            .config()
            .max_redirects(0)
            .build()
            .call()
            .map_err(|error| self.unreachable(error))
    }

    fn signed(&self, request: RequestBuilder<WithoutBody>) -> RequestBuilder<WithoutBody> {
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    /// The address of `path` on the same host as `url`.
    fn beside(&self, url: &str, path: &str) -> Result<String> {
        let uri: Uri = url
            .parse()
            .map_err(|_| self.error(format!("no address: {url:?}")))?;
        let scheme = uri.scheme_str().unwrap_or("https");
        let host = uri.authority().map_or("", |authority| authority.as_str());
        Ok(format!("{scheme}://{host}{path}"))
    }

    /// The properties of the file from the headers of `response`. All of them must be valid.
    fn stated(
        &self,
        response: &Response<Body>,
        url: &str,
        repository: &Repository,
    ) -> Result<RemoteFile> {
        let expected = |what: &str, found: Option<&str>| {
            let found = found.map_or("nothing".to_owned(), |found| format!("{found:?}"));
            self.error(format!("{repository}: expected {what}, found {found}"))
        };
        let commit = header(response, X_REPO_COMMIT);
        let tag = header(response, X_LINKED_ETAG).or_else(|| header(response, ETAG.as_str()));
        let size = header(response, X_LINKED_SIZE).or_else(|| {
            // The content length of a redirection is that of its own text.
            let whole = response.status().is_success();
            whole.then(|| header(response, "content-length")).flatten()
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
        Ok(RemoteFile {
            repository: *repository,
            url: url.replacen(&from, &to, 1),
            commit: commit.to_owned(),
            sha256: sha256.to_owned(),
            size,
        })
    }

    fn refusal(&self, repository: &Repository, status: StatusCode) -> Error {
        let reason = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
                "no such repository, or not open to you"
            }
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                "try again later"
            }
            _ => "not an answer that was expected",
        };
        self.error(format!("{repository}: answered {status}: {reason}"))
    }

    fn unreachable(&self, error: ureq::Error) -> Error {
        let reason = match &error {
            ureq::Error::Io(error) => error.to_string(),
            ureq::Error::Http(_) | ureq::Error::BadUri(_) => {
                return self.error("expected the address of a server in HF_ENDPOINT");
            }
            error => error.to_string(),
        };
        Error::new(
            ErrorKind::Unreachable,
            format!("{}: cannot be reached: {reason}", self.endpoint),
        )
        .caused_by(error)
    }

    /// An error about this server.
    pub(super) fn error(&self, what: impl fmt::Display) -> Error {
        Error::new(ErrorKind::Server, format!("{}: {what}", self.endpoint))
    }
}

impl fmt::Display for RemoteFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.repository.fmt(f)
    }
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}
