use futures_util::{SinkExt, StreamExt};
use rustls::ServerConfig;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::{accept_async_with_config, connect_async};

/// A request's head: its first line and headers.
pub type Head<'a> = &'a str;

/// What a proxy in front of a stack does wrong.
#[derive(Clone)]
pub enum Fault {
    /// Nothing.
    None,
    /// It forgets the headers that ask for a WebSocket.
    DropsUpgrade,
    /// It ends connections over which nothing has passed for so long.
    CutsIdle(Duration),
    /// It passes requests on under this name.
    RenamesHost(&'static str),
    /// It takes the content security policy out of answers.
    StripsPolicy,
    /// It answers some requests itself, with this status and body.
    Answers(fn(Head<'_>) -> Option<(u16, &'static str)>),
    /// It takes no message that is larger, in bytes.
    LimitsMessages(usize),
    /// It loses messages to the client of which this holds.
    Loses(fn(&str) -> bool),
    /// It speaks TLS, with this certificate.
    Tls(Arc<ServerConfig>),
}

/// A proxy in front of a stack. It ends with its value.
pub struct Front {
    address: SocketAddr,
    cut: watch::Sender<()>,
    _connections: JoinSet<()>,
}

impl Front {
    /// A proxy in front of this address.
    pub async fn before(stack: SocketAddr, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut connections = JoinSet::new();
        let (cut, cuts) = watch::channel(());
        connections.spawn(async move {
            let mut passing = JoinSet::new();
            while let Ok((from, _)) = listener.accept().await {
                let (fault, mut cuts) = (fault.clone(), cuts.clone());
                cuts.mark_unchanged();
                passing.spawn(async move {
                    tokio::select! {
                        _ = cuts.changed() => {}
                        () = serve(from, stack, &fault) => {}
                    }
                });
            }
        });
        Self { address, cut, _connections: connections }
    }

    /// Ends every connection that is open now.
    pub fn cut(&self) {
        self.cut.send_replace(());
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn serve(mut from: TcpStream, stack: SocketAddr, fault: &Fault) {
    if let Fault::Tls(config) = fault {
        // A client that does not accept the certificate is gone.
        if let Ok(mut from) = tokio_rustls::TlsAcceptor::from(config.clone()).accept(from).await
            && let Ok(mut to) = TcpStream::connect(stack).await
        {
            let _ = copy_bidirectional(&mut from, &mut to).await;
        }
        return;
    }
    let Some(head) = peek_head(&from).await else { return };
    let wants_socket = head.to_ascii_lowercase().contains("\r\nupgrade: websocket");
    match fault {
        Fault::LimitsMessages(_) | Fault::Loses(_) if wants_socket => relay(from, stack, fault).await,
        Fault::Answers(answer) => match answer(&head) {
            Some((status, body)) => refuse(&mut from, status, body).await,
            None => pass(from, stack, fault, wants_socket).await,
        },
        Fault::None
        | Fault::DropsUpgrade
        | Fault::CutsIdle(_)
        | Fault::RenamesHost(_)
        | Fault::StripsPolicy
        | Fault::LimitsMessages(_)
        | Fault::Loses(_)
        | Fault::Tls(_) => pass(from, stack, fault, wants_socket).await,
    }
}

/// The head of the first request, which stays unread.
async fn peek_head(from: &TcpStream) -> Option<String> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let count = from.peek(&mut bytes).await.ok().filter(|count| *count > 0)?;
        let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            return Some(head.to_owned());
        }
        // What does not begin like a request is not waited for.
        if !text.is_ascii() {
            return None;
        }
        tokio::task::yield_now().await;
    }
}

async fn refuse(from: &mut TcpStream, status: u16, body: &str) {
    let mut request = vec![0; 16 * 1024];
    let _ = from.read(&mut request).await;
    let head = format!(
        "HTTP/1.1 {status} Refused\r\nserver: proxy\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let _ = from.write_all(head.as_bytes()).await;
    let _ = from.write_all(body.as_bytes()).await;
}

/// Passes one request on, and what follows it, both ways.
async fn pass(mut from: TcpStream, stack: SocketAddr, fault: &Fault, wants_socket: bool) {
    let Ok(mut to) = TcpStream::connect(stack).await else { return };
    let mut bytes = vec![0; 16 * 1024];
    let Ok(count) = from.read(&mut bytes).await else { return };
    let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let drops = matches!(fault, Fault::DropsUpgrade);
    let mut lines: Vec<String> = Vec::new();
    for line in head.split("\r\n") {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        match (name.as_str(), fault) {
            ("upgrade", _) if drops => {}
            // One request a connection, so that each is seen.
            ("connection", _) if drops || !wants_socket => {}
            ("host", Fault::RenamesHost(host)) => lines.push(format!("host: {host}")),
            ("origin", Fault::RenamesHost(host)) => lines.push(format!("origin: https://{host}")),
            _ => lines.push(line.to_owned()),
        }
    }
    if drops || !wants_socket {
        lines.push("connection: close".to_owned());
    }
    if to.write_all(format!("{}\r\n\r\n{body}", lines.join("\r\n")).as_bytes()).await.is_err() {
        return;
    }
    match fault {
        Fault::CutsIdle(patience) => idle_copy(from, to, *patience).await,
        Fault::StripsPolicy => {
            let mut answer = Vec::new();
            let _ = to.read_to_end(&mut answer).await;
            let answer = String::from_utf8_lossy(&answer).replacen("content-security-policy:", "x-was-a-policy:", 1);
            let _ = from.write_all(answer.as_bytes()).await;
        }
        Fault::None
        | Fault::DropsUpgrade
        | Fault::RenamesHost(_)
        | Fault::Answers(_)
        | Fault::LimitsMessages(_)
        | Fault::Loses(_)
        | Fault::Tls(_) => {
            let _ = copy_bidirectional(&mut from, &mut to).await;
        }
    }
}

async fn idle_copy(from: impl AsyncRead + AsyncWrite, to: impl AsyncRead + AsyncWrite, patience: Duration) {
    let (mut from_read, mut from_write) = tokio::io::split(from);
    let (mut to_read, mut to_write) = tokio::io::split(to);
    let (mut up, mut down) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    loop {
        let passed = timeout(patience, async {
            tokio::select! {
                count = from_read.read(&mut up) => match count {
                    Ok(count) if count > 0 => to_write.write_all(&up[..count]).await.is_ok(),
                    Ok(_) | Err(_) => false,
                },
                count = to_read.read(&mut down) => match count {
                    Ok(count) if count > 0 => from_write.write_all(&down[..count]).await.is_ok(),
                    Ok(_) | Err(_) => false,
                },
            }
        });
        if !matches!(passed.await, Ok(true)) {
            return;
        }
    }
}

/// Passes messages on, one by one.
async fn relay(from: TcpStream, stack: SocketAddr, fault: &Fault) {
    let limit = match fault {
        Fault::LimitsMessages(bytes) => Some(*bytes),
        _ => None,
    };
    let config = WebSocketConfig::default().max_message_size(limit).max_frame_size(limit);
    let (Ok(mut client), Ok((mut server, _))) = (
        accept_async_with_config(from, Some(config)).await,
        connect_async(format!("ws://{stack}/generate-code")).await,
    ) else {
        return;
    };
    loop {
        tokio::select! {
            message = client.next() => match message {
                Some(Ok(message)) => drop(server.send(message).await),
                Some(Err(_)) => {
                    let frame = CloseFrame { code: CloseCode::Size, reason: "too large".into() };
                    let _ = client.close(Some(frame)).await;
                    return;
                }
                None => return,
            },
            message = server.next() => match message {
                Some(Ok(Message::Text(text))) if matches!(fault, Fault::Loses(loses) if loses(text.as_str())) => {}
                Some(Ok(message)) => drop(client.send(message).await),
                Some(Err(_)) | None => return,
            },
        }
    }
}
