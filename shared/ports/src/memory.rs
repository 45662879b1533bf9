//! The ports in memory: the executable specification, and what fast tests and the simulation run on.

mod authenticator;
mod connections;
mod deletions;
mod design_systems;
mod generations;
mod objects;
mod pictures;
mod provider_key;
mod quotas;
mod sockets;
mod uploads;
mod variants;
mod web;

pub use authenticator::MemoryTokens;
pub use objects::MemoryObjects;
pub use pictures::MemoryPictures;
pub use provider_key::MemoryKey;
pub use sockets::{Frame, MemorySockets};
pub use web::MemoryWeb;

use crate::{Connection, RequestKey};
use domain::chunk::Chunk;
use domain::deletion::Deletion;
use domain::design_system::DesignSystem;
use domain::generation::Generation;
use domain::ids::{AttemptKey, ConnectionId, DesignSystemId, GenerationId, UserId, VariantKey};
use domain::quota::{Counters, Scope};
use domain::seat::{Party, Seat};
use domain::variant::Variant;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The table in memory: generations, variants with their chunks, connections, design systems.
#[derive(Debug, Default)]
pub struct MemoryTable {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    generations: BTreeMap<GenerationId, Generation>,
    variants: BTreeMap<VariantKey, Variant>,
    chunks: BTreeMap<(AttemptKey, u32), Chunk>,
    requests: BTreeMap<(UserId, String), (GenerationId, RequestKey)>,
    connections: BTreeMap<ConnectionId, (Connection, bool)>,
    seats: BTreeMap<Party, BTreeSet<Seat>>,
    design_systems: BTreeMap<(UserId, DesignSystemId), DesignSystem>,
    deletions: BTreeMap<GenerationId, Deletion>,
    counters: BTreeMap<Scope, Counters>,
    /// Which generation uses which upload.
    uploads: BTreeSet<(String, GenerationId)>,
}

impl MemoryTable {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// A panic elsewhere leaves the maps whole: each change is a single insertion or is made on a copy first.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
