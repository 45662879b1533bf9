use super::{Family, Model, Shape};
use crate::limits::{NAME_BYTES_MAX, OUTPUT_TOKENS_WANTED, VARIANTS_MAX};
use crate::usage::Usage;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeSet;

/// The models that are known by name. Read once, at start; a catalogue that was read holds what its checks say.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    line_up: Vec<String>,
    models: Vec<Model>,
}

/// What is wrong with a catalogue, in one line that names the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CatalogueError(String);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    #[serde(default, rename = "about")]
    _about: IgnoredAny,
    #[serde(default)]
    line_up: Option<Vec<String>>,
    #[serde(default)]
    models: Vec<Model>,
}

impl Written {
    fn read(text: &str) -> Result<Self, CatalogueError> {
        serde_json::from_str(text).map_err(|error| CatalogueError(format!("is not a catalogue: {error}")))
    }
}

impl Catalogue {
    /// The built-in catalogue.
    ///
    /// # Errors
    /// Never, as a test shows: the type lets the caller treat it like one that was configured.
    pub fn built_in() -> Result<Self, CatalogueError> {
        let Written { line_up, models, .. } = Written::read(include_str!("catalogue.json"))?;
        let catalogue = Self { line_up: line_up.unwrap_or_default(), models };
        catalogue.check()?;
        Ok(catalogue)
    }

    /// The built-in catalogue with what a configuration says: a model replaces the one of the same id as a whole or is
    /// added, and `lineUp` replaces the line-up.
    ///
    /// # Errors
    /// [`CatalogueError`], which names the first thing that is wrong.
    pub fn configured(text: &str) -> Result<Self, CatalogueError> {
        let mut catalogue = Self::built_in()?;
        let Written { line_up, models, .. } = Written::read(text)?;
        let mut seen = BTreeSet::new();
        for model in models {
            if !seen.insert(model.id.clone()) {
                return Err(CatalogueError(format!("names {} twice", model.id)));
            }
            let model = Model { configured: true, ..model };
            match catalogue.models.iter_mut().find(|known| known.id == model.id) {
                Some(known) => *known = model,
                None => catalogue.models.push(model),
            }
        }
        catalogue.line_up = line_up.unwrap_or(catalogue.line_up);
        catalogue.check()?;
        Ok(catalogue)
    }

    fn check(&self) -> Result<(), CatalogueError> {
        let names = self.line_up.len();
        if names == 0 || names > usize::from(VARIANTS_MAX) {
            return Err(CatalogueError(format!("lineUp has {names} models, not 1 to {VARIANTS_MAX}")));
        }
        for id in &self.line_up {
            check_name(id)?;
            self.check_usable(id)?;
        }
        self.models.iter().try_for_each(|model| self.check_model(model))
    }

    fn check_model(&self, model: &Model) -> Result<(), CatalogueError> {
        let id = &model.id;
        check_name(id)?;
        if model.max_output_tokens == Some(0) {
            return Err(CatalogueError(format!("{id}: maxOutputTokens is a whole number from 1")));
        }
        if model.price.is_some_and(|price| !price.is_sound()) {
            return Err(CatalogueError(format!("{id}: a price is a number of dollars from 0")));
        }
        // However long the chain of successors, it ends: no model of it comes twice.
        let mut chain = BTreeSet::from([id.as_str()]);
        let mut last = model;
        while let Some(next) = &last.successor {
            let Some(successor) = self.get(next).filter(|successor| successor.usable) else {
                return Err(CatalogueError(format!("{}: its successor {next} is no model that can be used", last.id)));
            };
            if !chain.insert(next) {
                return Err(CatalogueError(format!("{id}: its successors lead back to {next}")));
            }
            last = successor;
        }
        Ok(())
    }

    /// Checks that a name may stand in a line-up. One that is not in the catalogue may: another server knows it.
    ///
    /// # Errors
    /// [`CatalogueError`] for a model that cannot be asked.
    pub fn check_usable(&self, id: &str) -> Result<(), CatalogueError> {
        match self.get(id).filter(|model| !model.usable) {
            Some(model) => {
                let why = model.note.as_deref().unwrap_or("The catalogue says so.");
                Err(CatalogueError(format!("{id} cannot be used. {why}")))
            }
            None => Ok(()),
        }
    }

    /// The default line-up: one provider, no reasoning modes, four models side by side.
    #[must_use]
    pub fn line_up(&self) -> &[String] {
        &self.line_up
    }

    /// Every model that can be asked.
    pub fn usable(&self) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(|model| model.usable)
    }

    /// What is known of a model.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    /// How a model is asked; one that is not known is taken for a compatible server's. Both gpt-4o snapshots refuse
    /// 20,000 tokens (400, "`max_tokens` is too large"), hence the clamp.
    #[must_use]
    pub fn shape(&self, id: &str) -> Shape {
        let known = self.get(id);
        let most = known.and_then(|model| model.max_output_tokens).unwrap_or(OUTPUT_TOKENS_WANTED);
        Shape {
            family: known.map_or(Family::Compatible, |model| model.family),
            output_tokens: most.min(OUTPUT_TOKENS_WANTED),
        }
    }

    /// What a call of a model cost, if its price is known.
    #[must_use]
    pub fn cost_usd(&self, id: &str, usage: Usage) -> Option<f64> {
        self.get(id)?.price.map(|price| price.cost_usd(usage))
    }

    /// Who answers for a model at `now_ms`: itself until its shutdown date has passed, then its successor, whose own date
    /// counts in the same way. Without a successor it is asked all the same: the provider has the last word.
    #[must_use]
    pub fn present<'a>(&'a self, id: &'a str, now_ms: u64) -> &'a str {
        let mut present = id;
        while let Some(next) = self.get(present).filter(|model| model.is_over(now_ms)).and_then(Model::next) {
            present = next;
        }
        present
    }

    /// Who answers for a model that the provider does not know.
    #[must_use]
    pub fn successor(&self, id: &str, now_ms: u64) -> Option<&str> {
        self.get(id).and_then(Model::next).map(|next| self.present(next, now_ms))
    }
}

impl Model {
    fn is_over(&self, now_ms: u64) -> bool {
        self.shutdown_date.is_some_and(|date| date.has_passed(now_ms))
    }

    fn next(&self) -> Option<&str> {
        self.successor.as_deref()
    }
}

fn check_name(id: &str) -> Result<(), CatalogueError> {
    if id.trim().is_empty() || id.len() > NAME_BYTES_MAX {
        return Err(CatalogueError(format!("a model's id has 1 to {NAME_BYTES_MAX} bytes: {id:?}")));
    }
    Ok(())
}
