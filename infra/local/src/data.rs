//! The directory that outlives a restart: the table as an SQLite file, the bucket as files.

use crate::StartError;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

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
