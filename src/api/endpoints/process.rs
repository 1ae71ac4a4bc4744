//! Processes: searching and counting them, and one with its relatives (reference 2.2, 2.3).

use jiff::Timestamp;

use super::super::{Client, Error, request::RequestSpec};
use crate::model::{EventClock, Facets, Md5, Page, Period, Prevalence, Process, ProcessId, Search, Span, Summary};
use crate::wire;

impl Client {
    /// Searches processes.
    pub async fn processes(&self, search: &Search, span: Span) -> Result<Page<Process>, Error> {
        let SearchParameters { search, group_by } = self.adapt_search(search).await?;
        self.page(span, |span| {
            search_request("/api/v1/process", "processes", &search, span)
                .with_optional_param("sort", search.sort.as_deref())
                .with_optional_param("cb.group", group_by.as_deref())
        })
        .await
    }

    /// The search in words that this server knows. Before 6.0 there is neither grouping nor a time range beside the query,
    /// and what a server does not know it ignores: it would answer with everything.
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
        // One row per segment is what comes in place of one per process. Of anything else it would be something else.
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

    /// Asks for one page of a search, without its facets. A page that is larger than is read of an answer is asked for in
    /// smaller parts, of which this gives the first.
    pub(in crate::api) async fn page<T: wire::FromRecord>(
        &self,
        mut span: Span,
        ask: impl Fn(Span) -> RequestSpec,
    ) -> Result<Page<T>, Error> {
        loop {
            match self.send(&self.without_facets(ask(span)).with_form_body()).await {
                Err(Error::TooLarge { .. }) if span.rows > 1 => span.rows = (span.rows / 4).max(1),
                answer => return answer?.parse_body(|json| wire::parse_page(json, span)),
            }
        }
    }

    /// The same search without facets. Before 5.1.1 the server takes so long over being told that its front end gives
    /// up; none counts facets unless it is told to.
    pub(in crate::api) fn without_facets(&self, ask: RequestSpec) -> RequestSpec {
        if self.release().is_some_and(|release| release > (5, 1)) { ask.with_param("facet", false) } else { ask }
    }

    /// Counts the values of fields in a process search; without fields, of those that the server counts by itself.
    ///
    /// Segments are counted, and grouping is not asked for: no server says whether it counts groups.
    pub async fn facets(&self, search: &Search, fields: &[String]) -> Result<Facets, Error> {
        let search = self.adapt_search(search).await?.search;
        self.fetch_facets("/api/v1/process", "processes", &search, fields).await
    }

    /// One request for the counts of several fields, without a row.
    pub(in crate::api) async fn fetch_facets(
        &self,
        path: &str,
        about: &str,
        search: &Search,
        fields: &[String],
    ) -> Result<Facets, Error> {
        const NONE: Span = Span { start: 0, rows: 0 };
        let ask = search_request(path, about, search, NONE).with_param("facet", true);
        let ask = fields.iter().fold(ask, |ask, field| ask.with_param("facet.field", field));
        let answer = self.send(&ask.with_form_body()).await?;
        answer.parse_body(|json| wire::facets(json, fields))
    }

    /// Asks how common a file is: the hosts that ran or loaded it.
    pub async fn prevalence(&self, md5: Md5) -> Result<Prevalence, Error> {
        let about = format!("the hosts with {md5}");
        let ask = RequestSpec::get("/api/v1/process/host/count", about)
            .with_param("cb.freqver", 1)
            .with_param("name", "md5")
            .with_param("md5", md5.to_upper_hex());
        let answer = self.send(&ask).await?;
        let found: Option<Prevalence> = answer.parse_body(wire::parse_one)?;
        // An empty list is no host.
        Ok(found.unwrap_or_default())
    }

    /// Fetches a process with its parent and at most `children` of its children.
    pub async fn summary(&self, id: ProcessId, children: u32) -> Result<Summary, Error> {
        let release = self.release();
        let is_old = release.is_some_and(|release| release < (6, 0));
        let summary = self.segment(id, u8::from(is_old), children).await;
        match summary {
            // A server that has not told its release may be one that knows no segment 0.
            Err(Error::NotFound { .. }) if release.is_none() => self.segment(id, 1, children).await,
            other => other,
        }
    }

    /// Segment 0 is all of a process; before 6.0 there is none, and segment 1 is nearly always all (reference 1.4).
    async fn segment(&self, id: ProcessId, segment: u8, children: u32) -> Result<Summary, Error> {
        let path = format!("/api/v1/process/{id}/{segment}");
        let about = format!("process {id}");
        let ask = RequestSpec::get(path, &about).with_param("children", children);
        let answer = self.send(&ask).await?;
        let Some(summary) = answer.parse_body(wire::summary)? else {
            return Err(Error::NotFound { what: about });
        };
        if summary.process.id != id {
            return Err(answer.of_another(&about));
        }
        Ok(summary)
    }
}

/// A search as a server understands it.
struct SearchParameters {
    search: Search,
    group_by: Option<String>,
}

/// What every search of an index sends: the query, the rows, and the bounds in time, which binaries do not have.
fn search_request(path: &str, about: &str, search: &Search, span: Span) -> RequestSpec {
    RequestSpec::search(path, about, search, span)
        .with_optional_param("cb.min_last_update", search.min_last_update.map(lower_bound))
        .with_optional_param("cb.max_last_update", search.max_last_update.map(upper_bound))
        .with_optional_param("cb.min_last_server_update", search.min_last_server_update.map(lower_bound))
        .with_optional_param("cb.max_last_server_update", search.max_last_server_update.map(upper_bound))
}

/// A lower bound in the server's format, which has whole seconds: never later than what is meant.
fn lower_bound(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An upper bound in whole seconds, never earlier than what is meant.
fn upper_bound(at: Timestamp) -> String {
    let has_fraction = at.subsec_nanosecond() != 0;
    let second = at.as_second() + i64::from(has_fraction);
    lower_bound(Timestamp::from_second(second).unwrap_or(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_in_whole_seconds_never_leave_anything_out() {
        let at: Timestamp = "2017-05-21T18:41:58.25Z".parse().unwrap();
        assert_eq!(lower_bound(at), "2017-05-21T18:41:58Z");
        assert_eq!(upper_bound(at), "2017-05-21T18:41:59Z");
        let whole: Timestamp = "2017-05-21T18:41:58Z".parse().unwrap();
        assert_eq!(upper_bound(whole), "2017-05-21T18:41:58Z");
        assert_eq!(upper_bound(Timestamp::MAX), "9999-12-30T22:00:00Z");
    }
}
