//! Information about the server (reference 2.1).

use super::super::{Client, Error, request::RequestSpec};
use crate::model::ServerInfo;
use crate::wire;

impl Client {
    /// Fetches the version of the server, which also proves that the token is accepted. Later requests are adapted to
    /// it.
    pub async fn info(&self) -> Result<ServerInfo, Error> {
        let _permit = self.0.shared.release.request_slot.acquire().await;
        self.request_info().await
    }

    async fn request_info(&self) -> Result<ServerInfo, Error> {
        let answer = self.send(&RequestSpec::get("/api/info", "/api/info")).await?;
        let info: Option<ServerInfo> = answer.parse_body(wire::parse_one)?;
        let info = info.ok_or_else(|| answer.malformed_error("an empty list"))?;
        self.0.shared.release.set_number(info.release());
        Ok(info)
    }

    /// Returns the server's release, and fetches it if it is not known. `None` if the server does not report it;
    /// callers then assume a recent one.
    pub(in crate::api) async fn fetch_release_once(&self) -> Option<(u32, u32)> {
        let release = &self.0.shared.release;
        if !release.is_known() {
            // Another task may have fetched it during the wait.
            let _permit = release.request_slot.acquire().await;
            if !release.is_known() {
                match self.request_info().await {
                    // Another request would fail too.
                    Err(Error::NotFound { .. } | Error::Forbidden { .. } | Error::Malformed { .. }) => {
                        release.set_number(None);
                    }
                    Err(error) => tracing::debug!("the server does not report its version: {error}"),
                    Ok(_) => {}
                }
            }
        }
        release.number()
    }
}
