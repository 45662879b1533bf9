//! The whole system in memory: the real handlers over the in-memory ports, under a clock that tests can pause.

use crate::platform::{Invokes, TokioClock};
use crate::{Breakage, CountingIds, CountingModel};
use api::{About, Api, Health};
use boot::{Invocation, Stop};
use domain::limits::{QUOTA_OF_STACK, QUOTA_OF_USER};
use domain::models::{Catalogue, Offer};
use domain::quota::Allowance;
use lifecycle::{Announcer, Eraser, Purse, Replayer, Starter};
use ports::fault::{Faulty, Script};
use ports::memory::{MemoryKey, MemoryObjects, MemoryPictures, MemorySockets, MemoryTable, MemoryTokens, MemoryWeb};
use ports::{
    Authenticator, Clock, Connections, Deletions, DesignSystems, Generations, Ids, Invoke, Model, Objects, Pictures,
    ProviderKey, Push, Quotas, Uploads, Variants,
};
use socket::Socket;
use std::sync::Arc;
use sweep::Sweep;
use variant::{Illustrator, Worker};

/// When the worlds begin: 2026-11-21T10:00:00Z.
pub const BEGINNING_MS: u64 = 1_795_255_200_000;
/// The image model of those worlds that have one.
pub const IMAGE_MODEL: &str = "image-model";
/// How long a claim holds in these worlds.
pub const LEASE_MS: u64 = 20_000;

/// Every port, as handlers take them.
#[derive(Clone)]
pub struct Ports {
    /// Who is asking.
    pub authenticator: Arc<dyn Authenticator>,
    /// Records of generations.
    pub generations: Arc<dyn Generations>,
    /// Records of variants.
    pub variants: Arc<dyn Variants>,
    /// Taking generations away.
    pub deletions: Arc<dyn Deletions>,
    /// What was spent.
    pub quotas: Arc<dyn Quotas>,
    /// What may be spent.
    pub allowance: Allowance,
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
    /// How long generations are kept, if not until they are deleted.
    pub retention_ms: Option<u64>,
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
    /// How long generations are kept, if not until they are deleted.
    pub retention_ms: Option<u64>,
    /// What may be spent.
    pub allowance: Allowance,
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
            retention_ms: None,
            allowance: Allowance { user: QUOTA_OF_USER, stack: QUOTA_OF_STACK },
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
            deletions: self.table.clone(),
            quotas: self.table.clone(),
            allowance: self.allowance,
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
            retention_ms: self.retention_ms,
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
            deletions: table.clone(),
            quotas: table.clone(),
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
            purse: self.purse(),
        }
    }

    fn purse(&self) -> Purse {
        Purse {
            quotas: self.quotas.clone(),
            catalogue: self.catalogue.clone(),
            allowance: self.allowance,
            clock: self.clock.clone(),
            ids: self.ids.clone(),
        }
    }

    fn eraser(&self) -> Eraser {
        Eraser { deletions: self.deletions.clone(), objects: self.objects.clone(), clock: self.clock.clone() }
    }

    fn announcer(&self) -> Announcer {
        Announcer {
            generations: self.generations.clone(),
            variants: self.variants.clone(),
            push: self.push.clone(),
            purse: self.purse(),
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
            eraser: self.eraser(),
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
            eraser: self.eraser(),
            push: self.push.clone(),
            retention_ms: self.retention_ms,
            clock: self.clock.clone(),
        }
    }
}
