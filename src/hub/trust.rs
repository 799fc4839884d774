//! The certificate authorities that servers are trusted by: those of the system, or of the files that the environment
//! names.

use std::env;
use std::path::{Path, PathBuf};

use rustls_native_certs::{CertificateResult, load_certs_from_paths, load_native_certs};
use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

use crate::error::{Error, ErrorKind, Result};
use crate::text_file;

/// The variable that names a file in place of the system's authorities.
const FILE: &str = "SSL_CERT_FILE";

/// The variable that names folders in place of the system's authorities.
const FOLDERS: &str = "SSL_CERT_DIR";

/// Variables that name a file of further authorities, for Python's `requests` and for curl.
const BUNDLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

type Certificates = Vec<Certificate<'static>>;

/// The authorities of the system and the environment. On a system without any, those of Mozilla.
///
/// # Errors
/// [`ErrorKind::Io`] if a file that the environment names cannot be read, or has no certificate.
pub(super) fn authorities() -> Result<RootCerts> {
    let mut certificates = Certificates::new();
    let replaced = [named(FILE), named(FOLDERS)];
    if replaced.iter().all(Option::is_none) {
        let _ = add_loaded(&mut certificates, load_native_certs());
    }
    let mut refused = None;
    for (name, path) in replaced.into_iter().flatten() {
        let added = match name {
            FOLDERS => add_folders(&mut certificates, &path),
            _ => add_file(&mut certificates, &path),
        };
        if let Err(reason) = added {
            refused = Some(unusable(name, &path, reason));
        }
    }
    if certificates.is_empty()
        && let Some(error) = refused
    {
        return Err(error);
    }
    for (name, path) in BUNDLES.iter().filter_map(|name| named(name)) {
        add_file(&mut certificates, &path).map_err(|reason| unusable(name, &path, reason))?;
    }
    Ok(match certificates.is_empty() {
        true => RootCerts::WebPki,
        false => RootCerts::new_with_certs(&certificates),
    })
}

/// Adds the certificates of the file at `path`.
///
/// # Errors
/// Why there are none.
fn add_file(certificates: &mut Certificates, path: &Path) -> Result<(), String> {
    // The system's loader would read a file that has no end until memory ends.
    let text = text_file::bytes(path).map_err(|error| error.to_string())?;
    let before = certificates.len();
    certificates.extend(parse_pem(&text).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    }));
    match certificates.len() > before {
        true => Ok(()),
        false => Err("it has no certificate".to_owned()),
    }
}

/// Adds the certificates of a list of folders, as PATH is one.
///
/// # Errors
/// Why there are none in any of them.
fn add_folders(certificates: &mut Certificates, folders: &Path) -> Result<(), String> {
    let mut all = Err("it names no folder".to_owned());
    for folder in env::split_paths(folders).filter(|folder| !folder.as_os_str().is_empty()) {
        let one = add_loaded(certificates, load_certs_from_paths(None, Some(&folder)));
        all = all.or(one);
    }
    all
}

/// Adds what the system's loader has found.
///
/// # Errors
/// Why there is nothing.
fn add_loaded(certificates: &mut Certificates, loaded: CertificateResult) -> Result<(), String> {
    if loaded.certs.is_empty() {
        let reason = loaded.errors.first().map(ToString::to_string);
        return Err(reason.unwrap_or_else(|| "it has no certificate".to_owned()));
    }
    for certificate in &loaded.certs {
        certificates.push(Certificate::from_der(certificate).to_owned());
    }
    Ok(())
}

fn named(name: &'static str) -> Option<(&'static str, PathBuf)> {
    let path = env::var_os(name).filter(|path| !path.is_empty())?;
    Some((name, path.into()))
}

fn unusable(name: &str, path: &Path, reason: String) -> Error {
    let path = path.display();
    Error::new(
        ErrorKind::Io,
        format!("{path}: expected certificate authorities, because {name} names it: {reason}"),
    )
}
