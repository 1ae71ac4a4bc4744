//! The server itself (reference 2.1).

use super::{Client, Error, ask::Ask};
use crate::model::ServerInfo;
use crate::wire;

impl Client {
    /// Asks the server for its version; this proves that the token is accepted.
    pub async fn info(&self) -> Result<ServerInfo, Error> {
        let answer = self.send(&Ask::get("/api/info", "/api/info")).await?;
        let info: Option<ServerInfo> = answer.read(wire::one)?;
        let info = info.ok_or_else(|| answer.malformed("an empty list"))?;
        let _ = self.0.release.set(info.release());
        Ok(info)
    }
}
