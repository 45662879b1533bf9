//! Names to addresses, each checked. The client connects to the addresses that are returned here and asks nobody again, so
//! a name that changes its mind between the check and the connection gains nothing.

use domain::address::{Guard, NotFetched};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;

/// The system's resolver, behind a guard.
#[derive(Debug)]
pub(crate) struct Guarded(pub(crate) Guard);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0;
        Box::pin(async move {
            // The port is the client's business: it sets its own.
            let addresses: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(allowed(guard, addresses)?.into_iter()) as Addrs)
        })
    }
}

/// All of a name's addresses, or none if one of them is not allowed: an honest name has no private address beside a public
/// one.
pub(crate) fn allowed(guard: Guard, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, NotFetched> {
    if addresses.iter().all(|address| (guard.address)(address.ip())) { Ok(addresses) } else { Err(NotFetched::Address) }
}
