//! Banning and unbanning a hash (reference 2.9). A disabled ban stays listed, with its note.

use super::{Change, Justification, Plan, PlanContext, Prepared, Snapshot};
use crate::api::{BanList, Error, WriteRequest};
use crate::model::{Ban, Md5};
use crate::text;

/// The MD5 of the empty file.
const EMPTY: Md5 =
    Md5([0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e]);

/// Plans the ban or the unban of a hash.
pub(super) async fn prepare(
    change: Change,
    (md5, ban, list): (Md5, Option<Ban>, BanList),
    context: &PlanContext,
) -> Result<Prepared, Error> {
    let is_ban = matches!(change, Change::Ban { .. });
    let mut effects = vec![format!(
        "{md5}: {}",
        match (&ban, is_ban) {
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
        effects.push("Sensors will block it from starting and kill running instances at their next check-in".into());
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
            Err(error) => notes.push(format!("Could not check in which sensor groups banning is disabled: {error}")),
        }
    } else {
        effects.push("Files with this hash can run again".into());
    }
    Ok(Prepared::Ready(Box::new(Plan {
        effects,
        warnings,
        notes,
        ..Plan::new(change, Snapshot::Hash { md5, ban, list }, context)
    })))
}

/// Returns the requests: an unban clears the note of the ban, so a second request restores it.
pub(super) fn write_requests(
    change: &Change,
    (md5, ban, list): (Md5, Option<&Ban>, BanList),
    justification: &Justification,
) -> Vec<WriteRequest> {
    match change {
        Change::Ban { note, .. } => {
            let text = note.clone().unwrap_or_else(|| justification.note());
            vec![WriteRequest::ban(md5, &text, list)]
        }
        Change::Unban(_) => {
            let with_note = ban.filter(|ban| !ban.text.is_empty());
            let note = with_note.map(|ban| WriteRequest::restore_ban_note(ban, list));
            [WriteRequest::unban(md5, list)].into_iter().chain(note).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns whether the ban on the server satisfies the change; `None` if the server does not say.
pub(super) fn is_satisfied_by(change: &Change, ban: Option<&Ban>) -> Option<bool> {
    let is_enabled = match ban {
        Some(ban) => ban.is_enabled,
        None => Some(false),
    };
    is_enabled.map(|is| is == matches!(change, Change::Ban { .. }))
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
pub(super) fn no_op_reason(change: &Change, ban: Option<&Ban>) -> Option<String> {
    let is_enabled = ban.and_then(|ban| ban.is_enabled);
    match (change, ban) {
        (Change::Ban { .. }, Some(ban)) if is_enabled == Some(true) => {
            Some(format!("is already banned {}", describe_origin(ban)))
        }
        (Change::Unban(_), None) => Some("is not banned".into()),
        (Change::Unban(_), Some(ban)) if is_enabled == Some(false) => {
            Some(format!("is already {}", describe_unbanned(ban)))
        }
        _ => None,
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
