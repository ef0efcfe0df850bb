//! A door between the service and its database, which can be shut.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Place at which a commit is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It never comes to the server.
    Before,
    /// The server does it; its answer never comes back.
    After,
}

/// Passes everything on, until it is told otherwise.
pub(crate) struct Proxy {
    /// Address on which it listens.
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    shut: bool,
    /// The next commit of a connection that has sent this text is cut.
    cut: Option<(String, Cut)>,
    open: Vec<TcpStream>,
}

impl Proxy {
    /// A door to `server`, such as `127.0.0.1:5432`.
    pub(crate) fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let state = Arc::new(Mutex::new(State::default()));
        let (server, shared) = (server.to_owned(), Arc::clone(&state));
        // It ends with the test program.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if lock(&shared).shut {
                    continue;
                }
                if let Ok(server) = TcpStream::connect(&server) {
                    lock(&shared).open.extend([&client, &server].map(|end| end.try_clone().expect("an end")));
                    pass(client, server, &shared);
                }
            }
        });
        Self { port, state }
    }

    /// Nobody comes through, and who is inside is cut off.
    pub(crate) fn shut(&self) {
        let mut state = lock(&self.state);
        state.shut = true;
        for end in state.open.drain(..) {
            // One that is closed already stays so.
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// Everybody comes through again.
    pub(crate) fn open(&self) {
        lock(&self.state).shut = false;
    }

    /// Cuts the next commit of a connection that has sent `text`.
    pub(crate) fn cut(&self, text: &str, cut: Cut) {
        lock(&self.state).cut = Some((text.to_owned(), cut));
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pass(client: TcpStream, server: TcpStream, state: &Arc<Mutex<State>>) {
    let deaf = Arc::new(Mutex::new(false));
    let ends = (client.try_clone().expect("an end"), server.try_clone().expect("an end"));
    let (shared, swallows) = (Arc::clone(state), Arc::clone(&deaf));
    thread::spawn(move || asks(client, server, &shared, &swallows));
    thread::spawn(move || answers(ends.1, ends.0, &deaf));
}

/// From the client to the server, watching for a commit that is to be cut.
fn asks(mut client: TcpStream, mut server: TcpStream, state: &Mutex<State>, swallows: &Mutex<bool>) {
    const COMMIT: &[u8] = b"commit\0";
    let (mut part, mut sent) = ([0; 65_536], false);
    while let Ok(count @ 1..) = client.read(&mut part) {
        let bytes = &part[..count];
        let holds = |what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
        let wanted = lock(state).cut.clone();
        if let Some((text, cut)) = wanted {
            sent |= holds(text.as_bytes());
            if sent && holds(COMMIT) {
                lock(state).cut = None;
                if cut == Cut::Before {
                    let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
                    return;
                }
                *swallows.lock().unwrap_or_else(PoisonError::into_inner) = true;
            }
        }
        if server.write_all(bytes).is_err() {
            return;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
}

/// From the server to the client, unless the answer is to be swallowed.
fn answers(mut server: TcpStream, mut client: TcpStream, deaf: &Mutex<bool>) {
    let mut part = [0; 65_536];
    while let Ok(count @ 1..) = server.read(&mut part) {
        let swallows = *deaf.lock().unwrap_or_else(PoisonError::into_inner);
        if swallows || client.write_all(&part[..count]).is_err() {
            break;
        }
    }
    let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
}
