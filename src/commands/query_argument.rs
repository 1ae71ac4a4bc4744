//! The query of a command: from the command line or standard input, and refused when the server would refuse it.

use super::{CommandCx, Failure, args::read_stdin, links, query_error};
use crate::cli::QueryArgs;
use crate::model::Link;
use crate::query::{self, Index, LinkedQuery};
use crate::text;

/// The query that is meant by `given`: that on standard input for `-`, else `given` itself. What is doubtful about it is
/// said; one that cannot be read, or is a list of indicators, is refused unless it shall be sent as typed.
pub(super) fn read_query(
    index: Index,
    given: &str,
    asking: QueryArgs,
    caller: &mut CommandCx<'_>,
) -> Result<String, Failure> {
    let query = if given == "-" { query_from_stdin(caller)? } else { given.to_owned() };
    let query = match Link::parse(&query) {
        Some(link) => query_from_link(index, &link, caller)?,
        None => query,
    };
    query_error::check(index, &query, asking, caller)?;
    Ok(query)
}

/// The query that a link to the web console stands for.
fn query_from_link(index: Index, link: &Link, caller: &mut CommandCx<'_>) -> Result<String, Failure> {
    let LinkedQuery { query, is_server_specific: is_bound } = query::link_query(index, link).map_err(Failure::usage)?;
    if is_bound {
        links::require_own_server(link, caller)?;
    } else {
        links::note_other_server(link, caller)?;
    }
    caller.note(&format!("the link is asked as: {query}"));
    Ok(query)
}

/// The query on standard input, without the lines that are comments.
fn query_from_stdin(caller: &mut CommandCx<'_>) -> Result<String, Failure> {
    let text = read_stdin_text(caller)?;
    let is_comment = |line: &&str| is_comment(line);
    let lines: Vec<&str> = text::lines(&text).collect();
    let kept: Vec<&str> = lines.iter().copied().filter(|line| !is_comment(line)).collect();
    let query = kept.join("\n").trim().to_owned();
    if query.is_empty() {
        return Err(Failure::usage("there is no query on standard input")
            .with_hint("give an empty one, \"\", as the argument to search for everything"));
    }
    let n = kept.iter().filter(|line| !line.trim().is_empty()).count();
    if n > 1 {
        caller.note(&format!(
            "{n} lines of standard input are one query: where no operator joins two lines, both must match (AND)"
        ));
    }
    let n = lines.len() - kept.len();
    if n > 0 {
        let n = text::pluralize(n, "line", "lines");
        caller.note(&format!("{n} of standard input left out: comments that begin with #"));
    }
    Ok(query)
}

/// Whether a line is a comment. The end of a link begins with the same character.
fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#') && Link::parse(line).is_none()
}

/// Everything on standard input, without a byte order mark.
pub(super) fn read_stdin_text(caller: &mut CommandCx<'_>) -> Result<String, Failure> {
    let text = read_stdin(caller)?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// The words on standard input that name things, one or several a line. Blank lines and comments (`#`) name none.
pub(super) fn read_words(caller: &mut CommandCx<'_>) -> Result<Vec<String>, Failure> {
    let text = read_stdin_text(caller)?;
    let lines = text::lines(&text).filter(|line| !is_comment(line));
    Ok(lines.flat_map(str::split_whitespace).map(str::to_owned).collect())
}

/// The lines on standard input that name things, one a line. Blank lines and comments (`#`) name none.
pub(super) fn read_lines(caller: &mut CommandCx<'_>) -> Result<Vec<String>, Failure> {
    let text = read_stdin_text(caller)?;
    let lines = text::lines(&text).map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !is_comment(line));
    Ok(lines.map(str::to_owned).collect())
}
