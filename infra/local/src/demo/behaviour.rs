use std::time::Duration;

/// What the demo model does, by the model's name (with or without `demo-` before it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Any other name: a page, a few deltas at a time.
    Page,
    /// `slow`: a page over about twenty seconds.
    Slow,
    /// `paced-<deltas>x<milliseconds>x<bytes>`: a page of that size in that many deltas, one each so often.
    Paced {
        /// Pieces of text.
        deltas: usize,
        /// The time between two of them.
        every: Duration,
        /// The page's size.
        bytes: usize,
    },
    /// `stall`: a few deltas, then nothing, with the connection open.
    Stall,
    /// `cut-<n>`: the connection ends after that many deltas, every time.
    Cut(usize),
    /// `cut-once-<n>`: the first request for a prompt is cut, later ones are not.
    CutOnce(usize),
    /// `cut-then-<code>`: the first request for a prompt is cut after four deltas, later ones get that status.
    CutThen(u16),
    /// `error-in-stream`: an error event in the middle.
    ErrorInStream,
    /// `status-<code>`: that status, with an error body of OpenAI's shape.
    Status(u16),
    /// `busy-once`: 429 with `retry-after` for the first request of a prompt, then a page.
    BusyOnce,
    /// `quota`: 429 with `insufficient_quota`.
    Quota,
    /// `unknown-event`: events and fields that nobody has heard of, among the others.
    UnknownEvent,
    /// `split`: every byte in a frame of its own, in the middle of characters too.
    Split,
    /// `length`: every answer is cut off by `finish_reason: length`, however often it is asked to go on.
    Length,
    /// `length-<n>`: the page comes in that many parts, each of which goes on where the one before was cut off.
    LengthParts(usize),
    /// `length-repeat`: in two parts; the second one repeats the end of the first, between words and fences.
    LengthRepeat,
    /// `length-again`: in place of the second part another page comes from its beginning.
    LengthAgain,
    /// `refusal`: the model refuses, in the field that the provider has for it.
    Refusal,
    /// `sorry`: it refuses in words.
    Sorry,
    /// `component`: a React component and no page.
    Component,
    /// `filter`: the answer is stopped by `finish_reason: content_filter`.
    Filter,
    /// `empty`: an answer without text.
    Empty,
    /// `prose`: the page between fences and words.
    Prose,
    /// `no-page`: words only.
    NoPage,
    /// `no-usage`: a page without token counts.
    NoUsage,
    /// `pictures`: a page with placeholders for pictures, two of which are alike.
    Pictures,
}

impl Behaviour {
    /// The behaviour that a model's name chooses.
    #[must_use]
    pub fn of(model: &str) -> Self {
        let name = model.strip_prefix("demo-").unwrap_or(model);
        match name {
            "slow" => Self::Slow,
            "stall" => Self::Stall,
            "error-in-stream" => Self::ErrorInStream,
            "busy-once" => Self::BusyOnce,
            "quota" => Self::Quota,
            "unknown-event" => Self::UnknownEvent,
            "split" => Self::Split,
            "length" => Self::Length,
            "length-repeat" => Self::LengthRepeat,
            "length-again" => Self::LengthAgain,
            "refusal" => Self::Refusal,
            "sorry" => Self::Sorry,
            "component" => Self::Component,
            "filter" => Self::Filter,
            "empty" => Self::Empty,
            "prose" => Self::Prose,
            "no-page" => Self::NoPage,
            "no-usage" => Self::NoUsage,
            "pictures" => Self::Pictures,
            _ => Self::with_numbers(name).unwrap_or(Self::Page),
        }
    }

    fn with_numbers(name: &str) -> Option<Self> {
        if let Some(count) = name.strip_prefix("cut-once-") {
            return count.parse().ok().map(Self::CutOnce);
        }
        if let Some(code) = name.strip_prefix("cut-then-") {
            return code.parse().ok().map(Self::CutThen);
        }
        if let Some(count) = name.strip_prefix("cut-") {
            return count.parse().ok().map(Self::Cut);
        }
        if let Some(parts) = name.strip_prefix("length-") {
            return parts.parse().ok().filter(|parts| *parts > 0).map(Self::LengthParts);
        }
        if let Some(code) = name.strip_prefix("status-") {
            return code.parse().ok().map(Self::Status);
        }
        let mut numbers = name.strip_prefix("paced-")?.split('x').map(str::parse);
        let (Some(Ok(deltas)), Some(Ok(ms)), Some(Ok(bytes)), None) =
            (numbers.next(), numbers.next(), numbers.next(), numbers.next())
        else {
            return None;
        };
        Some(Self::Paced {
            deltas: usize::try_from(deltas).ok()?.clamp(1, 100_000),
            every: Duration::from_millis(ms),
            bytes: usize::try_from(bytes).ok()?.min(4 * 1024 * 1024),
        })
    }

    /// The time between two deltas.
    #[must_use]
    pub const fn pace(&self) -> Duration {
        match self {
            Self::Slow => Duration::from_millis(200),
            Self::Paced { every, .. } => *every,
            Self::Page
            | Self::Stall
            | Self::Cut(_)
            | Self::CutOnce(_)
            | Self::CutThen(_)
            | Self::ErrorInStream
            | Self::Status(_)
            | Self::BusyOnce
            | Self::Quota
            | Self::UnknownEvent
            | Self::Length
            | Self::LengthParts(_)
            | Self::LengthRepeat
            | Self::LengthAgain
            | Self::Refusal
            | Self::Sorry
            | Self::Component
            | Self::Filter
            | Self::Empty
            | Self::Prose
            | Self::NoPage
            | Self::NoUsage
            | Self::Pictures => Duration::from_millis(15),
            Self::Split => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_chooses_a_behaviour() {
        assert_eq!(Behaviour::of("demo-gpt-4o-2024-11-20"), Behaviour::Page);
        assert_eq!(Behaviour::of("demo-cut-5"), Behaviour::Cut(5));
        assert_eq!(Behaviour::of("demo-cut-then-401"), Behaviour::CutThen(401));
        assert_eq!(Behaviour::of("cut-once-3"), Behaviour::CutOnce(3));
        assert_eq!(Behaviour::of("demo-status-503"), Behaviour::Status(503));
        assert_eq!(Behaviour::of("demo-length-3"), Behaviour::LengthParts(3));
        assert_eq!(Behaviour::of("demo-length-repeat"), Behaviour::LengthRepeat);
        let paced = Behaviour::Paced { deltas: 500, every: Duration::from_millis(10), bytes: 20_480 };
        assert_eq!(Behaviour::of("demo-paced-500x10x20480"), paced);
        assert_eq!(Behaviour::of("demo-paced-500x10"), Behaviour::Page);
    }
}
