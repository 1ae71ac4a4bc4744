//! What is known of the server's version. It can change at any time, for example by an upgrade.

use tokio::sync::{Semaphore, watch};

use super::BanList;

/// The major and minor release number.
pub(super) type Number = (u32, u32);

/// The release of a server, and the API variants that it was found to support.
#[derive(Debug)]
pub(super) struct ServerVersion {
    state: watch::Sender<VersionState>,
    /// Allows one request for the version at a time.
    pub(super) request_slot: Semaphore,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct VersionState {
    answer: VersionAnswer,
    /// The version of the event format that the server was found to support.
    event_version: Option<u8>,
    /// The ban list that the server was found to have.
    ban_list: Option<BanList>,
}

/// The server's answer to the request for its version.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum VersionAnswer {
    #[default]
    NotRequested,
    /// The answer has no release number.
    NotReported,
    Number(Number),
}

impl ServerVersion {
    pub(super) fn new() -> Self {
        Self { state: watch::Sender::new(VersionState::default()), request_slot: Semaphore::new(1) }
    }

    /// Returns the release, if the server has reported it.
    pub(super) fn number(&self) -> Option<Number> {
        match self.state.borrow().answer {
            VersionAnswer::Number(number) => Some(number),
            VersionAnswer::NotRequested | VersionAnswer::NotReported => None,
        }
    }

    /// Returns whether the server has answered, with or without a release number.
    pub(super) fn is_known(&self) -> bool {
        self.state.borrow().answer != VersionAnswer::NotRequested
    }

    /// Sets the release number in the server's answer. A different release clears what was found out about the old one.
    pub(super) fn set_number(&self, number: Option<Number>) {
        let answer = number.map_or(VersionAnswer::NotReported, VersionAnswer::Number);
        self.state.send_if_modified(|state| {
            let is_changed = state.answer != answer;
            if is_changed {
                if let (VersionAnswer::Number(before), VersionAnswer::Number(now)) = (state.answer, answer) {
                    tracing::info!("the server version was {before:?} and is {now:?}");
                }
                // What was found out before the first answer is about this release.
                *state = match state.answer {
                    VersionAnswer::NotRequested => VersionState { answer, ..*state },
                    VersionAnswer::NotReported | VersionAnswer::Number(_) => {
                        VersionState { answer, ..VersionState::default() }
                    }
                };
            }
            is_changed
        });
    }

    /// Returns the version of the event format that the server was found to support.
    pub(super) fn event_version(&self) -> Option<u8> {
        self.state.borrow().event_version
    }

    /// Records the version of the events in an answer of the server.
    pub(super) fn set_event_version(&self, version: u8) {
        self.state.send_if_modified(|state| state.event_version.replace(version) != Some(version));
    }

    /// Returns the ban list that the server was found to have.
    pub(super) fn ban_list(&self) -> Option<BanList> {
        self.state.borrow().ban_list
    }

    /// Records the ban list that the server has answered with. The first one stays.
    pub(super) fn set_ban_list(&self, list: BanList) {
        self.state.send_if_modified(|state| {
            let is_changed = state.ban_list.is_none();
            state.ban_list.get_or_insert(list);
            is_changed
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_release_replaces_what_was_known_of_the_old_one() {
        let release = ServerVersion::new();
        assert!(!release.is_known());
        release.set_ban_list(BanList::Bannedlist);
        release.set_number(Some((7, 8)));
        assert_eq!(release.ban_list(), Some(BanList::Bannedlist));
        release.set_event_version(5);
        release.set_number(Some((7, 8)));
        assert_eq!((release.number(), release.event_version()), (Some((7, 8)), Some(5)));
        release.set_number(Some((6, 5)));
        assert_eq!((release.number(), release.event_version()), (Some((6, 5)), None));
        assert_eq!(release.ban_list(), None);
        release.set_number(None);
        assert!(release.is_known() && release.number().is_none());
    }
}
