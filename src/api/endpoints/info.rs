//! The server itself (reference 2.1).

use super::super::{Client, Error, request::RequestSpec};
use crate::model::ServerInfo;
use crate::wire;

impl Client {
    /// Asks the server for its version; this proves that the token is accepted. What is sent from then on follows it.
    pub async fn info(&self) -> Result<ServerInfo, Error> {
        let _asking = self.0.shared.release.asking.acquire().await;
        self.request_info().await
    }

    async fn request_info(&self) -> Result<ServerInfo, Error> {
        let answer = self.send(&RequestSpec::get("/api/info", "/api/info")).await?;
        let info: Option<ServerInfo> = answer.parse_body(wire::parse_one)?;
        let info = info.ok_or_else(|| answer.malformed_error("an empty list"))?;
        self.0.shared.release.set_number(info.release());
        Ok(info)
    }

    /// The server's release. It is asked for where it is not known; a server that does not say is taken for one of today.
    pub(in crate::api) async fn fetch_release_once(&self) -> Option<(u32, u32)> {
        let release = &self.0.shared.release;
        if !release.is_known() {
            // Another request may have asked in the meantime.
            let _asking = release.asking.acquire().await;
            if !release.is_known() {
                match self.request_info().await {
                    // It will not say so another time either.
                    Err(Error::NotFound { .. } | Error::Forbidden { .. } | Error::Malformed { .. }) => {
                        release.set_number(None);
                    }
                    Err(error) => tracing::debug!("the server does not tell its release: {error}"),
                    Ok(_) => {}
                }
            }
        }
        release.number()
    }
}
