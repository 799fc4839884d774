//! The certificate authorities that servers are trusted by: those of the system, or of the files that the environment
//! names.

use std::env;
use std::path::PathBuf;

use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

use crate::error::{Error, ErrorKind, Result};
use crate::text_file;

/// Variables that replace the system's authorities by those of a file or folder. The system's loader reads them.
const REPLACEMENTS: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Variables that name a file of authorities for Python's `requests` and for curl.
const BUNDLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// The authorities of the system and the environment. On a system without any, those of Mozilla.
///
/// # Errors
/// [`ErrorKind::Io`] if a file that the environment names cannot be read, or has no certificate.
pub(super) fn authorities() -> Result<RootCerts> {
    let system = rustls_native_certs::load_native_certs();
    let mut certificates: Vec<Certificate<'static>> = system
        .certs
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    if let Some((name, path)) = REPLACEMENTS.iter().find_map(|name| named(name))
        && certificates.is_empty()
    {
        let reason = system.errors.first().map(ToString::to_string);
        let reason = reason.unwrap_or_else(|| "it has no certificate".to_owned());
        return Err(unusable(name, &path, reason));
    }
    for (name, path) in BUNDLES.iter().filter_map(|name| named(name)) {
        let text =
            text_file::bytes(&path).map_err(|error| unusable(name, &path, error.to_string()))?;
        let before = certificates.len();
        certificates.extend(parse_pem(&text).filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        }));
        if certificates.len() == before {
            return Err(unusable(name, &path, "it has no certificate".to_owned()));
        }
    }
    Ok(match certificates.is_empty() {
        true => RootCerts::WebPki,
        false => RootCerts::new_with_certs(&certificates),
    })
}

fn named(name: &'static str) -> Option<(&'static str, PathBuf)> {
    let path = env::var_os(name).filter(|path| !path.is_empty())?;
    Some((name, path.into()))
}

fn unusable(name: &str, path: &std::path::Path, reason: String) -> Error {
    let path = path.display();
    Error::new(
        ErrorKind::Io,
        format!("{path}: expected certificate authorities, because {name} names it: {reason}"),
    )
}
