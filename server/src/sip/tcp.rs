//! TCP connections: a reader and a writer task each, bound to the SIP task by bounded queues.

use std::net::SocketAddr;
use std::sync::Arc;

use sip_stack::{ConnectionId, ListenerId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// What a connection tells the SIP task.
pub(super) enum StreamEvent {
    /// A peer connected to us, or our connection stands.
    Opened { connection: ConnectionId, listener: ListenerId, remote: SocketAddr, writer: mpsc::Sender<Arc<[u8]>> },
    /// Bytes came.
    Bytes { connection: ConnectionId, bytes: Vec<u8> },
    /// The connection is gone, or never came about.
    Closed { connection: ConnectionId },
}

/// Accepts connections until the listener fails.
pub(super) async fn accept(
    listener: TcpListener,
    id: ListenerId,
    numbers: Arc<std::sync::atomic::AtomicU64>,
    events: mpsc::Sender<StreamEvent>,
) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                let connection = ConnectionId(numbers.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
                tokio::spawn(serve(stream, connection, id, remote, events.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                // Out of file descriptors: accepting again at once would only spin.
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Connects to a peer and serves the connection.
pub(super) async fn connect(
    connection: ConnectionId,
    listener: ListenerId,
    remote: SocketAddr,
    events: mpsc::Sender<StreamEvent>,
) {
    match tokio::time::timeout(CONNECT_TIME, TcpStream::connect(remote)).await {
        Ok(Ok(stream)) => serve(stream, connection, listener, remote, events).await,
        Ok(Err(error)) => {
            tracing::debug!(%remote, %error, "no connection");
            let _ = events.send(StreamEvent::Closed { connection }).await;
        }
        Err(_) => {
            let _ = events.send(StreamEvent::Closed { connection }).await;
        }
    }
}

async fn serve(
    stream: TcpStream,
    connection: ConnectionId,
    listener: ListenerId,
    remote: SocketAddr,
    events: mpsc::Sender<StreamEvent>,
) {
    let _ = stream.set_nodelay(true);
    let (mut incoming, mut outgoing) = stream.into_split();
    let (writer, mut to_write) = mpsc::channel::<Arc<[u8]>>(WRITE_QUEUE);
    if events.send(StreamEvent::Opened { connection, listener, remote, writer }).await.is_err() {
        return;
    }
    let writing = tokio::spawn(async move {
        while let Some(bytes) = to_write.recv().await {
            if outgoing.write_all(&bytes).await.is_err() {
                break;
            }
        }
        let _ = outgoing.shutdown().await;
    });
    let mut buffer = vec![0u8; READ_BUFFER];
    while let Ok(length) = incoming.read(&mut buffer).await {
        let went = length > 0
            && events.send(StreamEvent::Bytes { connection, bytes: buffer[..length].to_vec() }).await.is_ok();
        if !went {
            break;
        }
    }
    writing.abort();
    let _ = events.send(StreamEvent::Closed { connection }).await;
}

const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_millis(100);
const CONNECT_TIME: std::time::Duration = std::time::Duration::from_secs(5);
/// Messages that wait for a slow peer; when full the connection is closed.
const WRITE_QUEUE: usize = 64;
const READ_BUFFER: usize = 16 * 1024;
