//! Servers with TLS: whom they are trusted by, and the proxies that they are reached through.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;

use super::{assert_nothing_is_there, content, hub, snapshot};
use crate::hub::Hub;
use crate::program::end;
use crate::tls::{Proxy, authority, before};

/// A name that no server has but behind a proxy.
const NAME: &str = "hub.test";

fn command(hub: &Hub, endpoint: &str) -> Command {
    let mut command = hub.command(&["fetch", "resnet18"]);
    command
        .env("HF_ENDPOINT", endpoint)
        .env("HF_TOKEN", "secret")
        .env_remove("NO_PROXY");
    command
}

/// With TLS, at a port of this machine.
fn local(hub: &Hub) -> (SocketAddr, String) {
    let address = before(hub.address, NAME);
    (address, format!("https://localhost:{}", address.port()))
}

#[test]
fn an_authority_of_ones_own_is_trusted_however_it_is_named() {
    let authority = authority();
    let folders = format!("no/such:{}", authority.trim_end_matches("/authority.pem"));
    for (name, value) in [
        ("SSL_CERT_FILE", &authority),
        ("SSL_CERT_DIR", &folders),
        ("REQUESTS_CA_BUNDLE", &authority),
        ("CURL_CA_BUNDLE", &authority),
    ] {
        let hub = hub();
        let address = before(hub.address, NAME);
        let proxy = Proxy::http(address);
        let mut command = command(&hub, &format!("https://{NAME}"));
        command
            .env(name, value)
            .env("HTTPS_PROXY", format!("http://{}", proxy.address));
        let ending = end(command);
        assert_eq!(
            (ending.status, ending.stderr.as_str()),
            (Some(0), ""),
            "{name}"
        );
        assert_eq!(fs::read(snapshot(&hub)).unwrap(), content());
    }
}

#[test]
fn a_server_that_nobody_vouches_for_is_not_asked() {
    let hub = hub();
    let (_, endpoint) = local(&hub);
    let ending = end(command(&hub, &endpoint));
    assert_eq!(ending.status, Some(1));
    assert!(
        ending
            .stderr
            .contains("UnknownIssuer; SSL_CERT_FILE can name a file of certificate authorities"),
        "{}",
        ending.stderr
    );
    assert_eq!(hub.requests(), []);
    assert_nothing_is_there(&hub);

    // The certificate is of another name.
    let address = before(hub.address, NAME);
    let proxy = Proxy::http(address);
    let mut command = command(&hub, "https://other.test");
    command
        .env("SSL_CERT_FILE", authority())
        .env("HTTPS_PROXY", format!("http://{}", proxy.address));
    let ending = end(command);
    assert!(
        ending.stderr.contains("invalid peer certificate"),
        "{}",
        ending.stderr
    );
    assert_eq!(hub.requests(), []);
}

#[test]
fn a_file_of_authorities_that_has_none_is_an_error() {
    let hub = hub();
    let (_, endpoint) = local(&hub);
    let empty = hub.home.path().join("empty.pem");
    fs::write(&empty, "").unwrap();
    for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"] {
        for path in [empty.to_str().unwrap(), "no/such.pem", "/dev/zero"] {
            let mut command = command(&hub, &endpoint);
            command.env(name, path);
            let ending = end(command);
            let expected = format!(
                "error: resnet18: {path}: expected certificate authorities, because {name} names it: "
            );
            assert!(ending.stderr.starts_with(&expected), "{}", ending.stderr);
        }
    }
    assert_eq!(hub.requests(), []);
}

/// Behind these proxies is a server that cannot be reached otherwise.
#[test]
fn a_proxy_is_used_whatever_it_speaks() {
    for (name, scheme) in [
        ("HTTPS_PROXY", "http"),
        ("https_proxy", "http"),
        ("ALL_PROXY", "http"),
        ("HTTPS_PROXY", "socks5h"),
        ("all_proxy", "socks5h"),
    ] {
        let hub = hub();
        let address = before(hub.address, NAME);
        let proxy = match scheme {
            "http" => Proxy::http(address),
            _ => Proxy::socks(address),
        };
        let mut command = command(&hub, &format!("https://{NAME}"));
        command
            .env("SSL_CERT_FILE", authority())
            .env(name, format!("{scheme}://{}", proxy.address));
        let ending = end(command);
        assert_eq!(
            (ending.status, ending.stderr.as_str()),
            (Some(0), ""),
            "{name} {scheme}"
        );
        assert!(proxy.connections() > 0);
        assert_eq!(fs::read(snapshot(&hub)).unwrap(), content());
    }
}

#[test]
fn what_a_proxy_is_not_for_is_reached_without_it() {
    for exceptions in ["*", "localhost", "other.test, localhost"] {
        let hub = hub();
        let (_, endpoint) = local(&hub);
        let mut command = command(&hub, &endpoint);
        command
            .env("SSL_CERT_FILE", authority())
            .env("HTTPS_PROXY", "http://127.0.0.1:1")
            .env("NO_PROXY", exceptions);
        // The bytes are at another host, which is behind the proxy.
        end(command);
        assert!(!hub.requests().is_empty(), "{exceptions}");
    }
}

/// Without the proxy that was asked for, nobody is asked, and the token stays here.
#[test]
fn a_proxy_that_cannot_be_used_is_an_error() {
    for (name, address) in [
        ("HTTPS_PROXY", "gopher://user:password@127.0.0.1:1"),
        ("ALL_PROXY", "http://"),
        ("https_proxy", "quic://127.0.0.1"),
    ] {
        let hub = hub();
        let (_, endpoint) = local(&hub);
        let mut command = command(&hub, &endpoint);
        command.env("SSL_CERT_FILE", authority()).env(name, address);
        let ending = end(command);
        let scheme = address.split(':').next().unwrap();
        assert_eq!(
            ending.stderr,
            format!(
                "error: resnet18: {name}: expected the address of a proxy of http, https, socks4, socks4a, socks5 or \
                 socks5h, found one of {scheme:?}\n"
            )
        );
        assert_eq!(hub.requests(), []);
    }
}
