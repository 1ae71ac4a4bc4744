//! Banning and unbanning a hash (reference 2.9). A disabled ban stays listed, with its note.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Aspect, Justification, PlanContext, Rejection, Target,
    assessment::Assessment,
    blast_radius::ImpactSubject,
    members,
    operation::{Operation, WriteContext, immediate_stage},
    snapshot::Snapshot,
};
use crate::api::{BanList, Client, Error, WriteRequest};
use crate::audit::LoggedStage;
use crate::model::{Ban, Md5};
use crate::text::{self, Untrusted};

/// The MD5 of the empty file.
const EMPTY: Md5 =
    Md5([0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e]);

/// Banning or unbanning a hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BanChange {
    /// Bans a hash: sensors block files that have it.
    Ban {
        md5: Md5,
        /// The text of the ban; `None` for the reason of the change.
        note: Option<String>,
    },
    /// Disables the ban of a hash, which stays listed.
    Unban(Md5),
}

/// A hash with its ban, if there ever was one.
#[derive(Clone, Debug, PartialEq)]
pub struct BanSnapshot {
    pub(super) md5: Md5,
    /// The ban, enabled or disabled.
    pub(super) ban: Option<Ban>,
    /// The endpoint of the ban list, which depends on the server's version.
    pub(super) list: BanList,
}

impl BanChange {
    fn is_ban(&self) -> bool {
        matches!(self, Self::Ban { .. })
    }

    /// Returns the hash.
    pub(super) fn md5(&self) -> Md5 {
        match self {
            Self::Ban { md5, .. } | Self::Unban(md5) => *md5,
        }
    }

    fn is_satisfied_by(&self, ban: Option<&Ban>) -> Option<bool> {
        let is_enabled = match ban {
            Some(ban) => ban.is_enabled,
            None => Some(false),
        };
        is_enabled.map(|is| is == self.is_ban())
    }
}

impl Operation for BanChange {
    type State = BanSnapshot;

    fn verb(&self) -> &'static str {
        if self.is_ban() { "ban" } else { "unban" }
    }

    fn aspect(&self) -> Aspect {
        Aspect::Ban
    }

    fn target(&self) -> Target {
        Target::Hash(self.md5())
    }

    fn needs_reason(&self) -> bool {
        true
    }

    async fn read(&self, client: &Client) -> Result<BanSnapshot, Error> {
        let md5 = self.md5();
        Ok(BanSnapshot { md5, ban: client.ban(md5).await?, list: client.ban_list() })
    }

    fn desired(&self, justification: &Justification) -> Value {
        match self {
            Self::Ban { note, .. } => {
                json!({"enabled": true, "text": note.clone().unwrap_or_else(|| justification.note())})
            }
            Self::Unban(_) => json!({"enabled": false}),
        }
    }

    /// Returns the requests: an unban clears the note of the ban, so a second request restores it.
    fn write_requests(&self, state: &BanSnapshot, context: &WriteContext<'_>) -> Vec<WriteRequest> {
        let list = state.list;
        match self {
            Self::Ban { md5, note } => {
                let text = note.clone().unwrap_or_else(|| context.justification.note());
                vec![WriteRequest::ban(*md5, &text, list)]
            }
            Self::Unban(md5) => {
                let with_note = state.ban.as_ref().filter(|ban| !ban.text.is_empty());
                let note = with_note.map(|ban| WriteRequest::restore_ban_note(ban, list));
                [WriteRequest::unban(*md5, list)].into_iter().chain(note).collect()
            }
        }
    }

    fn stage(&self, state: &BanSnapshot) -> LoggedStage {
        immediate_stage(self.is_satisfied_by(state.ban.as_ref()))
    }

    fn inverse(&self, before: &Value, _: &Value) -> Result<Self, &'static str> {
        Ok(match *self {
            Self::Ban { md5, .. } => Self::Unban(md5),
            Self::Unban(md5) => Self::Ban { md5, note: members::text(before, "text") },
        })
    }

    fn describe(&self, state: &BanSnapshot) -> String {
        match &state.ban {
            None => "not banned".into(),
            Some(ban) => match ban.is_enabled {
                Some(true) => format!("banned {}", describe_origin(ban)),
                Some(false) if ban.text.is_empty() => "unbanned; its note was lost".into(),
                Some(false) => describe_unbanned(ban),
                None => "the server does not say whether the ban is active".into(),
            },
        }
    }

    fn no_op_reason(&self, state: &BanSnapshot) -> Option<String> {
        let ban = state.ban.as_ref();
        let is_enabled = ban.and_then(|ban| ban.is_enabled);
        match (self, ban) {
            (Self::Ban { .. }, Some(ban)) if is_enabled == Some(true) => {
                Some(format!("is already banned {}", describe_origin(ban)))
            }
            (Self::Unban(_), None) => Some("is not banned".into()),
            (Self::Unban(_), Some(ban)) if is_enabled == Some(false) => {
                Some(format!("is already {}", describe_unbanned(ban)))
            }
            _ => None,
        }
    }

    async fn assess(&self, state: &BanSnapshot, context: &PlanContext) -> Result<Result<Assessment, Rejection>, Error> {
        let (md5, is_ban, ban) = (self.md5(), self.is_ban(), state.ban.as_ref());
        let mut effects = vec![format!(
            "{md5}: {}",
            match (ban, is_ban) {
                (Some(ban), true) => format!("{} -> banned again", describe_unbanned(ban)),
                (None, true) => "not banned -> banned".into(),
                (Some(ban), false) => format!("banned {} -> unbanned (kept in the list)", describe_origin(ban)),
                (None, false) => String::new(),
            }
        )];
        let (mut warnings, mut notes) = (Vec::new(), Vec::new());
        if is_ban {
            if md5 == EMPTY {
                warnings.push("This is the hash of the empty file, which exists on every host".into());
            }
            effects
                .push("Sensors will block it from starting and kill running instances at their next check-in".into());
            match context.info().await {
                Ok(info) if info.banning_enabled == Some(false) => {
                    notes.push("Banning is disabled on this server: nothing will be blocked".into());
                }
                Ok(_) => {}
                Err(error) => notes.push(format!("Could not check whether banning is enabled on this server: {error}")),
            }
            if let Some((warning, rejects_bans)) = context.license_warning().await {
                if rejects_bans {
                    warnings.push(warning);
                } else {
                    notes.push(warning);
                }
            }
            match context.groups().await {
                Ok(groups) => {
                    let unenforced: Vec<_> = groups
                        .iter()
                        .filter(|group| group.banning_enabled == Some(false))
                        .map(|group| text::make_visible(&group.name))
                        .collect();
                    if !unenforced.is_empty() {
                        notes.push(format!(
                            "Not enforced in sensor groups where banning is disabled: {}",
                            unenforced.join(", ")
                        ));
                    }
                }
                Err(error) => {
                    notes.push(format!("Could not check in which sensor groups banning is disabled: {error}"));
                }
            }
        } else {
            effects.push("Files with this hash can run again".into());
        }
        let impact = if is_ban { ImpactSubject::Hash(md5) } else { ImpactSubject::None };
        Ok(Ok(Assessment { effects, warnings, notes, impact, ..Assessment::default() }))
    }
}

impl Snapshot for BanSnapshot {
    fn target_name(&self) -> Untrusted {
        self.md5.to_string().as_str().into()
    }

    fn snapshot_json(&self) -> Value {
        match &self.ban {
            None => json!({"enabled": false}),
            Some(ban) => json!({
                "enabled": ban.is_enabled,
                "text": ban.text.raw(),
                "username": ban.username.raw(),
            }),
        }
    }
}

/// Describes who created a ban, when, and why.
fn describe_origin(ban: &Ban) -> String {
    let by = match ban.username.non_empty() {
        Some(name) => text::make_visible(name),
        None => "an unknown user".into(),
    };
    let on = ban.created.map_or(String::new(), |at| format!(" on {}", at.strftime("%Y-%m-%d %H:%MZ")));
    format!("by {by}{on}{}", note_suffix(ban))
}

fn describe_unbanned(ban: &Ban) -> String {
    format!("unbanned{}", note_suffix(ban))
}

fn note_suffix(ban: &Ban) -> String {
    match ban.text.non_empty() {
        Some(note) => format!(": {}", text::fit(note, 80)),
        None => String::new(),
    }
}
