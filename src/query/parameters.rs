//! Queries spread over the parameters of a search, as watchlists store them (API reference, sections 3.8 and 3.9).

use url::form_urlencoded;

use super::diagnostics::problem::{Fix, Problem};
use super::facet_filters::FilteredQuery;
use super::fields;
use super::parser::{Parsed, parse};
use super::syntax::expr::{Expr, Query};
use super::syntax::print::{one_line, push_close, push_space};

/// Why a stored search without any condition is malformed.
const NO_QUERY: &str = "no query, or the q= before it is missing";

/// The decoded search of a watchlist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredQuery {
    /// The query, decoded and without the facet filters.
    pub text: String,
    /// The facet filters: the field without `cb.fq.`, and the value.
    pub facet_filters: Vec<(String, String)>,
    malformed_reason: Option<&'static str>,
}

impl StoredQuery {
    /// Parses the `search_query` of a watchlist: form data, with spaces as `+` or `%20`. A text without any search
    /// parameter is taken for a query that is not encoded.
    pub fn parse(search_query: &str) -> Self {
        if is_bare_query(search_query) {
            let text = search_query.trim().to_owned();
            let malformed = is_encoded(&text).then_some(NO_QUERY);
            return Self { text, facet_filters: Vec::new(), malformed_reason: malformed };
        }
        let pairs: Vec<_> = form_urlencoded::parse(search_query.as_bytes()).collect();
        let facets = pairs.iter().filter_map(|(name, value)| {
            let field = name.strip_prefix("cb.fq.")?;
            (!value.is_empty()).then(|| (field.to_owned(), value.clone().into_owned()))
        });
        let text = parameters_text(pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
        let facets: Vec<_> = facets.collect();
        let has_query = pairs.iter().any(|(name, _)| name == "q" || name.starts_with("cb.q."));
        let has_stray_part =
            pairs.iter().any(|(name, value)| value.is_empty() && !is_search_parameter(name) && !name.trim().is_empty());
        let malformed = if !has_query && facets.is_empty() {
            Some(NO_QUERY)
        } else if has_stray_part {
            Some("an & in the query is not encoded")
        } else {
            None
        };
        Self { text, facet_filters: facets, malformed_reason: malformed }
    }

    /// Returns the query with its facet filters as one text, as [`FilteredQuery`] writes it.
    pub fn combined_query(&self) -> String {
        FilteredQuery { text: self.text.clone(), filters: self.facet_filters.clone() }.to_text()
    }

    /// Returns the facet filters grouped by field, in order. A document needs one of the values of each field.
    pub fn facet_filters(&self) -> Vec<(&str, Vec<&str>)> {
        let mut filters: Vec<(&str, Vec<&str>)> = Vec::new();
        for (facet, value) in &self.facet_filters {
            match filters.iter_mut().find(|(other, _)| other == facet) {
                Some((_, values)) if values.contains(&value.as_str()) => {}
                Some((_, values)) => values.push(value),
                None => filters.push((facet, vec![value])),
            }
        }
        filters
    }

    /// Returns why the search cannot be run as intended; `None` if it can.
    pub fn malformed_reason(&self) -> Option<&'static str> {
        self.malformed_reason
    }
}

/// Returns a stored search as one readable line with its facet filters; a search without conditions stays unchanged.
pub fn describe_stored(search_query: &str) -> String {
    let query = one_line(&StoredQuery::parse(search_query).combined_query());
    if query.is_empty() { search_query.to_owned() } else { query }
}

/// Returns the readable value of an indicator: the decoded text of a query, and any other value unchanged.
pub fn indicator_text(kind: &str, value: &str) -> String {
    if kind.eq_ignore_ascii_case("query") { describe_stored(value) } else { value.to_owned() }
}

/// Returns whether the text is not blank and has no search parameter (API reference, section 1.7).
fn is_bare_query(search_query: &str) -> bool {
    let mut pairs = form_urlencoded::parse(search_query.as_bytes());
    !search_query.trim().is_empty() && !pairs.any(|(name, _)| is_search_parameter(&name))
}

/// Returns whether `name` is the name of a search parameter.
fn is_search_parameter(name: &str) -> bool {
    name.starts_with("cb.")
        || name.starts_with("facet")
        || matches!(name, "q" | "rows" | "start" | "sort" | "comprehensive_search")
}

/// Returns whether a query is percent-encoded: it begins with a field name and an encoded colon.
fn is_encoded(text: &str) -> bool {
    let head = text.split('%').next().unwrap_or_default();
    let is_field = fields::find_in_any_index(head.trim_start_matches(['-', '('])).is_some();
    let colon = text.get(head.len()..head.len() + 3);
    is_field && colon.is_some_and(|colon| colon.eq_ignore_ascii_case("%3a"))
}

/// Replaces the query in a `search_query` by `text`. Other parameters stay; facet filters are replaced if `text` has
/// some.
pub fn replace_query(search_query: &str, text: &str) -> String {
    let name = |pair: &str| {
        let mut decoded = form_urlencoded::parse(pair.as_bytes());
        decoded.next().map_or(String::new(), |(name, _)| name.into_owned())
    };
    let filtered = FilteredQuery::parse(text);
    let is_preserved = |pair: &&str| {
        let name = name(pair);
        let is_replaced = !filtered.filters.is_empty() && name.starts_with("cb.fq.");
        !pair.is_empty() && name != "q" && !name.starts_with("cb.q.") && !is_replaced
    };
    let parameters = if is_bare_query(search_query) { "" } else { search_query };
    let mut pairs: Vec<_> = parameters.split('&').filter(is_preserved).map(str::to_owned).collect();
    if !pairs.iter().any(|pair| name(pair) == "cb.urlver") {
        pairs.push("cb.urlver=1".to_owned());
    }
    for (field, value) in &filtered.filters {
        pairs.push(format!("cb.fq.{}={}", encode_form(field), encode_form(value)));
    }
    pairs.push(format!("q={}", encode_form(&filtered.text)));
    pairs.join("&")
}

/// Encodes a text as form data, except for slashes.
fn encode_form(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(digit), 16);
                out.extend(digit.map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    out
}

/// Joins the conditions among decoded search parameters into one text: `q` unchanged, `cb.q.X` as `X:value`.
///
/// They are separated by spaces. An `or` among several conditions gets parentheses, or it would include its neighbors.
pub fn parameters_text<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    join_conditions(&parameter_conditions(pairs)).0
}

/// Parses decoded search parameters into a query that requires all their conditions. The spans of problems are byte
/// ranges of the text that [`parameters_text`] returns.
pub fn parse_parameters<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Parsed {
    let conditions = parameter_conditions(pairs);
    let (_, offsets) = join_conditions(&conditions);
    let mut members = Vec::new();
    let mut problems = Vec::new();
    for (condition, offset) in conditions.iter().zip(&offsets) {
        let parsed = parse(condition);
        members.push(parsed.query);
        problems.extend(parsed.problems.into_iter().map(|problem| Problem {
            span: problem.span.start + offset..problem.span.end + offset,
            fix: problem.fix.map(|fix| Fix { span: fix.span.start + offset..fix.span.end + offset, ..fix }),
            ..problem
        }));
    }
    let members: Option<Vec<Query>> = members.into_iter().collect();
    let query = members.map(|members| {
        let members = members.iter().filter(|member| !member.is_empty());
        Query::new(Expr::and(members.map(|member| member.expr().clone()).collect()))
    });
    Parsed { query, problems }
}

fn parameter_conditions<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    pairs
        .filter_map(|(name, value)| match name.strip_prefix("cb.q.") {
            Some(field) => Some(format!("{field}:{value}")),
            None => (name == "q").then(|| value.to_owned()),
        })
        .collect()
}

/// Joins conditions into one text, and returns the byte offset of each in it.
fn join_conditions(conditions: &[String]) -> (String, Vec<usize>) {
    let mut text = String::new();
    let mut offsets = Vec::new();
    for condition in conditions {
        if !text.is_empty() {
            push_space(&mut text);
        }
        let is_alternative =
            conditions.len() > 1 && parse(condition).query.is_some_and(|query| matches!(query.expr(), Expr::Or(_)));
        text.push_str(if is_alternative { "(" } else { "" });
        offsets.push(text.len());
        text.push_str(condition);
        if is_alternative {
            push_close(&mut text);
        }
    }
    (text, offsets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(search_query: &str, text: &str) {
        assert_eq!(StoredQuery::parse(search_query).text, text);
    }

    #[test]
    fn watchlists_are_made_readable() {
        check(
            "cb.urlver=1&q=-path%3Ac%3A%5Cwindows%5C%2A&cb.q.filemod=c%3A%5Cwindows%5Csystem32%5C%2A",
            r"-path:c:\windows\* filemod:c:\windows\system32\*",
        );
        check(
            "cb.urlver=1&cb.q.regmod=registry%5Cmachine&q=-path%3Ac%3A%5Cwindows%5C%2A",
            r"regmod:registry\machine -path:c:\windows\*",
        );
        check("cb.urlver=1&q=a+b%20c&sort=x%20desc", "a b c");
        check("q=&cb.q.md5=%28a+or+b%29", "md5:(a or b)");
        check("q=a%20or%20b&cb.q.hostname=c", "(a or b) hostname:c");
        check("q=a%20or%20b", "a or b");
        check("q=path%3Ac%3A%5C&q=b", "path:c:\\\nb");
        check("", "");
    }

    #[test]
    fn facet_filters_are_separated_from_the_query() {
        let stored = StoredQuery::parse("q=a&cb.fq.status=Unresolved&cb.fq.group=x+y&cb.fq.empty=");
        assert_eq!(stored.text, "a");
        let facets: Vec<_> = stored.facet_filters.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(facets, [("status", "Unresolved"), ("group", "x y")]);
    }

    #[test]
    fn facet_filters_stand_behind_the_query_and_go_back_into_their_parameters() {
        #[track_caller]
        fn check(search_query: &str, query: &str) {
            assert_eq!(describe_stored(search_query), query);
            let read = StoredQuery::parse(search_query);
            let again = StoredQuery::parse(&replace_query("", query));
            assert_eq!(again.facet_filters, read.facet_filters);
            assert_eq!(again.text.trim_matches(['(', ')']), read.text.trim_matches(['(', ')']));
        }
        check("q=a&cb.fq.hour_of_day=3", "a cb.fq.hour_of_day=3");
        check(
            "q=a+or+b&cb.fq.group=Default+Group&cb.fq.os_type=windows&cb.fq.group=x",
            r"(a or b) cb.fq.group=Default\ Group cb.fq.os_type=windows cb.fq.group=x",
        );
        check("cb.fq.path_full=c%3A%5Ca.exe", r"cb.fq.path_full=c:\a.exe");
        assert_eq!(describe_stored("cb.urlver=1&q=&sort=start"), "cb.urlver=1&q=&sort=start");
        assert_eq!(describe_stored(""), "");
    }

    #[test]
    fn a_stored_query_that_has_lost_a_part_is_malformed() {
        for malformed in [
            "",
            "cb.urlver=1",
            "rows=10&start=0",
            "cb.urlver=1&process_name%3Acmd.exe",
            "process_name%3Acmd.exe",
            "-process_name%3acmd.exe%20a",
            "cb.urlver=1&q=cmdline%3Aa&b",
        ] {
            assert!(StoredQuery::parse(malformed).malformed_reason().is_some(), "{malformed}");
        }
        for complete in [
            "cb.urlver=1&q=",
            "q=a&cb.fq.group=x",
            "cb.fq.group=x",
            "cb.q.md5=x",
            "process_name:cmd.exe",
            "cmdline:100%",
            "cb.urlver=1&q=a&sort=&server_name=x",
        ] {
            assert_eq!(StoredQuery::parse(complete).malformed_reason(), None, "{complete}");
        }
    }

    #[test]
    fn a_stored_query_of_several_lines_is_shown_on_one() {
        assert_eq!(describe_stored("q=a%0D%0Ab%20OR%0Ac"), "a b OR c");
    }

    #[test]
    fn a_query_that_is_not_encoded_is_accepted() {
        for query in ["process_name:cmd.exe", "a b%", "cmdline:\"x=1&y=2\" +z", "ipaddr:10.0.0.0/8"] {
            assert_eq!(StoredQuery::parse(query).combined_query(), query);
            assert_eq!(describe_stored(query), query);
            assert_eq!(replace_query(query, "b"), "cb.urlver=1&q=b");
        }
        for nothing in ["cb.urlver=1", "q=", "rows=10&start=0", "facet=true", " "] {
            assert_eq!(StoredQuery::parse(nothing).combined_query(), "", "{nothing}");
        }
    }

    #[test]
    fn a_query_is_replaced_and_the_rest_stays() {
        #[track_caller]
        fn check(old: &str, text: &str, expected: &str) {
            let new = replace_query(old, text);
            assert_eq!(new, expected);
            assert_eq!(StoredQuery::parse(&new).text, text);
        }
        check("", "a b", "cb.urlver=1&q=a%20b");
        check(
            "cb.urlver=1&q=x&sort=start%20desc&cb.q.md5=y&cb.fq.group=z+w",
            "path:/usr/*",
            "cb.urlver=1&sort=start%20desc&cb.fq.group=z+w&q=path%3A/usr/%2A",
        );
        check("rows=10", "é", "rows=10&cb.urlver=1&q=%C3%A9");
    }

    #[test]
    fn every_condition_must_hold() {
        let parsed = parse_parameters([("q", "a or b"), ("cb.q.md5", "(x or y)"), ("rows", "1")]);
        let query = parsed.query.expect("two conditions");
        assert_eq!(query.to_string(), "(a OR b) md5:(x OR y)");
        assert!(parse_parameters([("q", ""), ("start", "0")]).query.expect("none").is_empty());
    }

    #[test]
    fn problems_are_placed_in_the_readable_text() {
        let pairs = [("q", "a or b"), ("cb.q.is_64bit", "maybe"), ("cb.q.start", "[")];
        let parsed = parse_parameters(pairs);
        assert_eq!(parsed.query, None);
        let text = parameters_text(pairs);
        let spans: Vec<_> = parsed.problems.iter().map(|problem| &text[problem.span.clone()]).collect();
        assert_eq!(spans, ["maybe", "["]);
    }
}
