//! What is asked over HTTP.

use super::tls::Trust;
use super::transport::{PATIENCE, speaks_tls};
use crate::{Part, State, Symptom, Target};
use domain::limits::{CLOCK_SKEW_MS_MAX, DOCTOR_ANSWER_BYTES_MAX, DOCTOR_GUESS_MS_MAX};
use domain::models::ShutdownDate;
use futures_util::StreamExt;
use ports::Clock;
use reqwest::header::{CONTENT_SECURITY_POLICY, SERVER, VIA};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// A deployment's HTTP side.
pub(crate) struct Http {
    client: Client,
    token: Option<String>,
    trust: Trust,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The proxy that names itself.
    pub(crate) proxy: Option<String>,
    has_policy: bool,
    pub(crate) text: String,
}

/// What `/health` says.
pub(crate) struct Health {
    pub(crate) version: String,
    /// The server's clock minus this machine's.
    skew_ms: Option<i64>,
    parts: Value,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    fn status_symptom(&self) -> Symptom {
        Symptom::Status { status: self.status, body: beginning(&self.text) }
    }
}

/// A line of a body, as a person is shown it.
pub(crate) fn beginning(body: &str) -> String {
    body.lines().next().unwrap_or_default().chars().take(120).collect()
}

impl Http {
    pub(crate) fn new(trust: Trust, token: Option<String>) -> Result<Self, Symptom> {
        let client = Client::builder()
            .tls_backend_preconfigured(rustls::ClientConfig::clone(&trust.config))
            .no_proxy()
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|error| Symptom::NotHttp(error.to_string()))?;
        Ok(Self { client, token, trust })
    }

    pub(crate) async fn get(&self, url: &str) -> Result<Answer, Symptom> {
        let mut request = self.client.get(url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        match request.send().await {
            Ok(response) => read(response).await,
            Err(error) if error.is_timeout() => Err(Symptom::Silent),
            Err(error) => Err(Symptom::NotHttp(innermost(&error))),
        }
    }

    /// `/health`, or what stands in its place.
    pub(crate) async fn health(&self, target: &Target, clock: &dyn Clock) -> Result<(Health, Answer), Symptom> {
        let (asked_ms, asked) = (clock.now_ms(), Instant::now());
        let answer = match self.get(&target.below("health")).await {
            Ok(answer) => answer,
            Err(symptom) => return Err(self.other_scheme(&target.page).await.unwrap_or(symptom)),
        };
        let answered_ms = asked_ms + u64::try_from(asked.elapsed().as_millis() / 2).unwrap_or_default();
        let body = answer.json();
        let Some(version) = body["data"]["version"].as_str() else {
            return Err(self.not_ours(target, &answer).await);
        };
        let skew_ms = body["data"]["timeMs"].as_i64().zip(i64::try_from(answered_ms).ok());
        let health = Health {
            version: version.to_owned(),
            skew_ms: skew_ms.map(|(server, here)| server - here),
            parts: body["data"]["parts"].clone(),
        };
        Ok((health, answer))
    }

    async fn not_ours(&self, target: &Target, answer: &Answer) -> Symptom {
        if answer.status == 400
            && let Some(symptom) = self.other_scheme(&target.page).await
        {
            return symptom;
        }
        if target.has_path()
            && let Ok(at_root) = self.get(&target.at_root("health")).await
            && at_root.json()["data"]["version"].is_string()
        {
            return Symptom::Elsewhere("/".to_owned());
        }
        if answer.status == 200 { Symptom::Foreign } else { answer.status_symptom() }
    }

    /// Whether the server speaks TLS where plain HTTP was tried.
    async fn other_scheme(&self, page: &Url) -> Option<Symptom> {
        (page.scheme() == "http" && speaks_tls(page, &self.trust).await).then_some(Symptom::SpeaksTls)
    }

    /// Whether the server speaks plain HTTP where TLS was tried.
    pub(crate) async fn speaks_plain(&self, page: &Url) -> bool {
        let (host, port) = (page.host_str().unwrap_or_default(), page.port_or_known_default().unwrap_or_default());
        self.client
            .get(format!("http://{host}:{port}/health"))
            .timeout(Duration::from_millis(DOCTOR_GUESS_MS_MAX))
            .send()
            .await
            .is_ok()
    }

    /// The first of these ports of this machine where Quartet answers.
    pub(crate) async fn found_at(&self, ports: &[u16], not: Option<u16>) -> Option<u16> {
        for port in ports.iter().copied().filter(|port| Some(*port) != not) {
            let asked = self
                .client
                .get(format!("http://127.0.0.1:{port}/health"))
                .timeout(Duration::from_millis(DOCTOR_GUESS_MS_MAX));
            if let Ok(response) = asked.send().await
                && let Ok(answer) = read(response).await
                && answer.json()["data"]["version"].is_string()
            {
                return Some(port);
            }
        }
        None
    }

    /// The line-up, unless a model of it has been shut down with nothing in its place.
    pub(crate) async fn models(&self, target: &Target, now_ms: u64) -> Result<(Value, String), Symptom> {
        let config = self.expect(&target.below("api/config")).await?;
        let known = self.expect(&target.below("api/models")).await?;
        let gone = |model: &&Value| {
            let date = model["shutdownDate"].as_str().and_then(|date| ShutdownDate::try_from(date.to_owned()).ok());
            model["successor"].is_null() && date.is_some_and(|date| date.has_passed(now_ms))
        };
        let models = known["models"].as_array().map(Vec::as_slice).unwrap_or_default();
        let names = |models: Vec<&Value>| {
            models.iter().filter_map(|model| model["id"].as_str().map(str::to_owned)).collect::<Vec<String>>()
        };
        let retired = names(models.iter().filter(gone).collect());
        if !retired.is_empty() {
            return Err(Symptom::Retired(retired));
        }
        let source = config["modelSource"].as_str().unwrap_or("unknown");
        Ok((config.clone(), format!("{} from {source}", names(models.iter().collect()).join(", "))))
    }

    /// The page, with its policy.
    pub(crate) async fn page(&self, target: &Target) -> Result<String, Symptom> {
        let answer = self.get(target.page.as_str()).await?;
        match answer.status {
            200 if answer.has_policy => Ok(format!("{} bytes", answer.text.len())),
            200 => Err(Symptom::NoPolicy),
            _ => Err(answer.status_symptom()),
        }
    }

    /// The data of an answer in Quartet's envelope, with any status of success.
    pub(crate) async fn expect(&self, url: &str) -> Result<Value, Symptom> {
        let answer = self.get(url).await?;
        match answer.status {
            200..=299 => Ok(answer.json()["data"].take()),
            _ => Err(answer.status_symptom()),
        }
    }
}

impl Health {
    /// The state of a part.
    pub(crate) fn part(&self, part: Part) -> Result<String, Symptom> {
        let found = &self.parts[part.name()];
        match found["status"].as_str().and_then(State::named) {
            Some(state) => Err(Symptom::Part(part, state)),
            None if found.is_null() => Ok("not told".to_owned()),
            None => Ok(format!("answered the server in {} ms", found["ms"])),
        }
    }

    /// How far the clocks are apart.
    pub(crate) fn time(&self) -> Result<String, Symptom> {
        match self.skew_ms {
            Some(skew_ms) if skew_ms.unsigned_abs() > CLOCK_SKEW_MS_MAX => Err(Symptom::Skew(skew_ms)),
            Some(skew_ms) => Ok(format!("{skew_ms:+} ms")),
            None => Ok("not told".to_owned()),
        }
    }
}

async fn read(response: Response) -> Result<Answer, Symptom> {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (proxy, status) = (header(SERVER).or_else(|| header(VIA)), StatusCode::as_u16(&response.status()));
    let has_policy = response.headers().contains_key(CONTENT_SECURITY_POLICY);
    let mut bytes = Vec::new();
    let mut body = response.bytes_stream();
    while let Some(piece) = body.next().await {
        bytes.extend_from_slice(&piece.map_err(|error| Symptom::NotHttp(innermost(&error)))?);
        if bytes.len() > DOCTOR_ANSWER_BYTES_MAX {
            return Err(Symptom::NotHttp(format!("an answer of more than {DOCTOR_ANSWER_BYTES_MAX} bytes")));
        }
    }
    Ok(Answer { status, proxy, has_policy, text: String::from_utf8_lossy(&bytes).into_owned() })
}

fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
