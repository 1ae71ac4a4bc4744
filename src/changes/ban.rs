//! Banning a hash, and lifting that (reference 2.9). A ban that was lifted stays listed, with its note.

use super::{Change, Justification, Plan, PlanContext, Prepared, Snapshot};
use crate::api::{BanList, Error, WriteRequest};
use crate::model::{Ban, Md5};
use crate::text;

/// The MD5 of no bytes at all.
const EMPTY: Md5 =
    Md5([0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e]);

/// Finds out what a deed would do to a hash.
pub(super) async fn prepare(
    deed: Change,
    (md5, ban, list): (Md5, Option<Ban>, BanList),
    estate: &PlanContext,
) -> Result<Prepared, Error> {
    let is_ban = matches!(deed, Change::Ban { .. });
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
        match estate.info().await {
            Ok(info) if info.banning_enabled == Some(false) => {
                notes.push("Banning is disabled on this server: nothing will be blocked".into());
            }
            Ok(_) => {}
            Err(error) => notes.push(format!("Could not check whether banning is enabled on this server: {error}")),
        }
        if let Some((trouble, is_closed)) = estate.license_warning().await {
            if is_closed {
                warnings.push(trouble);
            } else {
                notes.push(trouble);
            }
        }
        match estate.groups().await {
            Ok(groups) => {
                let off = groups.iter().filter(|group| group.banning_enabled == Some(false));
                let off: Vec<_> = off.map(|group| text::make_visible(&group.name)).collect();
                if !off.is_empty() {
                    notes.push(format!("Not enforced in sensor groups where banning is disabled: {}", off.join(", ")));
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
        ..Plan::new(deed, Snapshot::Hash { md5, ban, list }, estate)
    })))
}

/// What is sent: a ban that is lifted loses its note, which is written back.
pub(super) fn write_requests(
    deed: &Change,
    (md5, ban, list): (Md5, Option<&Ban>, BanList),
    grounds: &Justification,
) -> Vec<WriteRequest> {
    match deed {
        Change::Ban { note, .. } => {
            let text = note.clone().unwrap_or_else(|| grounds.note());
            vec![WriteRequest::ban(md5, &text, list)]
        }
        Change::Unban(_) => {
            let noted = ban.filter(|ban| !ban.text.is_empty());
            let note = noted.map(|ban| WriteRequest::restore_ban_note(ban, list));
            [WriteRequest::unban(md5, list)].into_iter().chain(note).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the server holds what was asked of it. `None` where it does not say.
pub(super) fn is_satisfied_by(deed: &Change, ban: Option<&Ban>) -> Option<bool> {
    let is_enabled = match ban {
        Some(ban) => ban.is_enabled,
        None => Some(false),
    };
    is_enabled.map(|is| is == matches!(deed, Change::Ban { .. }))
}

/// What the server holds, in words.
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

/// Why nothing would change, if that is so.
pub(super) fn no_op_reason(deed: &Change, ban: Option<&Ban>) -> Option<String> {
    let is_enabled = ban.and_then(|ban| ban.is_enabled);
    match (deed, ban) {
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

/// By whom a ban was made, when, and why.
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
