//! Builds queries: quotes values, adds conditions and removes them.

use super::super::fields::{self, FieldType, Index};
use super::super::parser::parse;
use super::super::syntax::expr::{Clause, Expr, Query};
use super::super::syntax::print::{push_close, push_space};
use super::super::syntax::quote::quote;

/// Whether a condition includes or excludes its matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Polarity {
    Include,
    Exclude,
}

/// Adds the condition that `field` is, or is not, exactly `value` to the text of a query. The existing text stays as
/// typed, and an existing condition is not added again.
pub fn narrow(text: &str, polarity: Polarity, field: &str, value: &str) -> String {
    let minus = match polarity {
        Polarity::Include => "",
        Polarity::Exclude => "-",
    };
    and_condition(text, &format!("{minus}{field}:{}", quote(value)))
}

/// Adds `condition`, which must not be an `or` without parentheses, to the text of a query. The existing text stays as
/// typed, and an existing condition is not added again.
pub fn and_condition(text: &str, condition: &str) -> String {
    let old = parse(text).query;
    let new = parse(condition).query;
    let mut out = text.trim_start().to_owned();
    match (old, new) {
        (Some(old), _) if old.is_empty() => return condition.to_owned(),
        (Some(old), Some(new)) if contains_term(old.expr(), new.expr()) => return text.to_owned(),
        (Some(old), _) if matches!(old.expr(), Expr::Or(_)) && !is_plain_and(&out, condition) => {
            out.insert(0, '(');
            push_close(&mut out);
        }
        _ => {}
    }
    append(out, condition)
}

/// Returns whether `text` followed by `condition` requires both; it does not after an `or` without parentheses.
fn is_plain_and(text: &str, condition: &str) -> bool {
    let both = parse(&append(text.to_owned(), condition)).query;
    both.is_some_and(|both| matches!(both.expr(), Expr::And(_)))
}

/// Appends `condition` after a space.
fn append(mut text: String, condition: &str) -> String {
    // A space after a backslash is part of the last term and separates nothing.
    if !text.ends_with(char::is_whitespace) || text.ends_with("\\ ") {
        push_space(&mut text);
    }
    text + condition
}

/// Returns the condition that a process has `value` of the facet; `None` for an empty value, and for facets without a
/// query field such as the hour of the day.
pub fn facet_condition(facet: &str, value: &str) -> Option<String> {
    let name = query_field(facet);
    let field = fields::find_field(Index::Process, name).filter(|_| !value.is_empty())?;
    // The values of a time histogram are days, named by their first moment.
    let value = match (field.kind, value.split_once('T')) {
        (FieldType::Time, Some((day, _))) => day,
        _ => value,
    };
    Some(format!("{name}:{}", quote(value)))
}

/// Returns the name of the query field for a facet.
pub(in crate::query) fn query_field(facet: &str) -> &str {
    match facet {
        "path_full" => "path",
        "username_full" => "username",
        other => other.strip_suffix("_facet").unwrap_or(other),
    }
}

/// Replaces all conditions on the fields of `condition` by `condition`; `None` if either text cannot be parsed, or if a
/// term of `condition` has no field or is negated.
pub fn replace_condition(text: &str, condition: &str) -> Option<String> {
    let new = parse(condition).query?;
    let fields = constrained_fields(new.expr())?;
    let remaining = remove_fields(text, &fields)?;
    let condition = match new.expr() {
        Expr::Or(_) => format!("({})", condition.trim()),
        _ => condition.trim().to_owned(),
    };
    Some(and_condition(&remaining, &condition))
}

/// Removes the conditions on `fields` from the text of a query, but not their exclusions; `None` if it cannot be
/// parsed. Without such conditions the text stays as typed.
pub fn remove_fields<S: AsRef<str>>(text: &str, fields: &[S]) -> Option<String> {
    let query = parse(text).query?;
    let is_listed = |name: &str| fields.iter().any(|field| field.as_ref().eq_ignore_ascii_case(name));
    let is_removed =
        |expr: &Expr| constrained_fields(expr).is_some_and(|names| names.iter().all(|name| is_listed(name)));
    let members = match query.expr() {
        Expr::And(members) => members.clone(),
        other => vec![other.clone()],
    };
    let n_before = members.len();
    let remaining: Vec<_> = members.into_iter().filter(|member| !is_removed(member)).collect();
    if remaining.len() == n_before {
        return Some(text.to_owned());
    }
    Some(Query::new(Expr::and(remaining)).to_string())
}

/// Returns the fields of all terms in `expr`; `None` if it has a negation or a term without a field.
fn constrained_fields(expr: &Expr) -> Option<Vec<String>> {
    match expr {
        Expr::Clause(Clause { field, .. }) => Some(vec![field.clone()?]),
        Expr::Within(field, _) => Some(vec![field.clone()]),
        Expr::And(members) | Expr::Or(members) => {
            let names: Option<Vec<_>> = members.iter().map(constrained_fields).collect();
            names.map(|names| names.concat())
        }
        Expr::Not(_) | Expr::All => None,
    }
}

fn contains_term(expr: &Expr, member: &Expr) -> bool {
    match expr {
        Expr::And(members) => members.contains(member),
        other => other == member,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::or_conditions;

    #[track_caller]
    fn check_quote(value: &str, expected: &str) {
        assert_eq!(quote(value), expected);
    }

    #[test]
    fn a_value_is_quoted_only_when_it_must_be() {
        check_quote("svchost.exe", "svchost.exe");
        check_quote(r"c:\windows\a.exe", r"c:\windows\a.exe");
        check_quote("default group", r#""default group""#);
        check_quote("-system.exe", r#""-system.exe""#);
        check_quote("[1", r#""[1""#);
        check_quote("a*b?", r#""a*b?""#);
        check_quote("", r#""""#);
        check_quote("Or", r#""Or""#);
        check_quote("orange", "orange");
        check_quote("path:x", r#""path:x""#);
        check_quote(r#"say "hi" (x86)"#, r#""say \"hi\" (x86)""#);
        check_quote(r"c:\ (x", r#""c:\\ (x""#);
        check_quote(r"c:\program files\", r"c:\program\ files?");
        check_quote("[a\tb\\", "?a?b?");
    }

    #[track_caller]
    fn check_narrow(text: &str, polarity: Polarity, value: &str, expected: &str) {
        let narrowed = narrow(text, polarity, "process_name", value);
        assert_eq!(narrowed, expected);
    }

    #[test]
    fn a_query_is_narrowed_and_keeps_its_meaning() {
        use Polarity::{Exclude, Include};
        check_narrow("", Include, "a.exe", "process_name:a.exe");
        check_narrow(" *:* ", Exclude, "a.exe", "-process_name:a.exe");
        check_narrow("x", Exclude, "a b", r#"x -process_name:"a b""#);
        check_narrow("x or y", Include, "a", "(x or y) process_name:a");
        check_narrow("(x or y)", Include, "a", "(x or y) process_name:a");
        check_narrow("(x) or (y)", Include, "a", "((x) or (y)) process_name:a");
        check_narrow(r"c:\x\", Include, "a", "c:\\x\\\nprocess_name:a");
        check_narrow(r"x or c:\x\", Include, "a", "(x or c:\\x\\\n) process_name:a");
        check_narrow("x process_name:a", Include, "a", "x process_name:a");
        check_narrow("x process_name:\"a b\"", Include, "a b", "x process_name:\"a b\"");
        check_narrow("x process_name:a", Exclude, "a", "x process_name:a -process_name:a");
        check_narrow("(x", Include, "a", "(x process_name:a");
    }

    #[test]
    fn what_is_counted_becomes_a_condition() {
        let check = |facet, value, expected| {
            assert_eq!(facet_condition(facet, value).as_deref(), expected, "{facet}");
        };
        check("process_name", "a b.exe", Some("process_name:\"a b.exe\""));
        check("path_full", r"c:\a.exe", Some(r"path:c:\a.exe"));
        check("username_full", r"CORP\m", Some(r"username:CORP\m"));
        check("start", "2026-03-04T00:00:00Z", Some("start:2026-03-04"));
        check("hour_of_day", "3", None);
        check("process_name", "", None);
        let both = ["a:1", "b:2"].map(str::to_owned);
        assert_eq!(and_condition("x", &or_conditions(&both)), "x (a:1 OR b:2)");
        assert_eq!(or_conditions(&both[..1]), "a:1");
    }

    #[test]
    fn a_condition_replaces_those_on_its_fields() {
        let check = |text, condition, expected| {
            assert_eq!(replace_condition(text, condition).as_deref(), expected, "{text}");
        };
        check("hostname:a  x", "hostname:b", Some("x hostname:b"));
        check("hostname:(a or c) x", "hostname:b", Some("x hostname:b"));
        check("(hostname:a or HOSTNAME:c) (x or y)", "hostname:b", Some("(x OR y) hostname:b"));
        check("hostname:a", "hostname:b", Some("hostname:b"));
        check("", "hostname:b", Some("hostname:b"));
        // Exclusions stay, and so does the text as typed.
        check("x  -hostname:a", "hostname:b", Some("x  -hostname:a hostname:b"));
        check("hostname:a username:u", "hostname:b or hostname:c", Some("username:u (hostname:b or hostname:c)"));
        check("hostname:a", "b", None);
        check("(hostname:a", "hostname:b", None);
        assert_eq!(remove_fields("x start:-1d", &["start", "last_update"]).as_deref(), Some("x"));
    }
}
