//! The query of a command, from the command line or standard input.

use super::{
    CommandCx, Failure, links, query_error,
    stdin::{is_comment, read_stdin_text},
};
use crate::cli::QueryArgs;
use crate::model::Link;
use crate::query::{self, Index, LinkedQuery};
use crate::text;

/// Returns the query in `argument`, or from standard input for `-`, and prints its warnings. A query that the server
/// would reject, or a list of indicators, is an error unless `--as-typed` is given.
pub(super) fn read_query(
    index: Index,
    argument: &str,
    query_args: QueryArgs,
    cx: &mut CommandCx<'_>,
) -> Result<String, Failure> {
    let query = if argument == "-" { query_from_stdin(cx)? } else { argument.to_owned() };
    let query = match Link::parse(&query) {
        Some(link) => query_from_link(index, &link, cx)?,
        None => query,
    };
    query_error::check(index, &query, query_args, cx)?;
    Ok(query)
}

/// Returns the query of a link to the web console.
fn query_from_link(index: Index, link: &Link, cx: &mut CommandCx<'_>) -> Result<String, Failure> {
    let LinkedQuery { query, is_server_specific } = query::link_query(index, link).map_err(Failure::usage)?;
    if is_server_specific {
        links::require_own_server(link, cx)?;
    } else {
        links::note_other_server(link, cx)?;
    }
    cx.note(&format!("query of the link: {query}"));
    Ok(query)
}

/// Reads the query from standard input, without comment lines.
fn query_from_stdin(cx: &mut CommandCx<'_>) -> Result<String, Failure> {
    let text = read_stdin_text(cx)?;
    let is_comment = |line: &&str| is_comment(line);
    let lines: Vec<&str> = text::lines(&text).collect();
    let query_lines: Vec<&str> = lines.iter().copied().filter(|line| !is_comment(line)).collect();
    let query = query_lines.join("\n").trim().to_owned();
    if query.is_empty() {
        return Err(Failure::usage("no query on stdin").with_hint("to search for everything, give \"\" as the query"));
    }
    let n = query_lines.iter().filter(|line| !line.trim().is_empty()).count();
    if n > 1 {
        cx.note(&format!(
            "{n} lines of stdin form one query: lines without an operator between them must both match (AND)"
        ));
    }
    let n = lines.len() - query_lines.len();
    if n > 0 {
        let n = text::pluralize(n, "line", "lines");
        cx.note(&format!("{n} of stdin skipped: comments that start with #"));
    }
    Ok(query)
}
