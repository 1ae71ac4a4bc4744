//! Banned hashes (reference 2.9).

use super::super::{Client, Error, request::RequestSpec, send::Accepted};
use crate::model::{Ban, Md5, Page, Restrictions};
use crate::wire;

/// The number of bans to request, as in the official client; by default a server lists about 500.
const MAX_BANS: u64 = 10_000;

/// The ban list of a server. Its name changed in 7.7, and it is not documented whether a server knows both names
/// (reference 7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BanList {
    /// The name before 7.7, which is tried first.
    #[default]
    Blacklist,
    Bannedlist,
}

impl BanList {
    /// Returns the path of the list.
    pub(in crate::api) fn path(self) -> &'static str {
        match self {
            Self::Blacklist => "/api/v1/banning/blacklist",
            Self::Bannedlist => "/api/v1/banning/bannedlist",
        }
    }
}

impl Client {
    /// Returns the ban list that the server was found to have, or the default.
    pub fn ban_list(&self) -> BanList {
        self.0.shared.release.ban_list().unwrap_or_default()
    }

    /// Lists bans, both those in force and lifted ones.
    pub async fn bans(&self) -> Result<Page<Ban>, Error> {
        let answer = self.fetch_bans(MAX_BANS).await?;
        if answer.is_nothing() {
            return Ok(Page::default());
        }
        answer.parse_body(wire::parse_list)
    }

    /// Fetches up to `limit` bans. If the server does not know the default list, the other one is tried once; the one
    /// that answers is used from then on.
    async fn fetch_bans(&self, limit: u64) -> Result<Accepted, Error> {
        let spec = |list: BanList| RequestSpec::get(list.path(), "bans").with_param("count", limit);
        let known_list = self.0.shared.release.ban_list();
        let list = self.ban_list();
        match (self.send(&spec(list)).await, known_list) {
            (Err(error @ Error::NotFound { .. }), None) => {
                let other = BanList::Bannedlist;
                match self.send(&spec(other)).await {
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

    /// Finds out which ban list the server has, unless it is known or the server is older than 7.7, which has only one.
    async fn find_ban_list(&self) -> Result<BanList, Error> {
        let is_old = self.release().is_some_and(|release| release < (7, 7));
        if self.0.shared.release.ban_list().is_none() && !is_old {
            self.fetch_bans(1).await?;
        }
        Ok(self.ban_list())
    }

    /// Fetches the path patterns that are exempt from bans; [`Error::NotFound`] if the server has no such endpoint.
    pub async fn restrictions(&self) -> Result<Restrictions, Error> {
        let spec = RequestSpec::get("/api/v1/banning/restrictions", "ban restrictions");
        let restrictions: Option<Restrictions> = self.send(&spec).await?.parse_body(wire::parse_one)?;
        Ok(restrictions.unwrap_or_default())
    }

    /// Fetches the ban of a hash, in force or lifted; `None` if there has never been one.
    pub async fn ban(&self, md5: Md5) -> Result<Option<Ban>, Error> {
        let first = self.ban_list();
        match self.find_ban(first, md5).await {
            // Either the ban or the list does not exist. Fetching the list shows which.
            Ok(None) => match self.find_ban_list().await {
                Ok(list) if list != first => self.find_ban(list, md5).await,
                Ok(_) => Ok(None),
                Err(error) => Err(error),
            },
            result => result,
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
                    Some(ban) if ban.md5 != md5 => Err(answer.mismatch_error(&about)),
                    ban => Ok(ban),
                }
            }
            // Old servers answer 409 for a ban that does not exist.
            Err(Error::NotFound { .. } | Error::Refused { status: 409, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
