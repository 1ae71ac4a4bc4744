//! Banned hashes (reference 2.9).

use super::super::{Client, Error, request::RequestSpec, send::Accepted};
use crate::model::{Ban, Md5, Page, Restrictions};
use crate::wire;

/// As many as the official client asks for: left alone, a server lists about 500.
const MAX_BANS: u64 = 10_000;

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
        let answer = self.fetch_bans(MAX_BANS).await?;
        if answer.is_nothing() {
            return Ok(Page::default());
        }
        answer.parse_body(wire::parse_list)
    }

    /// Asks for bans where the server has them. Where it does not know the one name, the other is tried, once; which one
    /// answers is remembered.
    async fn fetch_bans(&self, most: u64) -> Result<Accepted, Error> {
        let ask = |list: BanList| RequestSpec::get(list.path(), "bans").with_param("count", most);
        let known = self.0.shared.release.ban_list();
        let list = self.ban_list();
        match (self.send(&ask(list)).await, known) {
            (Err(error @ Error::NotFound { .. }), None) => {
                let other = BanList::Bannedlist;
                match self.send(&ask(other)).await {
                    Err(Error::NotFound { .. }) => Err(error),
                    answer => {
                        if answer.is_ok() {
                            self.0.shared.release.set_ban_list(other);
                        }
                        answer
                    }
                }
            }
            (answer, _) => {
                if answer.is_ok() {
                    self.0.shared.release.set_ban_list(list);
                }
                answer
            }
        }
    }

    /// Finds out where the server has its bans, unless that is known: before 7.7 there is but one place.
    async fn find_ban_list(&self) -> Result<BanList, Error> {
        let is_old = self.release().is_some_and(|release| release < (7, 7));
        if self.0.shared.release.ban_list().is_none() && !is_old {
            self.fetch_bans(1).await?;
        }
        Ok(self.ban_list())
    }

    /// The paths that no ban reaches, as patterns; [`Error::NotFound`] where the server does not tell them.
    pub async fn restrictions(&self) -> Result<Restrictions, Error> {
        let ask = RequestSpec::get("/api/v1/banning/restrictions", "ban restrictions");
        let answer = self.send(&ask).await?;
        let found: Option<Restrictions> = answer.parse_body(wire::parse_one)?;
        Ok(found.unwrap_or_default())
    }

    /// The ban of a hash, in force or lifted; `None` where there was never one.
    pub async fn ban(&self, md5: Md5) -> Result<Option<Ban>, Error> {
        let tried = self.ban_list();
        match self.find_ban(tried, md5).await {
            // Whether there is no such ban or no such list, the list tells.
            Ok(None) => match self.find_ban_list().await {
                Ok(list) if list != tried => self.find_ban(list, md5).await,
                Ok(_) => Ok(None),
                Err(error) => Err(error),
            },
            found => found,
        }
    }

    async fn find_ban(&self, list: BanList, md5: Md5) -> Result<Option<Ban>, Error> {
        let path = format!("{}/{md5}", list.path());
        let about = format!("a ban of {md5}");
        match self.send(&RequestSpec::get(path, &about)).await {
            Ok(answer) => {
                let ban: Option<Ban> = answer.parse_body(wire::parse_one)?;
                self.0.shared.release.set_ban_list(list);
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
