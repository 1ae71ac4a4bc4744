//! Queries spread over the parameters of a search, as watchlists store them (API reference, sections 3.8 and 3.9).

use url::form_urlencoded;

use super::super::diagnostics::problem::{Fix, Problem};
use super::super::fields;
use super::expr::{Expr, Query};
use super::facet_filters::FilteredQuery;
use super::parser::{Parsed, parse};
use super::print::{one_line, push_close, push_space};

/// What is said of a stored search that asks for nothing.
const NO_QUERY: &str = "it has no query, or has lost the q= before it";

/// A stored search, readable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredQuery {
    /// The text of its query, for a person to read and to run.
    pub text: String,
    /// Its facet filters: the field without `cb.fq.`, and the value. They are no part of the text.
    pub facet_filters: Vec<(String, String)>,
    /// Why it cannot be run as it is meant.
    malformed_reason: Option<&'static str>,
}

impl StoredQuery {
    /// Reads the `search_query` of a watchlist: form data, with spaces as `+` or `%20`. One that has no parameter of a
    /// search is taken for a query that nobody has encoded.
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
        let text = pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
        let text = parameters_text(text);
        let facets: Vec<_> = facets.collect();
        let is_asked = pairs.iter().any(|(name, _)| name == "q" || name.starts_with("cb.q."));
        let has_more =
            pairs.iter().any(|(name, value)| value.is_empty() && !is_search_parameter(name) && !name.trim().is_empty());
        let malformed = if !is_asked && facets.is_empty() {
            Some(NO_QUERY)
        } else if has_more {
            Some("a part of it is in no parameter: an & in the query was not encoded")
        } else {
            None
        };
        Self { text, facet_filters: facets, malformed_reason: malformed }
    }

    /// All of it as one query, for a person to read and to run, with its facet filters as they stand in one
    /// ([`FilteredQuery`]).
    pub fn combined_query(&self) -> String {
        FilteredQuery { text: self.text.clone(), filters: self.facet_filters.clone() }.to_text()
    }

    /// Its facet filters by their field, in their order: of several values, one is enough.
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

    /// Why it cannot be run as it is meant. `None` if it is whole.
    pub fn malformed_reason(&self) -> Option<&'static str> {
        self.malformed_reason
    }
}

/// A stored search for people, facet filters and all, on one line; one that asks for nothing is shown as it is.
pub fn describe_stored(search_query: &str) -> String {
    let query = one_line(&StoredQuery::parse(search_query).combined_query());
    if query.is_empty() { search_query.to_owned() } else { query }
}

/// The value of an indicator for people: of a query its text, of anything else what it is.
pub fn indicator_text(kind: &str, value: &str) -> String {
    if kind.eq_ignore_ascii_case("query") { describe_stored(value) } else { value.to_owned() }
}

/// Whether there is something, and no parameter of a search in it (reference 1.7).
fn is_bare_query(search_query: &str) -> bool {
    let mut pairs = form_urlencoded::parse(search_query.as_bytes());
    !search_query.trim().is_empty() && !pairs.any(|(name, _)| is_search_parameter(&name))
}

/// Whether it is the name of a parameter of a search.
fn is_search_parameter(name: &str) -> bool {
    name.starts_with("cb.")
        || name.starts_with("facet")
        || matches!(name, "q" | "rows" | "start" | "sort" | "comprehensive_search")
}

/// Whether a text is encoded as in an address: it begins with a field whose colon is.
fn is_encoded(text: &str) -> bool {
    let head = text.split('%').next().unwrap_or_default();
    let is_field = fields::find_in_any_index(head.trim_start_matches(['-', '('])).is_some();
    let colon = text.get(head.len()..head.len() + 3);
    is_field && colon.is_some_and(|colon| colon.eq_ignore_ascii_case("%3a"))
}

/// The `search_query` with its query replaced by this text; what else it holds stays.
pub fn replace_query(search_query: &str, text: &str) -> String {
    let name = |pair: &str| {
        let mut decoded = form_urlencoded::parse(pair.as_bytes());
        decoded.next().map_or(String::new(), |(name, _)| name.into_owned())
    };
    let filtered = FilteredQuery::parse(text);
    let is_kept = |pair: &&str| {
        let name = name(pair);
        let is_replaced = !filtered.filters.is_empty() && name.starts_with("cb.fq.");
        !pair.is_empty() && name != "q" && !name.starts_with("cb.q.") && !is_replaced
    };
    let kept = if is_bare_query(search_query) { "" } else { search_query };
    let mut pairs: Vec<_> = kept.split('&').filter(is_kept).map(str::to_owned).collect();
    if !pairs.iter().any(|pair| name(pair) == "cb.urlver") {
        pairs.push("cb.urlver=1".to_owned());
    }
    for (field, value) in &filtered.filters {
        pairs.push(format!("cb.fq.{}={}", encode_form(field), encode_form(value)));
    }
    pairs.push(format!("q={}", encode_form(&filtered.text)));
    pairs.join("&")
}

/// A text as form data, with a slash as it is.
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

/// The conditions among the decoded parameters of a search as one text: `q` as it is, `cb.q.X` as `X:value`.
///
/// They are joined by spaces, and one that is an `or` gets parentheses if it is not alone, or it would take in its
/// neighbors.
pub fn parameters_text<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    join_conditions(&parameter_conditions(pairs)).0
}

/// Reads the decoded parameters of a search: every condition among them must hold.
/// The spans of the problems are bytes of the text that [`parameters_text`] makes of them.
pub fn parse_parameters<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Parsed {
    let conditions = parameter_conditions(pairs);
    let (_, places) = join_conditions(&conditions);
    let mut members = Vec::new();
    let mut problems = Vec::new();
    for (condition, place) in conditions.iter().zip(&places) {
        let parsed = parse(condition);
        members.push(parsed.query);
        problems.extend(parsed.problems.into_iter().map(|problem| Problem {
            span: problem.span.start + place..problem.span.end + place,
            fix: problem.fix.map(|fix| Fix { span: fix.span.start + place..fix.span.end + place, ..fix }),
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

/// The conditions as one text, and where in it each begins.
fn join_conditions(conditions: &[String]) -> (String, Vec<usize>) {
    let mut text = String::new();
    let mut places = Vec::new();
    for condition in conditions {
        if !text.is_empty() {
            push_space(&mut text);
        }
        let is_alternative =
            conditions.len() > 1 && parse(condition).query.is_some_and(|query| matches!(query.expr(), Expr::Or(_)));
        text.push_str(if is_alternative { "(" } else { "" });
        places.push(text.len());
        text.push_str(condition);
        if is_alternative {
            push_close(&mut text);
        }
    }
    (text, places)
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
    fn facet_filters_are_told_apart() {
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
            let alone = read.text.trim_matches(['(', ')']);
            assert_eq!(again.text.trim_matches(['(', ')']), alone);
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
        for whole in [
            "cb.urlver=1&q=",
            "q=a&cb.fq.group=x",
            "cb.fq.group=x",
            "cb.q.md5=x",
            "process_name:cmd.exe",
            "cmdline:100%",
            "cb.urlver=1&q=a&sort=&server_name=x",
        ] {
            assert_eq!(StoredQuery::parse(whole).malformed_reason(), None, "{whole}");
        }
    }

    #[test]
    fn a_stored_query_of_several_lines_is_shown_on_one() {
        assert_eq!(describe_stored("q=a%0D%0Ab%20OR%0Ac"), "a b OR c");
    }

    #[test]
    fn a_query_that_nobody_has_encoded_is_one_all_the_same() {
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
