//! Single values as text, and queries narrowed by one more value.

use super::expr::Expr;
use super::parser::parse;
use super::print::{close, phrase, push_escaped, space};
use super::scan::{field_name, operator_len};

/// Whether a term is wanted or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sense {
    /// Only what matches it.
    Include,
    /// Only what does not.
    Exclude,
}

/// The value written so that it stands for itself after `field:`: as it is, or in quotes.
///
/// A value that ends in a backslash cannot stand in quotes, and alone the backslash would swallow the space after it:
/// it is written with `?` for that last character. Tabs, line
/// breaks and a bracket at the beginning have no spelling outside quotes and become `?` there too.
pub fn quote(value: &str) -> String {
    if let Some(value) = value.strip_suffix('\\') {
        let mut out = String::new();
        for char in value.chars() {
            match char {
                ' ' => push_escaped(&mut out, char),
                char if char.is_whitespace() => out.push('?'),
                '[' if out.is_empty() => out.push('?'),
                char => push_escaped(&mut out, char),
            }
        }
        out.push('?');
        return out;
    }
    let is_plain = !value.is_empty()
        && !value.starts_with(['-', '['])
        && !value.contains(['*', '?', '"', '(', ')'])
        && !value.contains(char::is_whitespace)
        && operator_len(value) == 0
        && field_name(value).is_none_or(|name| name.len() == 1);
    if is_plain {
        value.to_owned()
    } else {
        phrase(value)
    }
}

/// The text of a query with one more condition: that `field` is, or is not, exactly `value`.
/// What is there already stays as typed; a condition that is there already is not added again.
pub fn narrow(text: &str, sense: Sense, field: &str, value: &str) -> String {
    let minus = match sense {
        Sense::Include => "",
        Sense::Exclude => "-",
    };
    let condition = format!("{minus}{field}:{}", quote(value));
    let old = parse(text).query;
    let new = parse(&condition).query;
    let mut out = text.trim_start().to_owned();
    match (old, new) {
        (Some(old), _) if old.is_empty() => return condition,
        (Some(old), Some(new)) if has_member(old.expr(), new.expr()) => return text.to_owned(),
        (Some(old), _) if matches!(old.expr(), Expr::Or(_)) => {
            out.insert(0, '(');
            close(&mut out);
        }
        _ => {}
    }
    // A space after a backslash is no gap but a part of the last term.
    if !out.ends_with(char::is_whitespace) || out.ends_with("\\ ") {
        space(&mut out);
    }
    out + &condition
}

fn has_member(expr: &Expr, member: &Expr) -> bool {
    match expr {
        Expr::And(members) => members.contains(member),
        other => other == member,
    }
}

/// A value that has wildcards or ends in a backslash as a word with escapes, any other as [`quote`] writes it.
pub(super) fn spell(value: &str) -> String {
    if !value.contains(['*', '?']) && !value.ends_with('\\') {
        return quote(value);
    }
    let mut out = String::new();
    value.chars().for_each(|char| push_escaped(&mut out, char));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn check_narrow(text: &str, sense: Sense, value: &str, expected: &str) {
        let narrowed = narrow(text, sense, "process_name", value);
        assert_eq!(narrowed, expected);
    }

    #[test]
    fn a_query_is_narrowed_and_keeps_its_meaning() {
        use Sense::{Exclude, Include};
        check_narrow("", Include, "a.exe", "process_name:a.exe");
        check_narrow(" *:* ", Exclude, "a.exe", "-process_name:a.exe");
        check_narrow("x", Exclude, "a b", r#"x -process_name:"a b""#);
        check_narrow("x or y", Include, "a", "(x or y) process_name:a");
        check_narrow("(x or y)", Include, "a", "((x or y)) process_name:a");
        check_narrow(r"c:\x\", Include, "a", "c:\\x\\\nprocess_name:a");
        check_narrow(
            r"x or c:\x\",
            Include,
            "a",
            "(x or c:\\x\\\n) process_name:a",
        );
        check_narrow("x process_name:a", Include, "a", "x process_name:a");
        check_narrow(
            "x process_name:\"a b\"",
            Include,
            "a b",
            "x process_name:\"a b\"",
        );
        check_narrow(
            "x process_name:a",
            Exclude,
            "a",
            "x process_name:a -process_name:a",
        );
        check_narrow("(x", Include, "a", "(x process_name:a");
    }
}
