//! Binaries (reference 2.5).

use super::super::{Client, Error, request::RequestSpec};
use crate::model::{Binary, Md5, Page, Search, Span};
use crate::wire;

impl Client {
    /// Searches binaries. Grouping and time bounds do not apply to this index.
    pub async fn binaries(&self, search: &Search, span: Span) -> Result<Page<Binary>, Error> {
        self.page(span, |span| {
            RequestSpec::search("/api/v1/binary", "binaries", search, span)
                .with_optional_param("sort", search.sort.as_deref())
        })
        .await
    }

    /// Fetches the record of a binary.
    pub async fn binary(&self, md5: Md5) -> Result<Binary, Error> {
        let about = format!("binary {md5}");
        let spec = RequestSpec::get(format!("/api/v1/binary/{}/summary", md5.to_upper_hex()), &about);
        let answer = self.send(&spec).await?;
        let binary: Option<Binary> = answer.parse_body(wire::parse_one)?;
        match binary {
            Some(binary) if binary.md5 == md5 => Ok(binary),
            Some(_) => Err(answer.mismatch_error(&about)),
            None => Err(Error::NotFound { what: about }),
        }
    }
}
