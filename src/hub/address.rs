//! Addresses of servers: which of them are one origin, and which may be without TLS.

use std::fmt;

use ureq::http::Uri;
use ureq::http::uri::{Authority, PathAndQuery};

/// The address of something on a server, over TLS, or on this machine without.
#[derive(Clone, Debug)]
pub(super) struct Address(Uri);

/// What requests must have in common to share a secret: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    is_tls: bool,
    host: String,
    port: u16,
}

impl Address {
    /// Parses an address.
    ///
    /// # Errors
    /// What was expected. It does not repeat `text`, which may contain a password.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let uri: Uri = text.parse().map_err(|_| "expected an address")?;
        let authority = uri.authority().ok_or("expected an address with a host")?;
        if authority.as_str().contains('@') {
            return Err("expected an address without a user name or password");
        }
        let address = Self(uri);
        match address.0.scheme_str() {
            Some("https") => Ok(address),
            Some("http") if address.is_loopback() => Ok(address),
            Some("http") => Err("expected https: only this machine is asked without TLS"),
            _ => Err("expected an address of https"),
        }
    }

    /// The origin.
    pub(super) fn origin(&self) -> Origin {
        let is_tls = self.is_tls();
        Origin {
            is_tls,
            host: self.host().to_ascii_lowercase(),
            port: self.0.port_u16().unwrap_or(if is_tls { 443 } else { 80 }),
        }
    }

    /// Whether it is over TLS. All others are on this machine.
    pub(super) fn is_tls(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    /// The address that `location` of a redirection from here means.
    ///
    /// # Errors
    /// The same as [`Address::parse`].
    pub(super) fn redirected(&self, location: &str) -> Result<Self, &'static str> {
        let redirected = if let Some(rest) = location.strip_prefix("//") {
            let scheme = if self.is_tls() { "https" } else { "http" };
            Self::parse(&format!("{scheme}://{rest}"))
        } else if location.starts_with('/') {
            self.at(location)
        } else if location.contains("://") {
            Self::parse(location)
        } else {
            let path = self.0.path();
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            self.at(&format!("{folder}/{location}"))
        }?;
        match self.is_tls() && !redirected.is_tls() {
            true => Err("expected https after https"),
            false => Ok(redirected),
        }
    }

    /// The address of `path` at the same origin.
    ///
    /// # Errors
    /// What was expected.
    pub(super) fn at(&self, path: &str) -> Result<Self, &'static str> {
        let mut parts = self.0.clone().into_parts();
        let path: PathAndQuery = path.parse().map_err(|_| "expected a path")?;
        parts.path_and_query = Some(path);
        Uri::from_parts(parts)
            .map(Self)
            .map_err(|_| "expected a path")
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.0
    }

    fn host(&self) -> &str {
        self.0.authority().map_or("", Authority::host)
    }

    fn is_loopback(&self) -> bool {
        let host = self.host().trim_matches(['[', ']']);
        match host.parse::<std::net::IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => host.eq_ignore_ascii_case("localhost"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        f.write_str(text.trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        Address::parse(text).unwrap().origin()
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for same in [
            "https://hub.co:443/a",
            "https://HUB.co/b?c",
            "https://hub.co",
        ] {
            assert_eq!(origin(same), origin("https://hub.co/"), "{same}");
        }
        for other in [
            "https://hub.co:444/",
            "https://hub.com/",
            "https://a.hub.co/",
            "https://localhost:80/",
        ] {
            assert_ne!(origin(other), origin("https://hub.co/"), "{other}");
        }
        assert_ne!(
            origin("https://localhost:80"),
            origin("http://localhost:80")
        );
        assert_ne!(origin("http://localhost:81"), origin("http://localhost"));
    }

    #[test]
    fn only_this_machine_is_asked_without_tls() {
        for text in [
            "http://localhost:1/",
            "http://LOCALHOST",
            "http://127.0.0.1:80",
            "http://127.9.9.9",
            "http://[::1]:8080",
            "https://hub.co",
        ] {
            assert!(Address::parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://hub.co",
            "http://localhost.hub.co",
            "http://127.0.0.1.hub.co",
            "http://10.0.0.1",
            "http://[::2]",
            "ftp://localhost",
            "localhost",
            "/models",
            "https://user:secret@hub.co",
            "https://token@hub.co",
            "https://a b",
            "",
        ] {
            let error = Address::parse(text).unwrap_err();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_redirection_is_relative_to_where_it_comes_from() {
        let from = Address::parse("https://hub.co:8443/a/b?c").unwrap();
        for (location, to) in [
            ("/d/e?f", "https://hub.co:8443/d/e?f"),
            ("/d?e=http://f", "https://hub.co:8443/d?e=http://f"),
            ("d", "https://hub.co:8443/a/d"),
            ("//cdn.co/d", "https://cdn.co/d"),
            ("https://cdn.co/d?e=f", "https://cdn.co/d?e=f"),
        ] {
            let found = from.redirected(location).unwrap();
            assert_eq!(found.to_string(), to, "{location}");
        }
        for location in [
            "http://127.0.0.1/d",
            "http://cdn.co/d",
            "ftp://cdn.co",
            "https://a:b@cdn.co",
        ] {
            assert!(from.redirected(location).is_err(), "{location}");
        }
    }
}
