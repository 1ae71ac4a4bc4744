//! A file on its way from the server, a piece at a time.

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
    send::{ERROR_BYTES, SentMark},
    trace::Attempt,
};
use crate::model::Md5;

/// How long a whole file may take. The time-out of a request holds for each of its pieces.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_hours(24);

/// A file that is being downloaded. It ends when this is dropped, wherever it is.
pub struct Download {
    client: Client,
    request: RequestSpec,
    response: Response,
    attempt: Attempt,
    /// It counts as one request until its end.
    _permit: OwnedSemaphorePermit,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Download").field(&self.request.endpoint()).finish()
    }
}

impl Client {
    /// Begins to download a file: the server's archive of it (reference 2.5), as it comes.
    pub async fn download(&self, md5: Md5) -> Result<Download, Error> {
        let path = format!("/api/v1/binary/{}", md5.to_upper_hex());
        let ask = RequestSpec::get(path, format!("a copy of {md5}"));
        let mut repeated = 0;
        loop {
            let SentMark { request, mut attempt, permit, auth_attempt: turn } = self.prepare(&ask).await?;
            // What is packed already is not to be packed again, and then its length is known.
            let request = request.timeout(DOWNLOAD_TIMEOUT).header(ACCEPT_ENCODING, "identity");
            let outcome = self.open_download(&ask, request, &mut attempt, turn).await;
            // Whoever drops a download has what they want of it: that is no failure.
            attempt.record_outcome(&outcome);
            match outcome {
                Ok(response) => {
                    return Ok(Download { client: self.clone(), request: ask, response, attempt, _permit: permit });
                }
                Err(error) => self.backoff(&ask, &mut repeated, error, attempt).await?,
            }
        }
    }

    async fn open_download(
        &self,
        ask: &RequestSpec,
        request: reqwest::RequestBuilder,
        attempt: &mut Attempt,
        turn: AuthAttempt,
    ) -> Result<Response, Error> {
        let accepted = self.send_expecting_success(ask, request, attempt, turn);
        let response = timeout(self.0.timeout, accepted).await.unwrap_or(Err(Error::Timeout(self.0.timeout)))?;
        let kind = response.headers().get(CONTENT_TYPE);
        let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        if !is_json {
            return Ok(response);
        }
        let status = response.status().as_u16();
        let body = self.body(ask, response, ERROR_BYTES, attempt).await?.text;
        let endpoint = ask.endpoint();
        Err(match error_text::error_message(&body) {
            Some(said) => Error::Refused { endpoint, status, said },
            None => Error::Malformed { endpoint, reason: "JSON instead of an archive".into() },
        })
    }
}

impl Download {
    /// How many bytes there will be, if the server says so.
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The next piece; none at the end.
    pub async fn next(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, Error> {
        let limit = self.client.0.timeout;
        let outcome = match timeout(limit, self.response.chunk()).await {
            Ok(piece) => piece.map_err(|error| self.client.transport_error(&self.request, &error)),
            Err(_) => Err(Error::Timeout(limit)),
        };
        if let Ok(Some(piece)) = &outcome {
            self.attempt.record_bytes(piece.len());
        }
        self.attempt.record_outcome(&outcome);
        outcome
    }

    /// An error that says what is wrong with what came.
    pub fn malformed_error(&self, reason: impl Into<String>) -> Error {
        Error::Malformed { endpoint: self.request.endpoint(), reason: reason.into() }
    }
}
