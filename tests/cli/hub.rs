//! A server on this machine that plays the Hugging Face Hub for one repository, well or badly.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::program::{Ending, command, end};

/// The commit that the repository's branch `main` is at.
pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// What the server does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Behaviour {
    /// What the Hub does.
    Sound,
    /// States the length of what it sends, and closes the connection after so many bytes of it.
    BreaksOffAfter(usize),
    /// The same, but at this place of the file, from wherever it was asked for.
    BreaksOffAt(usize),
    /// Sends the file up to this place, and states that it is all of what was asked for.
    Truncates(usize),
    /// Redirects to a server at this port of the same host, for the bytes.
    RedirectsToPort(u16),
    /// Redirects to this address, for the bytes.
    RedirectsTo(&'static str),
    /// Sends the file from its beginning, whatever was asked for.
    IgnoresRanges,
    /// Sends as many other bytes as the file has.
    SendsOtherBytes,
    /// Sends one byte too many.
    SendsMore,
    /// Answers every question like this.
    Refuses(&'static str),
    /// Answers questions about the file, and then refuses to send it.
    RefusesTheFile(&'static str),
    /// Redirects as for a repository that was renamed.
    WasRenamed,
    /// States this header instead of the one of the same name.
    States(&'static str),
}

/// A request: its first line and the headers that matter here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    pub line: String,
    pub range: Option<String>,
    pub authorization: Option<String>,
}

/// The server. It stops when the test ends.
pub struct Hub {
    pub address: SocketAddr,
    pub home: tempfile::TempDir,
    state: Arc<Mutex<State>>,
}

struct State {
    repository: &'static str,
    /// A path at which the file is without a repository.
    path: Option<&'static str>,
    file: Vec<u8>,
    sha256: String,
    behaviour: Behaviour,
    requests: Vec<Request>,
}

impl Hub {
    /// Serves `file` as the weights of `repository`. `home` is an empty `HF_HOME`.
    pub fn new(repository: &'static str, file: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            repository,
            path: None,
            sha256: sha256(&file),
            file,
            behaviour: Behaviour::Sound,
            requests: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || serve(stream, address, &state));
            }
        });
        Self {
            address,
            home: tempfile::tempdir().unwrap(),
            state,
        }
    }

    /// Serves `file` at `path`, and no repository.
    pub fn of_path(path: &'static str, file: Vec<u8>) -> Self {
        let hub = Self::new("no/repository", file);
        hub.state.lock().unwrap().path = Some(path);
        hub
    }

    pub fn behave(&self, behaviour: Behaviour) {
        self.state.lock().unwrap().behaviour = behaviour;
    }

    pub fn sha256(&self) -> String {
        self.state.lock().unwrap().sha256.clone()
    }

    /// What was asked since the last call.
    pub fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.state.lock().unwrap().requests)
    }

    /// The command, with this server as its Hub.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command
            .env("HF_ENDPOINT", format!("http://{}/", self.address))
            .env("HF_HOME", self.home.path());
        command
    }

    pub fn end(&self, arguments: &[&str]) -> Ending {
        end(self.command(arguments))
    }

    /// What a command says on standard error where it fails, with `ADDRESS` for this server's.
    pub fn complaint(&self, arguments: &[&str]) -> String {
        let ending = self.end(arguments);
        assert_eq!(
            (ending.status, ending.stdout.as_str()),
            (Some(1), ""),
            "{arguments:?}"
        );
        ending.stderr.replace(&self.address.to_string(), "ADDRESS")
    }
}

/// SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn serve(mut stream: TcpStream, address: SocketAddr, state: &Mutex<State>) {
    let Some(request) = read(&stream) else {
        return;
    };
    let answer = {
        let mut state = state.lock().unwrap();
        state.requests.push(request.clone());
        state.answer(&request, address)
    };
    // A client that has seen enough hangs up.
    let _ = stream.write_all(&answer);
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines();
    let line = lines.next()?.ok()?;
    let mut request = Request {
        line: line.trim_end_matches(" HTTP/1.1").to_owned(),
        ..Request::default()
    };
    for line in lines {
        let line = line.ok()?;
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        match name.to_lowercase().as_str() {
            "range" => request.range = Some(value.to_owned()),
            "authorization" => request.authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    Some(request)
}

impl State {
    fn answer(&self, request: &Request, address: SocketAddr) -> Vec<u8> {
        let (repository, sha256) = (self.repository, &self.sha256);
        if let Behaviour::Refuses(status) = self.behaviour {
            return head(status, &["Content-Length: 0"]);
        }
        let main = format!("HEAD /{repository}/resolve/main/model.safetensors");
        if self.behaviour == Behaviour::WasRenamed && request.line == main {
            let to = "Location: /new/name/resolve/main/model.safetensors";
            return head("307 Temporary Redirect", &[to, "Content-Length: 0"]);
        }
        let (method, path) = request.line.split_once(' ').unwrap();
        let owner = match self.behaviour {
            Behaviour::WasRenamed => "new/name",
            _ => repository,
        };
        if Some(path) == self.path {
            let length = format!("Content-Length: {}", self.file.len());
            return match method {
                "HEAD" => head("200 OK", &[&length]),
                _ => self.send(request.range.as_deref()),
            };
        }
        if path == format!("/files/{sha256}") {
            return self.send(request.range.as_deref());
        }
        let resolved = ["main", COMMIT]
            .map(|revision| format!("/{owner}/resolve/{revision}/model.safetensors"));
        if !resolved.iter().any(|known| known == path) {
            return head("404 Not Found", &["Content-Length: 0"]);
        }
        let mut headers = [
            format!("X-Repo-Commit: {COMMIT}"),
            format!("X-Linked-ETag: \"{sha256}\""),
            format!("X-Linked-Size: {}", self.file.len()),
            // Another host, as far as a client can tell.
            match self.behaviour {
                Behaviour::RedirectsToPort(port) => {
                    format!("Location: http://{}:{port}/files/{sha256}", address.ip())
                }
                Behaviour::RedirectsTo(address) => format!("Location: {address}"),
                _ => format!(
                    "Location: http://localhost:{}/files/{sha256}",
                    address.port()
                ),
            },
            "Content-Length: 13".to_owned(),
        ];
        if let Behaviour::States(header) = self.behaviour {
            let name = header.split(':').next().unwrap();
            let stated = headers.iter_mut().find(|stated| stated.starts_with(name));
            *stated.unwrap() = header.to_owned();
        }
        let mut answer = head("302 Found", &headers.each_ref().map(String::as_str));
        if method == "GET" {
            answer.extend(b"this is moved");
        }
        answer
    }

    fn send(&self, range: Option<&str>) -> Vec<u8> {
        let whole = self.file.len();
        let ranges = self.behaviour != Behaviour::IgnoresRanges;
        let begin = range.filter(|_| ranges).map_or(0, |range| {
            let begin = range
                .strip_prefix("bytes=")
                .and_then(|range| range.strip_suffix('-'));
            begin.unwrap().parse::<usize>().unwrap()
        });
        let mut body = self.file[begin..].to_vec();
        let mut stated = body.len();
        match self.behaviour {
            Behaviour::RefusesTheFile(status) => return head(status, &["Content-Length: 0"]),
            Behaviour::BreaksOffAfter(count) => body.truncate(count),
            Behaviour::BreaksOffAt(place) => body.truncate(place.saturating_sub(begin)),
            Behaviour::Truncates(place) => {
                body.truncate(place.saturating_sub(begin));
                stated = body.len();
            }
            Behaviour::SendsOtherBytes => body.iter_mut().for_each(|byte| *byte ^= 1),
            Behaviour::SendsMore => {
                body.push(0);
                stated = body.len();
            }
            _ => {}
        }
        let length = format!("Content-Length: {stated}");
        let content_range = format!("Content-Range: bytes {begin}-{}/{whole}", whole - 1);
        let mut answer = match begin {
            0 => head("200 OK", &[&length]),
            _ => head("206 Partial Content", &[&length, &content_range]),
        };
        answer.extend(body);
        answer
    }
}

fn head(status: &str, headers: &[&str]) -> Vec<u8> {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n").into_bytes()
}
