//! The logs that outlive the terminal: JSON lines under the data directory, for `trace`. Two files are kept, so they never
//! grow beyond twice [`LOG_FILE_BYTES_MAX`].

use domain::limits::LOG_FILE_BYTES_MAX;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

const FOLDER: &str = "logs";
const CURRENT: &str = "quartet.jsonl";
const BEFORE: &str = "quartet.1.jsonl";

/// The files of this process: who writes to the same directory shares one, or one of them would rename the other's.
static OPEN: Mutex<BTreeMap<PathBuf, LogFile>> = Mutex::new(BTreeMap::new());

/// Where lines are kept. Opened with the first line, since only then the data directory is known to be ours.
#[derive(Clone, Debug)]
pub struct LogFile {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    folder: PathBuf,
    bytes_max: u64,
    open: Option<(File, u64)>,
}

impl LogFile {
    /// In a data directory.
    #[must_use]
    pub fn below(data: &Path) -> Self {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        open.entry(data.to_owned()).or_insert_with(|| Self::with_size(data, LOG_FILE_BYTES_MAX)).clone()
    }

    fn with_size(data: &Path, bytes_max: u64) -> Self {
        Self { state: Arc::new(Mutex::new(State { folder: data.join(FOLDER), bytes_max, open: None })) }
    }

    /// All that is kept, the oldest first; nothing where there is none.
    #[must_use]
    pub fn read(data: &Path) -> String {
        let text = |name| fs::read(data.join(FOLDER).join(name)).unwrap_or_default();
        [BEFORE, CURRENT].map(|name| String::from_utf8_lossy(&text(name)).into_owned()).concat()
    }
}

impl State {
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let current = self.folder.join(CURRENT);
        let (mut file, bytes) = if let Some(open) = self.open.take() {
            open
        } else {
            fs::create_dir_all(&self.folder)?;
            let file = OpenOptions::new().create(true).append(true).open(&current)?;
            let bytes = file.metadata()?.len();
            (file, bytes)
        };
        file.write_all(line)?;
        let bytes = bytes + line.len() as u64;
        if bytes < self.bytes_max {
            self.open = Some((file, bytes));
        } else {
            fs::rename(&current, self.folder.join(BEFORE))?;
        }
        Ok(())
    }
}

/// A line at a time, as the subscriber writes them.
impl Write for LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // A panic elsewhere leaves at most a line that is cut off, which a reader passes over.
        self.state.lock().unwrap_or_else(PoisonError::into_inner).write(line)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded_and_its_end_is_never_lost() {
        let data = tempfile::TempDir::new().unwrap();
        assert_eq!(LogFile::read(data.path()), "");
        let mut file = LogFile::with_size(data.path(), 1_000);
        for number in 0..1_000 {
            file.write_all(format!("line {number:04}\n").as_bytes()).unwrap();
            let kept = LogFile::read(data.path());
            assert!(kept.ends_with(&format!("line {number:04}\n")) && kept.len() <= 2_000, "{number}: {}", kept.len());
        }
        let mut again = LogFile::with_size(data.path(), 1_000);
        again.write_all(b"after a restart\n").unwrap();
        let kept = LogFile::read(data.path());
        assert!(kept.contains("line 0999\nafter a restart\n") && kept.len() >= 1_000, "a restart goes on behind it");
    }
}
