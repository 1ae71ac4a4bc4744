//! Searching and counting processes, and fetching one with its relatives (reference 2.2, 2.3).

use jiff::Timestamp;

use super::super::{Client, Error, request::RequestSpec};
use crate::model::{
    EventClock, Facets, Md5, Page, Period, Prevalence, Process, ProcessDocument, ProcessId, Search, Span, Summary,
};
use crate::wire;

impl Client {
    /// Searches processes.
    pub async fn processes(&self, search: &Search, span: Span) -> Result<Page<Process>, Error> {
        self.search_processes(search, span).await
    }

    /// Searches processes, and reads nothing of their records but the identity.
    pub async fn process_documents(&self, search: &Search, span: Span) -> Result<Page<ProcessDocument>, Error> {
        self.search_processes(search, span).await
    }

    async fn search_processes<T: wire::FromRecord + Send + 'static>(
        &self,
        search: &Search,
        span: Span,
    ) -> Result<Page<T>, Error> {
        let SearchParameters { search, group_by } = self.adapt_search(search).await?;
        self.page(span, |span| {
            search_request("/api/v1/process", "processes", &search, span)
                .with_optional_param("sort", search.sort.as_deref())
                .with_optional_param("cb.group", group_by.as_deref())
        })
        .await
    }

    /// Adapts a search to the server's release. Servers before 6.0 know neither grouping nor time range parameters;
    /// they would ignore them and return too much, so a time range becomes part of the query.
    async fn adapt_search(&self, search: &Search) -> Result<SearchParameters, Error> {
        let ranges = Period::from_search(search);
        let is_plain = search.group_by.is_none() && ranges.is_empty();
        let release = if is_plain { None } else { self.fetch_release_once().await };
        let Some(release) = release.filter(|release| *release < (6, 0)) else {
            return Ok(SearchParameters { search: search.clone(), group_by: search.group_by.clone() });
        };
        let too_old = |what: String| Error::TooOld { release, what };
        if ranges.iter().any(|range| range.clock == EventClock::Server) {
            return Err(too_old("a time range on the server's clock".into()));
        }
        // An old server returns one row per segment, which can replace grouping by process but no other.
        if let Some(field) = search.group_by.as_deref().filter(|field| *field != "id") {
            return Err(too_old(format!("grouping by {field}")));
        }
        let mut search = Period::default().bind_to(search.clone());
        if let Some(range) = ranges.first() {
            let end = |at: Option<String>| at.unwrap_or_else(|| "*".into());
            let (first, last) = (range.from.map(lower_bound), range.until.map(upper_bound));
            let range = format!("last_update:[{} TO {}]", end(first), end(last));
            search.query = match search.query.trim() {
                "" => range,
                query => format!("({query}) {range}"),
            };
        }
        Ok(SearchParameters { search, group_by: None })
    }

    /// Fetches one page of a search without facets. If the answer exceeds the size limit, the page is requested again
    /// with fewer rows.
    pub(in crate::api) async fn page<T: wire::FromRecord + Send + 'static>(
        &self,
        mut span: Span,
        spec: impl Fn(Span) -> RequestSpec,
    ) -> Result<Page<T>, Error> {
        loop {
            match self.send(&self.without_facets(spec(span)).with_form_body()).await {
                Err(Error::TooLarge { .. }) if span.rows > 1 => span.rows = (span.rows / 4).max(1),
                answer => return self.parse_in_background(answer?, move |json| wire::parse_page(json, span)).await,
            }
        }
    }

    /// Adds the parameter that turns facets off, if the server is known to be newer than 5.1. Before 5.1.1 a server
    /// takes so long over the parameter that its front end times out. No server counts facets by default.
    pub(in crate::api) fn without_facets(&self, spec: RequestSpec) -> RequestSpec {
        if self.release().is_some_and(|release| release > (5, 1)) { spec.with_param("facet", false) } else { spec }
    }

    /// Counts the values of `fields` in a process search, or of the server's default fields if there are none.
    ///
    /// Segments are counted. Grouping is not requested, because it is not documented whether facets count groups.
    pub async fn facets(&self, search: &Search, fields: &[String]) -> Result<Facets, Error> {
        let search = self.adapt_search(search).await?.search;
        let no_rows = Span { start: 0, rows: 0 };
        let spec = search_request("/api/v1/process", "processes", &search, no_rows).with_param("facet", true);
        let spec = fields.iter().fold(spec, |spec, field| spec.with_param("facet.field", field));
        let answer = self.send(&spec.with_form_body()).await?;
        answer.parse_body(|json| wire::facets(json, fields))
    }

    /// Fetches the prevalence of a file: the hosts that ran or loaded it.
    pub async fn prevalence(&self, md5: Md5) -> Result<Prevalence, Error> {
        let about = format!("the hosts with {md5}");
        let spec = RequestSpec::get("/api/v1/process/host/count", about)
            .with_param("cb.freqver", 1)
            .with_param("name", "md5")
            .with_param("md5", md5.to_upper_hex());
        let prevalence: Option<Prevalence> = self.send(&spec).await?.parse_body(wire::parse_one)?;
        // An empty list means no host.
        Ok(prevalence.unwrap_or_default())
    }

    /// Fetches a process with its parent and at most `children` of its children.
    pub async fn summary(&self, id: ProcessId, children: u32) -> Result<Summary, Error> {
        let release = self.release();
        let is_old = release.is_some_and(|release| release < (6, 0));
        match self.segment(id, u8::from(is_old), children).await {
            // A server of unknown release may be too old for segment 0.
            Err(Error::NotFound { .. }) if release.is_none() => self.segment(id, 1, children).await,
            other => other,
        }
    }

    /// Fetches one segment of a process with its relatives. Segment 0 is the full process; servers before 6.0 have
    /// none, but segment 1 is nearly always the full process (reference 1.4).
    async fn segment(&self, id: ProcessId, segment: u8, children: u32) -> Result<Summary, Error> {
        let path = format!("/api/v1/process/{id}/{segment}");
        let about = format!("process {id}");
        let answer = self.send(&RequestSpec::get(path, &about).with_param("children", children)).await?;
        let Some(summary) = answer.parse_body(wire::summary)? else {
            return Err(Error::NotFound { what: about });
        };
        if summary.process.id != id {
            return Err(answer.mismatch_error(&about));
        }
        Ok(summary)
    }
}

/// A search adapted to the server's release.
struct SearchParameters {
    search: Search,
    group_by: Option<String>,
}

/// Describes the request for a search of an index: query, rows and time bounds, which must be empty for binaries.
fn search_request(path: &str, about: &str, search: &Search, span: Span) -> RequestSpec {
    RequestSpec::search(path, about, search, span)
        .with_optional_param("cb.min_last_update", search.min_last_update.map(lower_bound))
        .with_optional_param("cb.max_last_update", search.max_last_update.map(upper_bound))
        .with_optional_param("cb.min_last_server_update", search.min_last_server_update.map(lower_bound))
        .with_optional_param("cb.max_last_server_update", search.max_last_server_update.map(upper_bound))
}

/// Returns a lower time bound in the server's format, in UTC and rounded down to seconds.
fn lower_bound(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Returns an upper time bound in the server's format, in UTC and rounded up to seconds.
fn upper_bound(at: Timestamp) -> String {
    let has_fraction = at.subsec_nanosecond() != 0;
    let second = at.as_second() + i64::from(has_fraction);
    lower_bound(Timestamp::from_second(second).unwrap_or(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_rounded_to_seconds_never_leave_anything_out() {
        let at: Timestamp = "2017-05-21T18:41:58.25Z".parse().unwrap();
        assert_eq!(lower_bound(at), "2017-05-21T18:41:58Z");
        assert_eq!(upper_bound(at), "2017-05-21T18:41:59Z");
        let full_second: Timestamp = "2017-05-21T18:41:58Z".parse().unwrap();
        assert_eq!(upper_bound(full_second), "2017-05-21T18:41:58Z");
        assert_eq!(upper_bound(Timestamp::MAX), "9999-12-30T22:00:00Z");
    }
}
