//! A server with TLS before a server without, and proxies before it. `tools/test_certificates.sh` made its certificate.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::program::checkout;

/// The file with the authority that the certificate is of.
pub fn authority() -> String {
    let path = checkout("tests/cli/tls/authority.pem");
    path.to_str().unwrap().to_owned()
}

/// Listens on this machine and calls `serve` with each connection, in a thread of its own.
fn listen(serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            // A client that has seen enough hangs up.
            thread::spawn(move || drop(serve(stream)));
        }
    });
    address
}

/// A server with TLS that passes each request on to the one at `behind`. Where that redirects to itself, it redirects to
/// this one, as `name`.
pub fn before(behind: SocketAddr, name: &'static str) -> SocketAddr {
    let file = |name: &str| checkout("tests/cli/tls").join(name);
    let certificate = CertificateDer::from_pem_file(file("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    listen(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, stream);
        let request = head(&mut stream)?;
        let mut plain = TcpStream::connect(behind)?;
        plain.write_all(&request)?;
        let mut answer = head(&mut plain)?;
        let here = format!("http://localhost:{}/", behind.port());
        let text = String::from_utf8_lossy(&answer).replace(&here, &format!("https://{name}/"));
        answer = text.into_bytes();
        plain.read_to_end(&mut answer)?;
        stream.write_all(&answer)?;
        stream.conn.send_close_notify();
        stream.flush()
    })
}

/// A proxy, and how many connections it has made.
pub struct Proxy {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Proxy {
    /// A proxy for `CONNECT`. Whatever it is asked for, it connects to `target`.
    pub fn http(target: SocketAddr) -> Self {
        Self::new(target, |client| {
            head(client)?;
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        })
    }

    /// The same for SOCKS 5.
    pub fn socks(target: SocketAddr) -> Self {
        Self::new(target, |client| {
            let [_, methods] = bytes(client)?;
            client.read_exact(&mut vec![0; usize::from(methods)])?;
            client.write_all(&[5, 0])?;
            let [_, _, _, kind] = bytes(client)?;
            let length = match kind {
                1 => 4,
                3 => {
                    let [length] = bytes(client)?;
                    usize::from(length)
                }
                _ => 16,
            };
            client.read_exact(&mut vec![0; length + 2])?;
            client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        })
    }

    fn new(
        target: SocketAddr,
        greet: impl Fn(&mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        let address = listen(move |mut client| {
            greet(&mut client)?;
            counter.fetch_add(1, Ordering::SeqCst);
            let mut server = TcpStream::connect(target)?;
            let (mut up, mut to) = (client.try_clone()?, server.try_clone()?);
            thread::spawn(move || drop(io::copy(&mut up, &mut to)));
            io::copy(&mut server, &mut client)?;
            client.shutdown(Shutdown::Both)
        });
        Self {
            address,
            connections,
        }
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn bytes<const COUNT: usize>(stream: &mut TcpStream) -> io::Result<[u8; COUNT]> {
    let mut bytes = [0; COUNT];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Everything up to an empty line.
fn head(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    Ok(head)
}
