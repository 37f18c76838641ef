//! Takes connections whenever the mode allows any.

use std::net::Ipv4Addr;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{Mode, connection};

/// Listens for as long as there is a proxy.
pub(super) async fn run(port: u16, target: u16, mut mode: watch::Receiver<Mode>) {
    while mode.wait_for(|mode| *mode != Mode::Refuse).await.is_ok() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.expect("the port is the proxy's own");
        let mut refused = mode.clone();
        let accept = async {
            loop {
                if let Ok((client, _)) = listener.accept().await {
                    tokio::spawn(connection::serve(client, target, mode.clone()));
                }
            }
        };
        tokio::select! {
            () = accept => {}
            _ = refused.wait_for(|mode| *mode == Mode::Refuse) => {}
        }
    }
}
