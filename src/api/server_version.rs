//! What the server behind the address has told of its version. It may become another one at any time.

use tokio::sync::{Semaphore, watch};

use super::BanList;

/// Major and minor release.
pub(super) type Number = (u32, u32);

/// The release of a server, and what follows from it.
#[derive(Debug)]
pub(super) struct Release {
    state: watch::Sender<State>,
    /// One request at a time asks for it.
    pub(super) asking: Semaphore,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct State {
    told: Told,
    /// The version of the events that the server was found to have.
    event_version: Option<u8>,
    /// Where the server was found to have its bans.
    ban_list: Option<BanList>,
}

/// What the server has said.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Told {
    /// It was not asked.
    #[default]
    Unasked,
    /// It does not say.
    Nothing,
    Number(Number),
}

impl Release {
    pub(super) fn new() -> Self {
        Self { state: watch::Sender::new(State::default()), asking: Semaphore::new(1) }
    }

    /// The release, if the server has told it.
    pub(super) fn number(&self) -> Option<Number> {
        match self.state.borrow().told {
            Told::Number(number) => Some(number),
            Told::Unasked | Told::Nothing => None,
        }
    }

    /// Whether the server was asked and has answered, be it that it does not say.
    pub(super) fn is_settled(&self) -> bool {
        self.state.borrow().told != Told::Unasked
    }

    /// The server has told it, or that it does not say. What was found out about another release holds no longer.
    pub(super) fn learn(&self, number: Option<Number>) {
        let told = number.map_or(Told::Nothing, Told::Number);
        self.state.send_if_modified(|state| {
            let is_other = state.told != told;
            if is_other {
                if let (Told::Number(before), Told::Number(now)) = (state.told, told) {
                    tracing::info!("the server's release was {before:?} and is {now:?}");
                }
                // Before the first answer to it, what was found out is about this release already.
                *state = match state.told {
                    Told::Unasked => State { told, ..*state },
                    Told::Nothing | Told::Number(_) => State { told, ..State::default() },
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
    pub(super) fn has_events(&self, version: u8) {
        self.state.send_if_modified(|state| state.event_version.replace(version) != Some(version));
    }
}

impl Release {
    /// Where the server was found to have its bans.
    pub(super) fn ban_list(&self) -> Option<BanList> {
        self.state.borrow().ban_list
    }

    /// The server has answered with its bans there. What was found first stays.
    pub(super) fn has_bans(&self, list: BanList) {
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
        let release = Release::new();
        assert!(!release.is_settled());
        release.has_bans(BanList::Bannedlist);
        release.learn(Some((7, 8)));
        assert_eq!(release.ban_list(), Some(BanList::Bannedlist));
        release.has_events(5);
        release.learn(Some((7, 8)));
        assert_eq!((release.number(), release.event_version()), (Some((7, 8)), Some(5)));
        release.learn(Some((6, 5)));
        assert_eq!((release.number(), release.event_version()), (Some((6, 5)), None));
        assert_eq!(release.ban_list(), None);
        release.learn(None);
        assert!(release.is_settled() && release.number().is_none());
    }
}
