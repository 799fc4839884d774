//! Requests to servers: over TLS, through the proxy of the environment, and with the token only to the origin that it is
//! for.

use std::time::Duration;

use ureq::config::RedirectAuthHeaders;
use ureq::http::header::{AUTHORIZATION, CONTENT_RANGE, LOCATION, RANGE};
use ureq::http::{Response, StatusCode};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body, RequestBuilder, typestate::WithoutBody};

use super::address::{Address, Origin};
use super::{environment, proxy, trust};
use crate::error::{Error, ErrorKind, Result};

const USER_AGENT: &str = concat!("menagerie/", env!("CARGO_PKG_VERSION"));

/// Timeout for connecting.
const CONNECT: Duration = Duration::from_secs(10);

/// Timeout for the next bytes, if the environment has no other.
const SILENCE: Duration = Duration::from_secs(30);

/// Most redirections to follow.
const REDIRECTIONS: usize = 10;

/// A client for one server, and for those to which it redirects.
pub(super) struct Client {
    agent: Agent,
    /// The secret, and the only origin that gets it.
    token: Option<(Origin, String)>,
}

impl Client {
    /// A client that shows `token` to the origin of `server`.
    ///
    /// # Errors
    /// Those of the proxy and the certificate authorities that the environment names.
    pub(super) fn new(server: &Address, token: Option<String>) -> Result<Self> {
        let mut config = Agent::config_builder()
            .user_agent(USER_AGENT)
            .http_status_as_error(false)
            .max_redirects(0)
            .redirect_auth_headers(RedirectAuthHeaders::Never)
            .proxy(None)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(environment::answer_timeout().unwrap_or(SILENCE)))
            .timeout_per_read(Some(environment::download_timeout().unwrap_or(SILENCE)));
        // What is on this machine needs neither.
        if server.is_tls() {
            let tls = TlsConfig::builder().root_certs(trust::authorities()?);
            config = config
                .tls_config(tls.build())
                .proxy(proxy::of_environment()?);
        }
        Ok(Self {
            agent: config.build().into(),
            token: token.map(|token| (server.origin(), token)),
        })
    }

    /// Requests the headers of `address`. A redirection is not followed.
    ///
    /// # Errors
    /// [`ErrorKind::Unreachable`] if there is no answer.
    pub(super) fn head(&self, address: &Address) -> Result<Response<Body>> {
        let request = self.agent.head(address.uri());
        self.call(address, request)
    }

    /// Requests the bytes of `address` from `offset` on. Redirections are followed. Returns the offset of the first byte
    /// and the response. The offset is 0 if the server does not support ranges.
    ///
    /// # Errors
    /// [`ErrorKind::Unreachable`] if there is no answer. [`ErrorKind::Server`] if the server sends another range, or
    /// redirects to an address that is not asked.
    pub(super) fn get(&self, address: &Address, offset: u64) -> Result<(u64, Response<Body>)> {
        let mut address = address.clone();
        for _ in 0..=REDIRECTIONS {
            let mut request = self.agent.get(address.uri());
            if offset > 0 {
                request = request.header(RANGE, format!("bytes={offset}-"));
            }
            let response = self.call(&address, request)?;
            if response.status().is_redirection()
                && let Some(location) = header(&response, LOCATION.as_str())
            {
                let redirected = address.redirected(location);
                address = redirected.map_err(|expected| {
                    refused(format!(
                        "it redirects to an address that is not asked: {expected}"
                    ))
                })?;
                continue;
            }
            if response.status() != StatusCode::PARTIAL_CONTENT {
                return Ok((0, response));
            }
            let range = header(&response, CONTENT_RANGE.as_str()).unwrap_or_default();
            if !range.starts_with(&format!("bytes {offset}-")) {
                return Err(refused(format!(
                    "expected the bytes from {offset} on, found {range:?}"
                )));
            }
            return Ok((offset, response));
        }
        Err(refused(format!(
            "it redirects more than {REDIRECTIONS} times"
        )))
    }

    fn call(
        &self,
        address: &Address,
        request: RequestBuilder<WithoutBody>,
    ) -> Result<Response<Body>> {
        let request = match &self.token {
            Some((origin, token)) if *origin == address.origin() => {
                request.header(AUTHORIZATION, format!("Bearer {token}"))
            }
            _ => request,
        };
        request.call().map_err(unreachable)
    }
}

/// Checks that `response` has the bytes that were requested.
///
/// # Errors
/// [`ErrorKind::Server`] with the status of the response.
pub(super) fn check(response: &Response<Body>) -> Result<()> {
    let status = response.status();
    let reason = match status {
        status if status.is_success() => return Ok(()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
            "no such repository, or not open to you"
        }
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            "try again later"
        }
        _ => "not an answer that was expected",
    };
    Err(refused(format!("answered {status}: {reason}")))
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Server, message)
}

/// The error that there is no answer. Callers add the server.
fn unreachable(error: ureq::Error) -> Error {
    let reason = match &error {
        ureq::Error::Io(error) => error.to_string(),
        error => error.to_string(),
    };
    let advice = match reason.contains("UnknownIssuer") {
        true => "; SSL_CERT_FILE can name a file of certificate authorities to trust",
        false => "",
    };
    let message = format!("cannot be reached: {reason}{advice}");
    Error::new(ErrorKind::Unreachable, message).caused_by(error)
}

/// The header `name` of `response`, if it is text.
pub(super) fn header<'a>(response: &'a Response<Body>, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}
