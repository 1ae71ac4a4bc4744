//! Banned hashes (reference 2.9).

use super::super::{Client, Error, request::Ask, send::Answer};
use crate::model::{Ban, Md5, Page, Restrictions};
use crate::wire;

/// As many as the official client asks for: left alone, a server lists about 500.
const MOST: u64 = 10_000;

/// Where a server has its bans. The name has changed in 7.7, and whether a server knows both is not documented (reference 7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BanList {
    /// `blacklist`, which is tried first.
    #[default]
    Blacklist,
    /// `bannedlist`.
    Bannedlist,
}

impl BanList {
    /// The path of the list.
    pub(in crate::api) fn path(self) -> &'static str {
        match self {
            Self::Blacklist => "/api/v1/banning/blacklist",
            Self::Bannedlist => "/api/v1/banning/bannedlist",
        }
    }
}

impl Client {
    /// Where the server has its bans, as far as it has shown that.
    pub fn ban_list(&self) -> BanList {
        self.0.shared.release.ban_list().unwrap_or_default()
    }

    /// Lists bans, those in force and those that were lifted.
    pub async fn bans(&self) -> Result<Page<Ban>, Error> {
        let answer = self.ban_rows(MOST).await?;
        if answer.is_nothing() {
            return Ok(Page::default());
        }
        answer.read(wire::list)
    }

    /// Asks for bans where the server has them. Where it does not know the one name, the other is tried, once; which one
    /// answers is remembered.
    async fn ban_rows(&self, most: u64) -> Result<Answer, Error> {
        let ask = |list: BanList| Ask::get(list.path(), "bans").with("count", most);
        let known = self.0.shared.release.ban_list();
        let list = self.ban_list();
        match (self.send(&ask(list)).await, known) {
            (Err(error @ Error::NotFound { .. }), None) => {
                let other = BanList::Bannedlist;
                match self.send(&ask(other)).await {
                    Err(Error::NotFound { .. }) => Err(error),
                    answer => {
                        if answer.is_ok() {
                            self.0.shared.release.has_bans(other);
                        }
                        answer
                    }
                }
            }
            (answer, _) => {
                if answer.is_ok() {
                    self.0.shared.release.has_bans(list);
                }
                answer
            }
        }
    }

    /// Finds out where the server has its bans, unless that is known: before 7.7 there is but one place.
    async fn find_ban_list(&self) -> Result<BanList, Error> {
        let is_old = self.release().is_some_and(|release| release < (7, 7));
        if self.0.shared.release.ban_list().is_none() && !is_old {
            self.ban_rows(1).await?;
        }
        Ok(self.ban_list())
    }

    /// The paths that no ban reaches, as patterns; [`Error::NotFound`] where the server does not tell them.
    pub async fn restrictions(&self) -> Result<Restrictions, Error> {
        let ask = Ask::get("/api/v1/banning/restrictions", "ban restrictions");
        let answer = self.send(&ask).await?;
        let found: Option<Restrictions> = answer.read(wire::one)?;
        Ok(found.unwrap_or_default())
    }

    /// The ban of a hash, in force or lifted; `None` where there was never one.
    pub async fn ban(&self, md5: Md5) -> Result<Option<Ban>, Error> {
        let tried = self.ban_list();
        match self.ban_in(tried, md5).await {
            // Whether there is no such ban or no such list, the list tells.
            Ok(None) => match self.find_ban_list().await {
                Ok(list) if list != tried => self.ban_in(list, md5).await,
                Ok(_) => Ok(None),
                Err(error) => Err(error),
            },
            found => found,
        }
    }

    async fn ban_in(&self, list: BanList, md5: Md5) -> Result<Option<Ban>, Error> {
        let path = format!("{}/{md5}", list.path());
        let about = format!("a ban of {md5}");
        match self.send(&Ask::get(path, &about)).await {
            Ok(answer) => {
                let ban: Option<Ban> = answer.read(wire::one)?;
                self.0.shared.release.has_bans(list);
                match ban {
                    Some(ban) if ban.md5 != md5 => Err(answer.of_another(&about)),
                    ban => Ok(ban),
                }
            }
            // Old servers say it with a conflict.
            Err(Error::NotFound { .. } | Error::Refused { status: 409, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
