use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A tap on the way to a provider: it passes every byte on and keeps the body of each request, so that what was asked
/// (and would have been paid for) can be counted by somebody other than who asked.
pub struct Tap {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    /// Ends with the tap.
    _connections: JoinSet<()>,
}

impl Tap {
    /// A tap in front of this address.
    pub async fn before(provider: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let mut connections = JoinSet::new();
        let kept = asked.clone();
        connections.spawn(async move {
            let mut passing = JoinSet::new();
            while let Ok((from, _)) = listener.accept().await {
                passing.spawn(pass(from, provider, kept.clone()));
            }
        });
        Self { address, asked, _connections: connections }
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The body of every request that has been sent whole.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        lock(&self.asked).clone()
    }
}

fn lock(asked: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    asked.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn pass(from: TcpStream, provider: SocketAddr, asked: Arc<Mutex<Vec<String>>>) {
    let Ok(to) = TcpStream::connect(provider).await else { return };
    let ((from_read, mut from_write), (mut to_read, to_write)) = (from.into_split(), to.into_split());
    tokio::select! {
        // Whichever side ends first ends the other: a client that goes away stops being answered.
        () = requests(from_read, to_write, &asked) => {}
        _ = tokio::io::copy(&mut to_read, &mut from_write) => {}
    }
}

async fn requests(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, asked: &Mutex<Vec<String>>) {
    let (mut seen, mut piece) = (Vec::new(), vec![0; 16 * 1024]);
    while let Ok(count) = from.read(&mut piece).await {
        if count == 0 {
            return;
        }
        seen.extend_from_slice(&piece[..count]);
        while let Some((body, rest)) = first_request(&seen) {
            lock(asked).push(body);
            seen = rest;
        }
        if to.write_all(&piece[..count]).await.is_err() {
            return;
        }
    }
}

/// The body of the first request and what follows it, once it is all there. Requests to a provider state their length.
fn first_request(bytes: &[u8]) -> Option<(String, Vec<u8>)> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let length: usize = String::from_utf8_lossy(&bytes[..head])
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().unwrap());
    let (body, rest) = bytes[head + 4..].split_at_checked(length)?;
    Some((String::from_utf8_lossy(body).into_owned(), rest.to_vec()))
}
