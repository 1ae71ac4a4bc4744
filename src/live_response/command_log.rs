//! Where a session records what it sends to its host.

use super::Error;
use crate::api::WriteRequest;
use crate::model::Sensor;

/// A record of the requests of a session: a line before each, and one after it. What cannot be recorded is not sent.
pub trait CommandLog {
    /// Records that a request is about to be sent; `name` is that of the command.
    fn begin(
        &mut self,
        sensor: &Sensor,
        name: &str,
        request: &WriteRequest,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Records how the request has ended: `failure` says why it failed, if it did. Without a request, does nothing.
    fn end(&mut self, failure: Option<String>) -> impl Future<Output = Result<(), Error>> + Send;
}

/// No record: what a change reads is in the line of the change.
impl CommandLog for () {
    async fn begin(&mut self, _: &Sensor, _: &str, _: &WriteRequest) -> Result<(), Error> {
        Ok(())
    }

    async fn end(&mut self, _: Option<String>) -> Result<(), Error> {
        Ok(())
    }
}
