//! What the server's process takes, from `/proc` (proc(5)); nothing is known elsewhere than on Linux.

use std::fs;
use std::time::Duration;

/// A look at it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// When, since the run began.
    pub at: Duration,
    /// Resident memory, in bytes.
    pub memory_bytes: u64,
    /// CPU time since the process began.
    pub cpu: Duration,
    /// Generations that were running.
    pub running: usize,
    /// Chunks that had come so far.
    pub chunks: u64,
}

/// Clock ticks in a second: 100 on every Linux that Rust's toolchain runs on.
const TICKS: u64 = 100;

/// Memory and CPU time of a process; none if it is gone.
pub(crate) fn look(process: u32) -> Option<(u64, Duration)> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = resident.split_whitespace().next()?.parse().ok()?;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // "pid (name) state ..." - fields 14 and 15 are user and system time; a name may hold anything but the last bracket.
    let (_, after) = stat.rsplit_once(')')?;
    let mut times = after.split_whitespace().skip(11).map(|ticks| ticks.parse::<u64>().ok());
    let ticks = times.next()?? + times.next()??;
    Some((kilobytes * 1_024, Duration::from_millis(ticks * 1_000 / TICKS)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_process_has_memory_and_one_that_is_gone_has_none() {
        let (memory, _) = super::look(std::process::id()).unwrap();
        assert!(memory > 500_000, "{memory}");
        assert_eq!(super::look(u32::MAX), None);
    }
}
