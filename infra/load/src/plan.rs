use std::time::Duration;

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The WebSocket: `ws://127.0.0.1:7001/generate-code`.
    pub url: String,
    /// Sockets that are open at the same time.
    pub clients: usize,
    /// Generations that begin in a second, over all sockets; none: each socket begins one, all at once; 0: the sockets say
    /// nothing.
    pub rate: Option<f64>,
    /// For how long generations begin; with a rate of 0, for how long the sockets are held.
    pub duration: Duration,
    /// Variants of each.
    pub variants: u8,
    /// The server's process, whose memory and CPU are looked at.
    pub process: Option<u32>,
    /// What the model itself takes for one stream, in milliseconds, if that is known.
    pub model_ms: Option<u64>,
    /// After the last begin, for how long ends are waited for.
    pub patience: Duration,
}

impl Plan {
    /// When each generation begins, and on which socket.
    #[must_use]
    pub fn begins(&self) -> Vec<(Duration, usize)> {
        match self.rate {
            None => (0..self.clients).map(|client| (Duration::ZERO, client)).collect(),
            Some(rate) if rate <= 0.0 => Vec::new(),
            Some(rate) => {
                let mut begins: Vec<(Duration, usize)> = Vec::new();
                loop {
                    let at = moment(begins.len(), rate);
                    if at >= self.duration {
                        return begins;
                    }
                    begins.push((at, begins.len() % self.clients.max(1)));
                }
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "plans have fewer generations than a float has whole numbers")]
fn moment(number: usize, rate: f64) -> Duration {
    Duration::try_from_secs_f64(number as f64 / rate).unwrap_or(Duration::MAX)
}

/// What a paced demo model takes for one stream, by its name: `demo-paced-500x10x20480` takes 5,000 ms.
#[must_use]
pub fn pace_ms(model: &str) -> Option<u64> {
    let mut numbers = model.strip_prefix("demo-").unwrap_or(model).strip_prefix("paced-")?.split('x').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(deltas)), Some(Ok(every_ms))) => u64::checked_mul(deltas, every_ms),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(clients: usize, rate: Option<f64>) -> Plan {
        Plan {
            url: String::new(),
            clients,
            rate,
            duration: Duration::from_secs(2),
            variants: 4,
            process: None,
            model_ms: None,
            patience: Duration::ZERO,
        }
    }

    #[test]
    fn generations_begin_when_the_plan_says_whatever_has_ended() {
        let at = |ms, client| (Duration::from_millis(ms), client);
        assert_eq!(plan(2, Some(2.0)).begins(), [at(0, 0), at(500, 1), at(1_000, 0), at(1_500, 1)]);
        assert_eq!(plan(2, None).begins(), [at(0, 0), at(0, 1)], "all at once");
        assert_eq!(plan(1_000, Some(0.0)).begins(), [], "idle");
    }

    #[test]
    fn a_paced_model_says_how_long_it_takes() {
        assert_eq!(pace_ms("demo-paced-500x10x20480"), Some(5_000));
        assert_eq!(pace_ms("demo-slow"), None);
    }
}
