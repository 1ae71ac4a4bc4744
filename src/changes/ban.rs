//! Banning and unbanning a hash (reference 2.9). A disabled ban stays listed, with its note.

use serde_json::{Value, json};

use super::{Justification, PlanContext, Target, assessment::Assessment};
use crate::api::{BanList, WriteRequest};
use crate::model::{Ban, Md5};
use crate::text;

/// The MD5 of the empty file.
const EMPTY: Md5 =
    Md5([0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e]);

/// Banning or unbanning a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl BanChange {
    pub(super) fn verb(&self) -> &'static str {
        if self.is_ban() { "ban" } else { "unban" }
    }

    fn is_ban(&self) -> bool {
        matches!(self, Self::Ban { .. })
    }

    /// Returns the hash.
    pub(super) fn md5(&self) -> Md5 {
        match self {
            Self::Ban { md5, .. } | Self::Unban(md5) => *md5,
        }
    }

    pub(super) fn target(&self) -> Target {
        Target::Hash(self.md5())
    }

    pub(super) fn desired(&self, justification: &Justification) -> Value {
        match self {
            Self::Ban { note, .. } => {
                json!({"enabled": true, "text": note.clone().unwrap_or_else(|| justification.note())})
            }
            Self::Unban(_) => json!({"enabled": false}),
        }
    }

    /// Returns the requests: an unban clears the note of the ban, so a second request restores it.
    pub(super) fn write_requests(
        &self,
        ban: Option<&Ban>,
        list: BanList,
        justification: &Justification,
    ) -> Vec<WriteRequest> {
        match self {
            Self::Ban { md5, note } => {
                let text = note.clone().unwrap_or_else(|| justification.note());
                vec![WriteRequest::ban(*md5, &text, list)]
            }
            Self::Unban(md5) => {
                let with_note = ban.filter(|ban| !ban.text.is_empty());
                let note = with_note.map(|ban| WriteRequest::restore_ban_note(ban, list));
                [WriteRequest::unban(*md5, list)].into_iter().chain(note).collect()
            }
        }
    }

    /// Returns whether the ban on the server satisfies the change; `None` if the server does not say.
    pub(super) fn is_satisfied_by(&self, ban: Option<&Ban>) -> Option<bool> {
        let is_enabled = match ban {
            Some(ban) => ban.is_enabled,
            None => Some(false),
        };
        is_enabled.map(|is| is == self.is_ban())
    }

    /// Describes the ban on the server.
    pub(super) fn describe(ban: Option<&Ban>) -> String {
        match ban {
            None => "not banned".into(),
            Some(ban) => match ban.is_enabled {
                Some(true) => format!("banned {}", describe_origin(ban)),
                Some(false) if ban.text.is_empty() => "unbanned; its note was lost".into(),
                Some(false) => describe_unbanned(ban),
                None => "the server does not say whether the ban is active".into(),
            },
        }
    }

    /// Returns why the change would have no effect; `None` if it would have one.
    pub(super) fn no_op_reason(&self, ban: Option<&Ban>) -> Option<String> {
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

    /// Finds out what the change does to the hash.
    pub(super) async fn assess(&self, ban: Option<&Ban>, context: &PlanContext) -> Assessment {
        let (md5, is_ban) = (self.md5(), self.is_ban());
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
        Assessment { effects, warnings, notes, ..Assessment::default() }
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
