//! The whole system in memory: the real handlers over the in-memory ports, under a clock that tests can pause.

use crate::{Breakage, CountingIds, CountingModel};
use api::{About, Api, Health};
use async_trait::async_trait;
use boot::{Invocation, Stop};
use domain::models::{Catalogue, Offer};
use domain::wire::invoke::WorkerEvent;
use lifecycle::{Announcer, Replayer, Starter};
use ports::fault::{Faulty, Script};
use ports::memory::{MemoryKey, MemoryObjects, MemoryPictures, MemorySockets, MemoryTable, MemoryTokens, MemoryWeb};
use ports::{
    Authenticator, Clock, Connections, DesignSystems, Generations, Ids, Invoke, Model, Objects, Pictures, ProviderKey,
    Push, StoreError, Uploads, Variants,
};
use socket::Socket;
use std::sync::{Arc, Mutex};
use sweep::Sweep;
use tokio::sync::Notify;
use tokio::time::Instant;
use variant::{Illustrator, Worker};

/// When the worlds begin: 2026-11-21T10:00:00Z.
pub const BEGINNING_MS: u64 = 1_795_255_200_000;
/// The image model of those worlds that have one.
pub const IMAGE_MODEL: &str = "image-model";
/// How long a claim holds in these worlds.
pub const LEASE_MS: u64 = 20_000;

/// Tokio's clock, which can be paused, as the time of day.
pub struct TokioClock(Instant);

impl Default for TokioClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for TokioClock {
    fn now_ms(&self) -> u64 {
        BEGINNING_MS + u64::try_from(self.0.elapsed().as_millis()).unwrap()
    }
}

/// Events that wait for a worker.
#[derive(Default)]
pub struct Invokes(Mutex<Vec<WorkerEvent>>, Notify);

impl Invokes {
    /// Waits until something has come since the last call.
    pub async fn arrived(&self) {
        self.1.notified().await;
    }

    /// What waits.
    pub fn seen(&self) -> Vec<WorkerEvent> {
        self.0.lock().unwrap().clone()
    }

    /// Takes what waits.
    pub fn take(&self) -> Vec<WorkerEvent> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[async_trait]
impl Invoke for Invokes {
    async fn start(&self, event: &WorkerEvent) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(event.clone());
        self.1.notify_one();
        Ok(())
    }
}

/// Every port, as handlers take them.
#[derive(Clone)]
pub struct Ports {
    /// Who is asking.
    pub authenticator: Arc<dyn Authenticator>,
    /// Records of generations.
    pub generations: Arc<dyn Generations>,
    /// Records of variants.
    pub variants: Arc<dyn Variants>,
    /// Records of connections.
    pub connections: Arc<dyn Connections>,
    /// The bucket.
    pub objects: Arc<dyn Objects>,
    /// Design systems.
    pub design_systems: Arc<dyn DesignSystems>,
    /// The web.
    pub web: Arc<MemoryWeb>,
    /// What clients put into it.
    pub uploads: Arc<dyn Uploads>,
    /// The gateway.
    pub push: Arc<dyn Push>,
    /// Lambda's queue.
    pub invoke: Arc<dyn Invoke>,
    /// The provider.
    pub model: Arc<dyn Model>,
    /// The image model, if one is set.
    pub pictures: Option<Arc<dyn Pictures>>,
    /// The provider's key.
    pub provider_key: Arc<dyn ProviderKey>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names and dice.
    pub ids: Arc<dyn Ids>,
    /// The models on offer.
    pub offer: Arc<Offer>,
    /// What is known of models.
    pub catalogue: Arc<Catalogue>,
}

/// What is behind the ports.
pub struct World {
    /// Who is asking: everybody is the same user, unless a test says otherwise.
    pub tokens: Arc<MemoryTokens>,
    /// The table.
    pub table: Arc<MemoryTable>,
    /// The bucket.
    pub objects: Arc<MemoryObjects>,
    /// The web.
    pub web: Arc<MemoryWeb>,
    /// The gateway.
    pub sockets: Arc<MemorySockets>,
    /// Lambda's queue.
    pub invokes: Arc<Invokes>,
    /// The provider.
    pub model: Arc<CountingModel>,
    /// The image model, if one is set.
    pub pictures: Option<Arc<MemoryPictures>>,
    /// The provider's key.
    pub provider_key: Arc<MemoryKey>,
    /// The time.
    pub clock: Arc<TokioClock>,
    /// Names.
    pub ids: Arc<CountingIds>,
    /// The models on offer.
    pub offer: Arc<Offer>,
    /// What is known of models.
    pub catalogue: Arc<Catalogue>,
    /// A rule that is broken on purpose.
    pub breakage: Option<Breakage>,
}

impl World {
    /// An empty world with this model behind a line-up of one.
    #[must_use]
    pub fn new(model: CountingModel) -> Self {
        Self {
            tokens: Arc::new(MemoryTokens::anonymous()),
            table: Arc::default(),
            objects: Arc::default(),
            web: Arc::default(),
            sockets: Arc::default(),
            invokes: Arc::default(),
            model: Arc::new(model),
            pictures: None,
            provider_key: Arc::default(),
            clock: Arc::default(),
            ids: Arc::default(),
            offer: Arc::new(Offer::new(vec!["model-a".to_owned()], [])),
            catalogue: Arc::new(Catalogue::built_in().unwrap()),
            breakage: None,
        }
    }

    /// The ports as they are.
    #[must_use]
    pub fn ports(&self) -> Ports {
        Ports {
            authenticator: self.tokens.clone(),
            generations: self.table.clone(),
            variants: self.table.clone(),
            connections: self.table.clone(),
            objects: self.objects.clone(),
            design_systems: self.table.clone(),
            web: self.web.clone(),
            uploads: self.objects.clone(),
            push: self.sockets.clone(),
            invoke: self.invokes.clone(),
            model: self.model.clone(),
            pictures: self.pictures.clone().map(|pictures| pictures as Arc<dyn Pictures>),
            provider_key: self.provider_key.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            offer: self.offer.clone(),
            catalogue: self.catalogue.clone(),
        }
    }

    /// The ports with faults.
    #[must_use]
    pub fn faulty_ports(&self, script: &Arc<dyn Script>) -> Ports {
        let table = Arc::new(Faulty::new(self.table.clone(), script.clone()));
        let ports = Ports {
            generations: table.clone(),
            variants: table.clone(),
            connections: table.clone(),
            design_systems: table,
            objects: Arc::new(Faulty::new(self.objects.clone(), script.clone())),
            uploads: Arc::new(Faulty::new(self.objects.clone(), script.clone())),
            push: Arc::new(Faulty::new(self.sockets.clone(), script.clone())),
            invoke: Arc::new(Faulty::new(self.invokes.clone(), script.clone())),
            model: Arc::new(Faulty::new(self.model.clone(), script.clone())),
            pictures: self
                .pictures
                .clone()
                .map(|pictures| Arc::new(Faulty::new(pictures, script.clone())) as Arc<dyn Pictures>),
            ..self.ports()
        };
        self.breakage.map_or(ports.clone(), |breakage| breakage.breaks(ports))
    }

    /// An invocation with the time that Lambda gives a worker.
    #[must_use]
    pub fn invocation(&self) -> Invocation {
        Invocation { request_id: "request".to_owned(), deadline_ms: self.clock.now_ms() + 900_000, stop: Stop::never() }
    }
}

impl Ports {
    fn starter(&self) -> Starter {
        Starter {
            generations: self.generations.clone(),
            objects: self.objects.clone(),
            uploads: self.uploads.clone(),
            invoke: self.invoke.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            offer: self.offer.clone(),
        }
    }

    fn announcer(&self) -> Announcer {
        Announcer {
            generations: self.generations.clone(),
            variants: self.variants.clone(),
            push: self.push.clone(),
            clock: self.clock.clone(),
        }
    }

    /// The `socket` function.
    #[must_use]
    pub fn socket(&self) -> Socket {
        Socket {
            authenticator: self.authenticator.clone(),
            connections: self.connections.clone(),
            generations: self.generations.clone(),
            variants: self.variants.clone(),
            push: self.push.clone(),
            starter: self.starter(),
            replayer: Replayer { variants: self.variants.clone(), push: self.push.clone() },
            clock: self.clock.clone(),
        }
    }

    /// The `variant` function.
    #[must_use]
    pub fn worker(&self) -> Worker {
        Worker {
            variants: self.variants.clone(),
            objects: self.objects.clone(),
            model: self.model.clone(),
            illustrator: self.pictures.clone().map(|pictures| Illustrator { pictures, model: IMAGE_MODEL.to_owned() }),
            catalogue: self.catalogue.clone(),
            push: self.push.clone(),
            invoke: self.invoke.clone(),
            announcer: self.announcer(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            push_interval_ms: 250,
            lease_ms: LEASE_MS,
        }
    }

    /// The `api` function.
    #[must_use]
    pub fn api(&self) -> Api {
        Api {
            authenticator: self.authenticator.clone(),
            generations: self.generations.clone(),
            variants: self.variants.clone(),
            objects: self.objects.clone(),
            design_systems: self.design_systems.clone(),
            web: self.web.clone(),
            screenshots: None,
            starter: self.starter(),
            provider_key: self.provider_key.clone(),
            health: Health::default(),
            about: About {
                websocket_url: None,
                authentication: "none",
                upload_origin: "https://uploads.test".to_owned(),
                origin: "demo",
                offer: self.offer.clone(),
                catalogue: self.catalogue.clone(),
            },
        }
    }

    /// The `sweep` function.
    #[must_use]
    pub fn sweep(&self) -> Sweep {
        Sweep {
            variants: self.variants.clone(),
            invoke: self.invoke.clone(),
            announcer: self.announcer(),
            clock: self.clock.clone(),
        }
    }
}
