//! A client that keeps its connection: HTTP/1.1 by hand, so that it costs next to nothing itself.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(120);

/// One connection, for one request after the other.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// A response, read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status code of HTTP, such as 200.
    pub status: u16,
    /// Bytes of the body.
    pub body: Vec<u8>,
    /// Bytes of the whole response, with its head.
    pub bytes: usize,
}

/// The bytes of a POST with a body.
#[must_use]
pub fn post(path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut request = format!("POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += "\r\n";
    let mut request = request.into_bytes();
    request.extend_from_slice(body);
    request
}

/// A whole `GET` request.
#[must_use]
pub fn get(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    (request + "\r\n").into_bytes()
}

impl Connection {
    /// Opens a connection.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, received: Vec::with_capacity(16 << 10) })
    }

    /// Sends a whole request and waits for the whole answer.
    ///
    /// # Errors
    /// When the connection breaks, or the answer does not say how long it is.
    pub fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        let mut answers = self.exchange_all(request, 1)?;
        answers.pop().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Sends so many whole requests at once and waits for the answer to each: the server answers one after
    /// the other, and the way there and back is taken once (pipelining, RFC 9112).
    ///
    /// # Errors
    /// As for [`Self::exchange`].
    pub fn exchange_all(&mut self, requests: &[u8], count: usize) -> io::Result<Vec<Answer>> {
        self.stream.write_all(requests)?;
        self.received.clear();
        let (mut answers, mut done) = (Vec::with_capacity(count), 0);
        while answers.len() < count {
            if let Some(answer) = read(&self.received[done..])? {
                done += answer.bytes;
                answers.push(answer);
                continue;
            }
            let mut chunk = [0; 16 << 10];
            let length = self.stream.read(&mut chunk)?;
            if length == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.received.extend_from_slice(&chunk[..length]);
        }
        Ok(answers)
    }
}

/// The answer, once it is all there.
fn read(received: &[u8]) -> io::Result<Option<Answer>> {
    let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let unreadable = || io::Error::other("the answer's head does not read");
    let head = str::from_utf8(&received[..end]).map_err(|_| unreadable())?;
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(unreadable)?;
    let length: usize = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .ok_or_else(unreadable)?;
    let body = received.get(end + 4..end + 4 + length);
    Ok(body.map(|body| Answer { status, body: body.to_vec(), bytes: end + 4 + length }))
}

#[cfg(test)]
mod tests {
    use super::{Answer, read};

    #[test]
    fn an_answer_is_read_once_it_is_whole() {
        let whole = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok";
        let read_of_two = read(&[&whole[..], &whole[..]].concat()).unwrap().map(|answer| answer.bytes);
        assert_eq!(read_of_two, Some(whole.len()), "what follows is the next answer");
        assert_eq!(read(&whole[..20]).unwrap(), None);
        assert_eq!(read(&whole[..whole.len() - 1]).unwrap(), None);
        assert_eq!(
            read(whole).unwrap(),
            Some(Answer { status: 201, body: b"ok".to_vec(), bytes: whole.len() })
        );
        assert!(read(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
