//! The bytes of a connection.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// A connection, whose peer has to take what it is sent within a time for as long as it is no client.
///
/// `hyper` has a time limit for reading a request and none for writing an answer.
pub(crate) struct Stream {
    socket: TcpStream,
    /// What has been read already and belongs to what comes next.
    head: Bytes,
    patience: Duration,
    /// When a write that the peer does not take is given up. There only while one waits, since most peers are idle.
    deadline: Option<Pin<Box<Sleep>>>,
    /// Set once it is a client, which has limits of its own.
    is_client: Arc<AtomicBool>,
}

impl Stream {
    pub(super) fn new(
        socket: TcpStream,
        head: Bytes,
        patience: Duration,
        is_client: Arc<AtomicBool>,
    ) -> Self {
        Self {
            socket,
            head,
            patience,
            deadline: None,
            is_client,
        }
    }

    /// The socket, and what has been read from it already.
    pub(crate) fn into_parts(self) -> (TcpStream, Bytes) {
        (self.socket, self.head)
    }

    /// Gives a write up that has waited too long. Taking a part of it does not count, or a peer could go on for ever.
    fn in_time(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
        length: usize,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(count)) if count < length => written,
            Poll::Ready(_) => {
                self.deadline = None;
                written
            }
            Poll::Pending if self.is_client.load(Ordering::Relaxed) => Poll::Pending,
            Poll::Pending => {
                let patience = self.patience;
                let deadline = self
                    .deadline
                    .get_or_insert_with(|| Box::pin(sleep(patience)));
                ready!(deadline.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.head.is_empty() {
            return Pin::new(&mut self.socket).poll_read(context, buffer);
        }
        let length = self.head.len().min(buffer.remaining());
        buffer.put_slice(&self.head.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.in_time(context, written, bytes.len())
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(context, pieces);
        let length = pieces.iter().map(|piece| piece.len()).sum();
        self.in_time(context, written, length)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
