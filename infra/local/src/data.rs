//! The directory that outlives a restart: the table as an SQLite file, the bucket as files.

use crate::{Addresses, StartError};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// The file that says where the stack is that uses the directory.
const RUNNING: &str = "running.json";

/// A stack that is running on a data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Its process.
    pub process: u32,
    /// Where it listens.
    pub addresses: Addresses,
}

/// The stack that uses this directory now; none if nobody does, whatever a stack that was killed has left behind.
#[must_use]
pub fn running(root: &Path) -> Option<Running> {
    let lock = File::open(root.join("lock")).ok()?;
    match lock.try_lock_shared() {
        Err(TryLockError::WouldBlock) => serde_json::from_slice(&fs::read(root.join(RUNNING)).ok()?).ok(),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

/// The directory, locked: two stacks on one would take each other's work for abandoned.
#[derive(Debug)]
pub struct DataDirectory {
    root: PathBuf,
    _lock: File,
}

impl DataDirectory {
    /// Makes the directory if it is not there, and locks it.
    ///
    /// # Errors
    /// [`StartError::Data`] if it cannot be written or is in use.
    pub fn open(root: &Path) -> Result<Self, StartError> {
        let refused = |problem: String| StartError::Data { directory: root.to_owned(), problem };
        let io = |error: std::io::Error| refused(error.to_string());
        fs::create_dir_all(root.join("s3")).map_err(io)?;
        let lock = File::create(root.join("lock")).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(refused("another quartet is using it; stop that one or choose another --data".to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        Ok(Self { root: root.to_owned(), _lock: lock })
    }

    /// The directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Says where the stack is that uses it, for tools that look for it. Nothing depends on it, so a failure is only logged.
    pub fn announce(&self, addresses: Addresses) {
        let text = serde_json::to_vec(&Running { process: std::process::id(), addresses }).unwrap_or_default();
        if let Err(error) = fs::write(self.root.join(RUNNING), text) {
            tracing::warn!(%error, "not_announced");
        }
    }

    /// The table's file.
    #[must_use]
    pub fn table(&self) -> PathBuf {
        self.root.join("dynamodb.sqlite")
    }

    /// The directory that holds the bucket.
    #[must_use]
    pub fn objects(&self) -> PathBuf {
        self.root.join("s3")
    }
}
