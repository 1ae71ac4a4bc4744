//! Download of a file from the server in chunks.

use std::{fmt, time::Duration};

use reqwest::{
    Response,
    header::{ACCEPT_ENCODING, CONTENT_TYPE},
};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use super::{
    Client, Error,
    auth::AuthAttempt,
    error_text,
    request::RequestSpec,
    send::{MAX_ERROR_BYTES, ReadyRequest},
    trace::Attempt,
};
use crate::model::Md5;

/// The time-out for a complete file. Each chunk has the time-out of a request.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_hours(24);

/// A running download of a file. Dropping it cancels the download.
pub struct Download {
    client: Client,
    request: RequestSpec,
    response: Response,
    attempt: Attempt,
    /// Counts as one of the simultaneous requests until the end.
    _permit: OwnedSemaphorePermit,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Download").field(&self.request.endpoint()).finish()
    }
}

impl Client {
    /// Starts the download of the server's archive of a file (reference 2.5).
    pub async fn download(&self, md5: Md5) -> Result<Download, Error> {
        let path = format!("/api/v1/binary/{}", md5.to_upper_hex());
        self.start_download(RequestSpec::get(path, format!("a copy of {md5}"))).await
    }

    /// Starts the download of a file that the server sends as it is.
    pub(super) async fn start_download(&self, spec: RequestSpec) -> Result<Download, Error> {
        let mut n_retries = 0;
        loop {
            let ReadyRequest { request, mut attempt, permit, auth_attempt } = self.prepare(&spec).await?;
            // An archive need not be compressed again, and without compression its length is known.
            let request = request.timeout(DOWNLOAD_TIMEOUT).header(ACCEPT_ENCODING, "identity");
            let outcome = self.open_download(&spec, request, &mut attempt, auth_attempt).await;
            // Recorded now, because a download that is dropped later is no failure.
            attempt.record_outcome(&outcome);
            match outcome {
                Ok(response) => {
                    return Ok(Download { client: self.clone(), request: spec, response, attempt, _permit: permit });
                }
                Err(error) => self.backoff(&spec, &mut n_retries, error, attempt).await?,
            }
        }
    }

    async fn open_download(
        &self,
        spec: &RequestSpec,
        request: reqwest::RequestBuilder,
        attempt: &mut Attempt,
        auth_attempt: AuthAttempt,
    ) -> Result<Response, Error> {
        let accepted = self.send_expecting_success(spec, request, attempt, auth_attempt);
        let response = timeout(self.0.timeout, accepted).await.unwrap_or(Err(Error::Timeout(self.0.timeout)))?;
        let kind = response.headers().get(CONTENT_TYPE);
        let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        if !is_json {
            return Ok(response);
        }
        let status = response.status().as_u16();
        let body = self.body(spec, response, MAX_ERROR_BYTES, attempt).await?.text;
        let endpoint = spec.endpoint();
        Err(match error_text::error_message(&body) {
            Some(message) => Error::Refused { endpoint, status, message },
            None => Error::Malformed { endpoint, reason: "JSON instead of an archive".into() },
        })
    }
}

impl Download {
    /// Returns the length of the file in bytes, if the server has sent it.
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// Returns the next chunk; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, Error> {
        let limit = self.client.0.timeout;
        let outcome = match timeout(limit, self.response.chunk()).await {
            Ok(chunk) => chunk.map_err(|error| self.client.transport_error(&self.request, &error)),
            Err(_) => Err(Error::Timeout(limit)),
        };
        if let Ok(Some(chunk)) = &outcome {
            self.attempt.record_bytes(chunk.len());
        }
        self.attempt.record_outcome(&outcome);
        outcome
    }

    /// Returns the error for the downloaded file being malformed.
    pub fn malformed_error(&self, reason: impl Into<String>) -> Error {
        Error::Malformed { endpoint: self.request.endpoint(), reason: reason.into() }
    }
}
