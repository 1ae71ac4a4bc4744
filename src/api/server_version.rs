//! What the server behind the address has told of its version. It may become another one at any time.

use tokio::sync::{Semaphore, watch};

use super::BanList;

/// Major and minor release.
pub(super) type Number = (u32, u32);

/// The release of a server, and what follows from it.
#[derive(Debug)]
pub(super) struct ServerVersion {
    state: watch::Sender<VersionState>,
    /// One request at a time asks for it.
    pub(super) asking: Semaphore,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct VersionState {
    told: VersionAnswer,
    /// The version of the events that the server was found to have.
    event_version: Option<u8>,
    /// Where the server was found to have its bans.
    ban_list: Option<BanList>,
}

/// What the server has said.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum VersionAnswer {
    /// It was not asked.
    #[default]
    NotRequested,
    /// It does not say.
    NotReported,
    Number(Number),
}

impl ServerVersion {
    pub(super) fn new() -> Self {
        Self { state: watch::Sender::new(VersionState::default()), asking: Semaphore::new(1) }
    }

    /// The release, if the server has told it.
    pub(super) fn number(&self) -> Option<Number> {
        match self.state.borrow().told {
            VersionAnswer::Number(number) => Some(number),
            VersionAnswer::NotRequested | VersionAnswer::NotReported => None,
        }
    }

    /// Whether the server was asked and has answered, be it that it does not say.
    pub(super) fn is_known(&self) -> bool {
        self.state.borrow().told != VersionAnswer::NotRequested
    }

    /// The server has told it, or that it does not say. What was found out about another release holds no longer.
    pub(super) fn set_number(&self, number: Option<Number>) {
        let told = number.map_or(VersionAnswer::NotReported, VersionAnswer::Number);
        self.state.send_if_modified(|state| {
            let is_other = state.told != told;
            if is_other {
                if let (VersionAnswer::Number(before), VersionAnswer::Number(now)) = (state.told, told) {
                    tracing::info!("the server's release was {before:?} and is {now:?}");
                }
                // Before the first answer to it, what was found out is about this release already.
                *state = match state.told {
                    VersionAnswer::NotRequested => VersionState { told, ..*state },
                    VersionAnswer::NotReported | VersionAnswer::Number(_) => {
                        VersionState { told, ..VersionState::default() }
                    }
                };
            }
            is_other
        });
    }

    /// The version of the events that the server was found to have.
    pub(super) fn event_version(&self) -> Option<u8> {
        self.state.borrow().event_version
    }

    /// The server has answered with events of this version.
    pub(super) fn set_event_version(&self, version: u8) {
        self.state.send_if_modified(|state| state.event_version.replace(version) != Some(version));
    }
}

impl ServerVersion {
    /// Where the server was found to have its bans.
    pub(super) fn ban_list(&self) -> Option<BanList> {
        self.state.borrow().ban_list
    }

    /// The server has answered with its bans there. What was found first stays.
    pub(super) fn set_ban_list(&self, list: BanList) {
        self.state.send_if_modified(|state| {
            let is_news = state.ban_list.is_none();
            state.ban_list.get_or_insert(list);
            is_news
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_release_is_learned_with_all_that_follows() {
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
