//! From a symptom, and where it was seen, to causes: the most likely first.

use crate::{Cause, Part, Place, State, Surroundings, Symptom, TlsTrouble, TokenState};

/// A cause that is likely, with what mends it here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// The cause.
    pub cause: Cause,
    /// In a sentence.
    pub title: &'static str,
    /// The command or setting that mends it.
    pub fix: String,
}

/// The likely causes of a symptom, most likely first; never none.
#[must_use]
pub fn suspects(symptom: &Symptom, place: &Place) -> Vec<Suspect> {
    causes(symptom, place)
        .into_iter()
        .map(|cause| {
            let entry = cause.entry();
            let fix = match entry.on_aws {
                Some(fix) if place.surroundings == Surroundings::Aws => fix,
                Some(_) | None => entry.here,
            };
            let fix = fix.replace("{host}", &place.host).replace("{port}", &place.port.to_string());
            Suspect { cause, title: entry.title, fix }
        })
        .collect()
}

fn causes(symptom: &Symptom, place: &Place) -> Vec<Cause> {
    match symptom {
        Symptom::NotAUrl(_) => vec![Cause::UrlWrong],
        Symptom::NameUnknown => vec![Cause::NameWrong],
        Symptom::Refused { answers_at: Some(_) } => vec![Cause::PortWrong],
        Symptom::Refused { answers_at: None } => vec![Cause::NotRunning, Cause::PortWrong, Cause::Firewall],
        Symptom::Unreachable(_) => vec![Cause::Firewall, Cause::NameWrong, Cause::NotRunning],
        Symptom::Tls(trouble) => of_tls(trouble),
        Symptom::SpeaksPlainHttp | Symptom::SpeaksTls => vec![Cause::SchemeWrong, Cause::PortWrong],
        Symptom::NotHttp(_) => vec![Cause::AnotherServer, Cause::PortWrong, Cause::SchemeWrong],
        Symptom::Silent => vec![Cause::StoreSilent, Cause::ProxyCannotReach, Cause::AnotherServer],
        Symptom::Elsewhere(_) => vec![Cause::PathWrong],
        Symptom::Foreign => vec![Cause::AnotherServer, Cause::PortWrong, Cause::PathWrong],
        Symptom::Status { status, body } => of_status(*status, body, place),
        Symptom::Part(part, state) => of_part(*part, *state),
        Symptom::Skew(_) => vec![Cause::ClocksApart],
        Symptom::Retired(_) => vec![Cause::ModelRetired],
        Symptom::NoPolicy => vec![Cause::ProxyStripsHeaders, Cause::AnotherServer],
        Symptom::NotUpgraded { status, body } => of_upgrade(*status, body, place),
        Symptom::UpgradeBroken(_) => vec![Cause::ProxyDropsUpgrade, Cause::AnotherServer],
        Symptom::NoAnswer => vec![Cause::FunctionFails, Cause::PushesLost, Cause::ProxyDropsUpgrade],
        Symptom::NoPushes => vec![Cause::PushesLost, Cause::FunctionFails],
        Symptom::InvocationFailed(_) => vec![Cause::FunctionFails, Cause::SettingWrong],
        Symptom::Closed(1009) => vec![Cause::MessageTooLarge, Cause::ProxyLimitsSize],
        Symptom::Closed(_) => vec![Cause::ProxyCutsIdle, Cause::NotRunning, Cause::FunctionFails],
        Symptom::ClosedUponSize { bytes, code } => of_size(*bytes, *code),
        Symptom::Failed { code, .. } => of_code(code),
        Symptom::NeverBegan => vec![Cause::WorkerNotInvoked, Cause::ProviderDown, Cause::PushesLost],
        Symptom::Stalled => vec![Cause::ProviderDown, Cause::PushesLost, Cause::WorkerNotInvoked],
        Symptom::Gap { .. } | Symptom::Repeated(_) | Symptom::Differs(_) => vec![Cause::Defect],
        Symptom::Cut { .. } => vec![Cause::ProxyCutsIdle, Cause::NotRunning],
    }
}

fn of_tls(trouble: &TlsTrouble) -> Vec<Cause> {
    match trouble {
        TlsTrouble::Expired(_) => vec![Cause::CertificateExpired, Cause::ClocksApart],
        TlsTrouble::NotYetValid => vec![Cause::ClocksApart, Cause::CertificateExpired],
        TlsTrouble::UnknownIssuer => vec![Cause::CertificateUntrusted],
        TlsTrouble::WrongName => vec![Cause::CertificateOfAnother, Cause::NameWrong],
        TlsTrouble::Other(_) => vec![Cause::SchemeWrong, Cause::AnotherServer],
    }
}

fn of_part(part: Part, state: State) -> Vec<Cause> {
    match (part, state) {
        (Part::Table, State::Missing) => vec![Cause::TableMissing],
        (Part::Table, State::Forbidden) => vec![Cause::TablePermission],
        (Part::Bucket, State::Missing) => vec![Cause::BucketMissing],
        (Part::Bucket, State::Forbidden) => vec![Cause::BucketPermission],
        (Part::Key, State::Missing) => vec![Cause::KeyMissing],
        (Part::Key, State::Forbidden) => vec![Cause::SecretPermission],
        (Part::Table | Part::Bucket | Part::Key, State::Misconfigured) => vec![Cause::SettingWrong],
        (Part::Table | Part::Bucket | Part::Key, State::Unavailable) => vec![Cause::StoreSilent],
    }
}

/// What the guard of a stack on loopback says to strangers.
const STRANGER: &str = "only takes requests of this machine";

fn of_status(status: u16, body: &str, place: &Place) -> Vec<Cause> {
    match status {
        401 => of_token(place.token),
        403 if body.contains(STRANGER) => vec![Cause::HostNotAllowed],
        403 if place.surroundings == Surroundings::Aws => vec![Cause::PathWrong, Cause::NotYours],
        403 => vec![Cause::NotYours, Cause::HostNotAllowed],
        400 => vec![Cause::SchemeWrong, Cause::AnotherServer],
        404 => vec![Cause::PathWrong, Cause::AnotherServer],
        413 => vec![Cause::ProxyLimitsSize],
        429 => vec![Cause::RateLimited],
        500 => vec![Cause::FunctionFails, Cause::SettingWrong],
        502..=504 => vec![Cause::ProxyCannotReach, Cause::FunctionFails],
        0..400 | 402 | 405..413 | 414..429 | 430..500 | 501 | 505.. => vec![Cause::AnotherServer, Cause::PathWrong],
    }
}

fn of_upgrade(status: u16, body: &str, place: &Place) -> Vec<Cause> {
    match status {
        401 => of_token(place.token),
        403 if body.contains(STRANGER) => vec![Cause::HostNotAllowed],
        429 => vec![Cause::RateLimited],
        // Without its stage API Gateway knows no such path (403), and Quartet answers with its page (200).
        0..400 | 403 | 404 if !place.has_stage() => vec![Cause::StageMissing, Cause::PathWrong],
        403 => of_refused_upgrade(place),
        // 426 is Quartet's own word for a request that came without its Upgrade.
        426 | 400 => vec![Cause::ProxyDropsUpgrade, Cause::AnotherServer],
        404 => vec![Cause::ProxyDropsUpgrade, Cause::PathWrong, Cause::AnotherServer],
        413 | 431 => vec![Cause::ProxyLimitsSize],
        500 => vec![Cause::FunctionFails, Cause::SettingWrong],
        502 if place.proxy.is_none() => vec![Cause::FunctionFails, Cause::ProxyCannotReach],
        502..=504 => vec![Cause::ProxyCannotReach, Cause::FunctionFails],
        0..400 | 402 | 405..413 | 414..426 | 427..429 | 430 | 432..500 | 501 | 505.. => {
            vec![Cause::ProxyDropsUpgrade, Cause::AnotherServer]
        }
    }
}

fn of_refused_upgrade(place: &Place) -> Vec<Cause> {
    match place.token {
        TokenState::Absent => vec![Cause::TokenMissing, Cause::NotYours, Cause::HostNotAllowed],
        TokenState::Opaque | TokenState::Expired | TokenState::NotYetValid | TokenState::InTime => {
            let mut causes = of_token(place.token);
            causes.insert(1, Cause::NotYours);
            causes
        }
    }
}

fn of_token(token: TokenState) -> Vec<Cause> {
    match token {
        TokenState::Absent => vec![Cause::TokenMissing],
        TokenState::Expired => vec![Cause::TokenExpired, Cause::TokenBad],
        TokenState::NotYetValid => vec![Cause::ClocksApart, Cause::TokenBad],
        TokenState::Opaque | TokenState::InTime => vec![Cause::TokenBad, Cause::ClocksApart],
    }
}

fn of_size(bytes: usize, code: u16) -> Vec<Cause> {
    // API Gateway takes every size that is tried here; what says 1009 to a small one is in between.
    if code == 1009 && bytes > domain::limits::CLIENT_FRAME_BYTES_MAX / 2 {
        vec![Cause::MessageTooLarge, Cause::ProxyLimitsSize]
    } else {
        vec![Cause::ProxyLimitsSize, Cause::MessageTooLarge]
    }
}

/// The codes of `domain::error::ErrorCode`, and `cancelled`.
fn of_code(code: &str) -> Vec<Cause> {
    match code {
        "provider_authentication" => vec![Cause::KeyRefused, Cause::KeyMissing],
        "provider_quota" => vec![Cause::QuotaUsedUp],
        "provider_rate_limit" => vec![Cause::RateLimited],
        "model_not_found" => vec![Cause::ModelRetired],
        "provider_failed" | "stream_interrupted" | "stream_stalled" | "provider_rejected" => {
            vec![Cause::ProviderDown, Cause::ModelRetired]
        }
        "misconfigured" | "not_configured" => vec![Cause::SettingWrong, Cause::KeyMissing],
        "unavailable" => vec![Cause::StoreSilent, Cause::FunctionFails],
        "never_started" | "attempts_exhausted" => vec![Cause::WorkerNotInvoked, Cause::FunctionFails],
        "too_large" => vec![Cause::MessageTooLarge],
        "unauthorized" => vec![Cause::TokenMissing, Cause::TokenBad],
        _ => vec![Cause::FunctionFails, Cause::Defect],
    }
}

#[cfg(test)]
mod tests;
