//! One visit: every step in order, each with a deadline of its own.

use crate::checks::conversation::{Conversation, Door};
use crate::checks::http::{Health, Http};
use crate::checks::tls::Trust;
use crate::checks::{generation, messages, transport};
use crate::target::surroundings;
use crate::{
    Doctor, Examined, NotAUrl, Outcome, Part, Place, Report, Step, Surroundings, Symptom, Target, TlsTrouble,
    TokenState, suspects,
};
use serde_json::Value;
use std::future::Future;
use tokio::time::Instant;

struct Visit<'a> {
    doctor: &'a Doctor,
    seen: &'a mut (dyn FnMut(&Examined) + Send),
    place: Place,
    steps: Vec<Examined>,
}

/// What the first steps found.
struct Reached {
    target: Target,
    trust: Trust,
    http: Http,
    config: Value,
}

pub(crate) async fn visit(doctor: &Doctor, seen: &mut (dyn FnMut(&Examined) + Send)) -> Report {
    let place = Place {
        host: String::new(),
        port: 0,
        secure: false,
        surroundings: Surroundings::Elsewhere,
        socket_path: String::new(),
        proxy: None,
        token: TokenState::of(doctor.token.as_deref(), doctor.clock.now_ms() / 1_000),
    };
    let mut visit = Visit { doctor, seen, place, steps: Vec::new() };
    // Where it ends early, the steps after it are said to be not taken.
    let _ended_early = visit.walk().await.is_none();
    for step in Step::ALL {
        if !visit.steps.iter().any(|examined| examined.step == step) {
            visit.skip(step, "not taken: a step before it failed");
        }
    }
    visit.steps.sort_by_key(|examined| examined.step);
    Report { url: doctor.url.clone(), steps: visit.steps }
}

impl Visit<'_> {
    async fn take<T>(&mut self, step: Step, check: impl Future<Output = Result<(T, String), Symptom>>) -> Option<T> {
        let began = Instant::now();
        let checked = check.await;
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (value, outcome) = match checked {
            Ok((value, saw)) => (Some(value), Outcome::Passed(saw)),
            Err(symptom) => {
                let suspects = suspects(&symptom, &self.place);
                (None, Outcome::Failed { saw: symptom.to_string(), suspects })
            }
        };
        self.note(Examined { step, took_ms, outcome });
        value
    }

    /// A step of which nothing is needed but that it passed.
    async fn pass(&mut self, step: Step, check: impl Future<Output = Result<String, Symptom>>) -> Option<()> {
        self.take(step, async { check.await.map(|saw| ((), saw)) }).await
    }

    fn skip(&mut self, step: Step, why: &str) {
        self.note(Examined { step, took_ms: 0, outcome: Outcome::Skipped(why.to_owned()) });
    }

    fn note(&mut self, examined: Examined) {
        (self.seen)(&examined);
        self.steps.push(examined);
    }

    async fn walk(&mut self) -> Option<()> {
        let mut reached = self.reach().await?;
        let health = self.health(&reached).await?;
        let _ = self.pass(Step::Time, async { health.time() }).await;
        let mut whole = true;
        for (step, part) in [(Step::Table, Part::Table), (Step::Bucket, Part::Bucket), (Step::Key, Part::Key)] {
            whole &= self.pass(step, async { health.part(part) }).await.is_some();
        }
        let _ = self.pass(Step::Page, reached.http.page(&reached.target)).await;
        let list = reached.target.below("api/generations");
        let may_read =
            self.pass(Step::Access, async { reached.http.expect(&list).await.map(|_| "may read".to_owned()) });
        // Without its parts or its permission everything after this fails for the same reason.
        may_read.await.filter(|()| whole)?;
        if let Some(config) =
            self.take(Step::Models, reached.http.models(&reached.target, self.doctor.clock.now_ms())).await
        {
            reached.config = config;
        }
        self.talk(&reached).await
    }

    async fn reach(&mut self) -> Option<Reached> {
        let doctor = self.doctor;
        let read = Target::read(&doctor.url);
        if let Ok(target) = &read {
            target.page.host_str().unwrap_or_default().clone_into(&mut self.place.host);
            self.place.port = target.page.port_or_known_default().unwrap_or_default();
            self.place.secure = target.page.scheme() == "https";
            self.place.surroundings = surroundings(&target.page);
        }
        let looked_up = async {
            let target = read.map_err(|NotAUrl(why)| Symptom::NotAUrl(why))?;
            let addresses = transport::addresses(&target.page).await?;
            let shown = addresses.iter().take(3).map(ToString::to_string).collect::<Vec<_>>().join(", ");
            Ok(((target, addresses), shown))
        };
        let (target, addresses) = self.take(Step::Address, looked_up).await?;
        let trust = Trust::new(&doctor.more_roots, doctor.clock.now_ms() / 1_000).map_err(Symptom::NotAUrl);
        let http = trust.and_then(|trust| Http::new(trust.clone(), doctor.token.clone()).map(|http| (trust, http)));
        let (port, here) = (self.place.port, self.place.surroundings == Surroundings::Here);
        let connected = async {
            let (trust, http) = http?;
            let stream = match transport::connect(&addresses).await {
                Err(Symptom::Refused { .. }) if here => {
                    let answers_at = http.found_at(&doctor.likely_ports, Some(port)).await;
                    return Err(Symptom::Refused { answers_at });
                }
                connected => connected?,
            };
            let peer = stream.peer_addr().map(|address| address.to_string()).unwrap_or_default();
            Ok(((stream, trust, http), format!("to {peer}")))
        };
        let (stream, trust, http) = self.take(Step::Tcp, connected).await?;
        if self.place.secure {
            let host = self.place.host.clone();
            let secured = async {
                match transport::secure(stream, &host, &trust).await {
                    Ok(_) => {
                        Ok(trust.days_left().map_or_else(String::new, |days| format!("valid for {days} days more")))
                    }
                    // A server with TLS may answer plain HTTP, too, to say that it wants TLS; so only where there was none.
                    Err(Symptom::Tls(TlsTrouble::Other(_))) if http.speaks_plain(&target.page).await => {
                        Err(Symptom::SpeaksPlainHttp)
                    }
                    Err(symptom) => Err(symptom),
                }
            };
            self.pass(Step::Tls, secured).await?;
        } else {
            self.skip(Step::Tls, "plain HTTP");
        }
        Some(Reached { target, trust, http, config: Value::Null })
    }

    async fn health(&mut self, reached: &Reached) -> Option<Health> {
        let asked = async {
            let (health, answer) = reached.http.health(&reached.target, &*self.doctor.clock).await?;
            let through = answer.proxy.as_ref().map(|proxy| format!(", through {proxy}")).unwrap_or_default();
            let saw = format!("version {}{through}", health.version);
            Ok(((health, answer.proxy), saw))
        };
        let (health, proxy) = self.take(Step::Health, asked).await?;
        self.place.proxy = proxy;
        Some(health)
    }

    async fn talk(&mut self, reached: &Reached) -> Option<()> {
        let doctor = self.doctor;
        let configured = reached.config["webSocketUrl"].as_str();
        let url = reached.target.socket_url(configured);
        if let Ok(url) = &url {
            url.path().clone_into(&mut self.place.socket_path);
        }
        let door = url.map_err(|NotAUrl(why)| Symptom::NotAUrl(why)).map(|url| Door {
            origin: reached.target.page.origin().ascii_serialization(),
            token: doctor.token.clone(),
            trust: reached.trust.clone(),
            url,
        });
        let opened = async {
            let door = door?;
            let conversation = door.open().await?;
            let saw = door.url.to_string();
            Ok(((door, conversation), saw))
        };
        let (door, mut conversation) = self.take(Step::Upgrade, opened).await?;
        self.pass(Step::Greeting, messages::greeting(&mut conversation)).await?;
        self.pass(Step::Ping, messages::ping(&mut conversation)).await?;
        let sized = self.pass(Step::Sizes, messages::sizes(&mut conversation)).await;
        if sized.is_none() {
            // A message that was too large has ended it.
            conversation = door.open().await.ok()?;
        }
        self.generate(reached, &door, conversation).await?;
        self.idle(&door).await
    }

    async fn generate(&mut self, reached: &Reached, door: &Door, mut conversation: Conversation) -> Option<()> {
        if reached.config["demo"] != true && !self.doctor.may_spend {
            for step in [Step::Generation, Step::Order, Step::Resume, Step::Recovery] {
                self.skip(step, "costs money: --real");
            }
            return Some(());
        }
        let request_id = format!("doctor-{}-{}", self.doctor.clock.now_ms(), std::process::id());
        let mut seen = self.take(Step::Generation, generation::begin(&mut conversation, &request_id)).await?;
        self.pass(Step::Order, generation::order(&mut conversation, &mut seen)).await?;
        conversation.vanish();
        let resumed = async {
            let mut conversation = door.open().await?;
            generation::resume(&mut conversation, &mut seen).await
        };
        self.pass(Step::Resume, resumed).await?;
        self.pass(Step::Recovery, generation::recovery(&reached.http, &reached.target, &seen)).await
    }

    async fn idle(&mut self, door: &Door) -> Option<()> {
        let Some(patience) = self.doctor.idle else {
            self.skip(Step::Idle, "takes ten minutes: --long");
            return Some(());
        };
        let held = async {
            let mut conversation = door.open().await?;
            messages::idle(&mut conversation, patience).await
        };
        self.pass(Step::Idle, held).await
    }
}
