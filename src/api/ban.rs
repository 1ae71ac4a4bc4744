//! Banned hashes (reference 2.9).

use super::{Client, Error, ask::Ask};
use crate::model::{Ban, Md5, Page, Restrictions};
use crate::wire;

/// As many as the official client asks for: left alone, a server lists about 500.
const MOST: u64 = 10_000;

impl Client {
    /// Lists bans, those in force and those that were lifted.
    pub async fn bans(&self) -> Result<Page<Ban>, Error> {
        let ask = Ask::get("/api/v1/banning/blacklist", "bans").with("count", MOST);
        let answer = self.send(&ask).await?;
        if answer.is_empty() {
            return Ok(Page::default());
        }
        answer.read(wire::list)
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
        let path = format!("/api/v1/banning/blacklist/{md5}");
        match self.send(&Ask::get(path, format!("a ban of {md5}"))).await {
            Ok(answer) => {
                let ban: Option<Ban> = answer.read(wire::one)?;
                match ban {
                    Some(ban) if ban.md5 != md5 => Err(answer.malformed("the ban of another hash")),
                    ban => Ok(ban),
                }
            }
            // Old servers say it with a conflict.
            Err(Error::NotFound { .. } | Error::Refused { status: 409, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
