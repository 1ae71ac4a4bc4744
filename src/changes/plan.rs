//! The plan of a change: its effects and warnings, known before it is sent.

use super::{
    Change, ChangeReading, ImpactLine, Justification, LoggedChange, PlanContext, Rejection, Target,
    assessment::Assessment,
    blast_radius::ImpactSubject,
    operation::{WriteContext, describe_loss},
};
use crate::api::{Error, WriteRequest};
use crate::text;

/// The result of planning a change.
#[derive(Clone, Debug)]
pub enum Prepared {
    Ready(Box<Plan>),
    /// The target has the desired state already: nothing is sent.
    NoOp {
        text: String,
        /// Whether the sensor has yet to apply it.
        is_pending: bool,
    },
    /// The policy forbids it, or the target makes it impossible.
    Rejected(Rejection),
}

/// A change that can be applied, with everything to know before.
#[derive(Clone, Debug)]
pub struct Plan {
    pub reading: ChangeReading,
    pub effects: Vec<String>,
    /// Reasons against it, one line each: neither `--yes` alone nor a single key confirms them.
    pub warnings: Vec<String>,
    /// Facts that are no reasons against it, one line each.
    pub notes: Vec<String>,
    /// Why the host is protected; its name must then be typed.
    pub protection: Option<String>,
    /// Why nothing undoes the change, as a sentence; the name of the target must then be typed.
    loss: Option<String>,
    pub(super) impact: ImpactSubject,
    /// The audit log line of the change that this one undoes.
    pub(super) undoes: Option<u64>,
    /// The change that this one undoes, which may still be pending.
    pub(super) undone_change: Option<Change>,
    /// The server's version, which decides how some members are written.
    pub(super) release: Option<(u32, u32)>,
}

impl Plan {
    /// Creates the plan of an assessed change. `release` is the server's version.
    fn new(reading: ChangeReading, assessment: Assessment, release: Option<(u32, u32)>) -> Self {
        let Assessment { effects, mut warnings, notes, protection, impact } = assessment;
        let loss = reading.loss().map(describe_loss);
        warnings.extend(loss.clone());
        Self { reading, effects, warnings, notes, protection, loss, impact, undoes: None, undone_change: None, release }
    }

    /// Sets the logged change that this plan undoes.
    #[must_use]
    pub fn with_undone_change(mut self, logged: Option<&LoggedChange>) -> Self {
        self.undoes = logged.map(|logged| logged.line);
        self.undone_change = logged.and_then(LoggedChange::change);
        self
    }

    /// Returns whether a confirmation of `n_changes` changes leaves this one out, which is confirmed alone.
    pub fn is_left_out_of(&self, n_changes: usize) -> bool {
        n_changes > 1 && self.name_reason().is_some()
    }

    /// Returns why the name of the target must be typed: it is protected, or nothing undoes the change.
    pub fn name_reason(&self) -> Option<&str> {
        self.protection.as_deref().or(self.loss.as_deref())
    }

    /// Returns the change.
    pub fn change(&self) -> Change {
        self.reading.change()
    }

    /// Returns the name of the target, safe to display.
    pub fn name(&self) -> String {
        self.reading.name()
    }

    /// Returns the name of the target, with its ID if it is a host: several have one name, and some have none.
    pub fn name_with_id(&self) -> String {
        match self.change().target() {
            Target::Sensor(id) if !self.reading.target_name().raw().trim().is_empty() => {
                format!("{} (sensor {id})", self.name())
            }
            _ => self.name(),
        }
    }

    /// Returns a noun for the text that names the target in a confirmation, and the text: the name of the host, or its
    /// ID if the name cannot be typed.
    pub fn text_to_type(&self) -> (&'static str, String) {
        let name = self.reading.target_name();
        let can_be_typed = !name.raw().trim().is_empty() && text::make_visible(&name) == name.raw();
        if can_be_typed { ("host name", name.raw().to_owned()) } else { ("sensor ID", self.change().target().id()) }
    }

    /// Returns the exact requests, in the order in which they are sent.
    pub fn write_requests(&self, justification: &Justification) -> Vec<WriteRequest> {
        self.reading.write_requests(&WriteContext { justification, release: self.release })
    }

    /// Returns the number of objects that change: of several alerts, those that do not have the desired state yet.
    pub fn count(&self) -> usize {
        self.reading.n_changed()
    }

    /// Returns the names of the blast radius lines, in their order.
    pub fn impact_names(&self) -> &'static [&'static str] {
        self.impact.names()
    }

    /// Finds out the blast radius and passes each line to `on_line` as soon as its probe ends.
    pub async fn find_blast_radius(&self, context: &PlanContext, on_line: impl Fn(ImpactLine)) {
        self.impact.find(context, on_line).await;
    }
}

impl Change {
    /// Reads the target from the server and plans the change.
    pub async fn prepare(self, context: &PlanContext) -> Result<Prepared, Error> {
        if let Some(rejection) = context.policy.read_only_rejection() {
            return Ok(Prepared::Rejected(rejection));
        }
        self.read(&context.client).await?.plan(context).await
    }
}

impl ChangeReading {
    /// Plans the change for its target, which was read just now. What was opened to read it stays open for the plan only.
    pub async fn plan(self, context: &PlanContext) -> Result<Prepared, Error> {
        let reading = self.clone();
        let prepared = self.assess_change(context).await;
        if !matches!(prepared, Ok(Prepared::Ready(_))) {
            reading.release(&context.client).await;
        }
        prepared
    }

    async fn assess_change(self, context: &PlanContext) -> Result<Prepared, Error> {
        if let Some(rejection) = context.policy.read_only_rejection() {
            return Ok(Prepared::Rejected(rejection));
        }
        if let Some(reason) = self.no_op_reason() {
            return Ok(Prepared::NoOp { text: format!("{} {reason}", self.name()), is_pending: self.is_pending() });
        }
        if let Some((why, hint)) = self.rejection() {
            return Ok(Prepared::Rejected(Rejection { why: format!("{} {why}", self.name()), hint, is_policy: false }));
        }
        Ok(match self.assess(context).await? {
            Ok(assessment) => Prepared::Ready(Box::new(Plan::new(self, assessment, context.client.release()))),
            Err(rejection) => Prepared::Rejected(rejection),
        })
    }
}
