use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::sync::oneshot::Receiver;

use super::{Share, books::Ticket, share::Settle};

/// A call's right to a connection; dropped when the connection is back.
#[derive(Debug)]
pub(in crate::shard) struct Claim(Share);

impl Claim {
    pub(super) fn new(share: Share) -> Self {
        Self(share)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.0.change(Settle::All, |books, shard| books.end(shard));
    }
}

/// Waits for a claim; dropped, it is forgotten. A claim that was on its way to
/// it is dropped with it, and so goes to the next.
pub(super) struct Waiting {
    share: Share,
    ticket: Ticket,
    told: Receiver<Claim>,
}

impl Waiting {
    pub(super) fn new(share: Share, ticket: Ticket, told: Receiver<Claim>) -> Self {
        Self { share, ticket, told }
    }
}

impl Future for Waiting {
    /// `None` if the shard takes no more calls.
    type Output = Option<Claim>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.told).poll(context).map(Result::ok)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.share.forget(self.ticket);
    }
}
