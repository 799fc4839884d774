//! The proxy to reach servers through, from the environment variables that curl and Python use.

use std::env;

use ureq::Proxy;

use crate::error::{Error, ErrorKind, Result};

/// The variables that name a proxy for addresses of https, the first one that is set counts.
const VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// The variables that list the hosts that are reached without a proxy.
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// The proxy of the environment for addresses over TLS, if any.
///
/// # Errors
/// [`ErrorKind::Server`] if its address cannot be used. Without it, no server is asked.
pub(super) fn of_environment() -> Result<Option<Proxy>> {
    let exceptions = EXCEPTIONS.iter().find_map(|name| set(name));
    let exceptions = exceptions.unwrap_or_default();
    let hosts = || exceptions.split(',').map(str::trim);
    let Some((name, address)) = VARIABLES
        .iter()
        .find_map(|name| Some((*name, set(name)?)))
        .filter(|_| !hosts().any(|host| host == "*"))
    else {
        return Ok(None);
    };
    let unusable = || {
        // The address itself may contain a password.
        let scheme = address.split_once("://").map_or("", |(scheme, _)| scheme);
        Error::new(
            ErrorKind::Server,
            format!(
                "{name}: expected the address of a proxy of http, https, socks4, socks4a, socks5 or socks5h, \
                 found one of {scheme:?}"
            ),
        )
    };
    let proxy = Proxy::new(&address).map_err(|_| unusable())?;
    let mut builder = Proxy::builder(proxy.protocol())
        .host(proxy.host())
        .port(proxy.port())
        .resolve_target(proxy.resolve_target());
    if let Some(username) = proxy.username() {
        builder = builder.username(username);
    }
    if let Some(password) = proxy.password() {
        builder = builder.password(password);
    }
    for host in hosts().filter(|host| !host.is_empty()) {
        builder = builder.no_proxy(host);
        // As in curl and Python, the name of a domain stands for its hosts, too.
        if !host.starts_with(['.', '*']) {
            builder = builder.no_proxy(&format!(".{host}"));
        }
    }
    builder.build().map(Some).map_err(|_| unusable())
}

fn set(name: &str) -> Option<String> {
    let value = env::var_os(name)?.to_string_lossy().trim().to_owned();
    (!value.is_empty()).then_some(value)
}
