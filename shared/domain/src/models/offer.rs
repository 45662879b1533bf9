use crate::error::Refusal;

/// What a server offers: a line-up, and what a request may choose instead of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    line_up: Vec<String>,
    allowed: Vec<String>,
}

impl Offer {
    /// An offer. Whoever gets the line-up unasked may ask for it too, so it is always allowed.
    #[must_use]
    pub fn new(line_up: Vec<String>, more: impl IntoIterator<Item = String>) -> Self {
        let mut allowed: Vec<String> = Vec::new();
        for id in line_up.iter().cloned().chain(more) {
            if !allowed.contains(&id) {
                allowed.push(id);
            }
        }
        Self { line_up, allowed }
    }

    /// The models that answer when a request chooses none.
    #[must_use]
    pub fn line_up(&self) -> &[String] {
        &self.line_up
    }

    /// Every model that a request may choose, the line-up first.
    #[must_use]
    pub fn allowed(&self) -> &[String] {
        &self.allowed
    }

    /// The models of `count` variants: the chosen ones or the line-up in order, from the start again when there are fewer.
    ///
    /// # Errors
    /// [`Refusal`] with the first chosen model that is not allowed, as `models[1]`.
    pub fn choose(&self, chosen: Option<&[String]>, count: u8) -> Result<Vec<String>, Refusal> {
        let Some(chosen) = chosen.filter(|chosen| !chosen.is_empty()) else {
            return Ok(assign(&self.line_up, count));
        };
        match chosen.iter().position(|model| !self.allowed.contains(model)) {
            Some(position) => Err(Refusal::field(
                format!("models[{position}]"),
                format!("This server does not offer that model. It offers {}.", self.allowed.join(", ")),
            )),
            None => Ok(assign(chosen, count)),
        }
    }
}

fn assign(models: &[String], count: u8) -> Vec<String> {
    models.iter().cycle().take(usize::from(count)).cloned().collect()
}
