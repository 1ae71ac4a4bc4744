//! Printing a query in its canonical form.

use super::expr::{Bound, Clause, Expr, Operand, Query};
use super::scan::{ESCAPABLE, scan_word};
use crate::text;

/// Returns the canonical text of a query: operators in upper case, no redundant parentheses, and a space for `and`. An
/// `and` inside an `OR` gets parentheses, because its precedence there is not documented.
pub(in crate::query) fn print_query(query: &Query) -> String {
    let mut out = String::new();
    if !query.is_empty() {
        push_expr(&mut out, query.expr());
    }
    out
}

impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&print_query(self))
    }
}

fn push_expr(out: &mut String, expr: &Expr) {
    match expr {
        Expr::All => out.push_str("*:*"),
        Expr::And(members) => {
            for (at, member) in members.iter().enumerate() {
                if at > 0 {
                    push_space(out);
                }
                push_member(out, member);
            }
        }
        Expr::Or(members) => {
            for (at, member) in members.iter().enumerate() {
                if at > 0 {
                    push_space(out);
                    out.push_str("OR ");
                }
                push_member(out, member);
            }
        }
        Expr::Not(inner) => {
            out.push('-');
            push_member(out, inner);
        }
        Expr::Within(field, inner) => {
            out.push_str(field);
            out.push_str(":(");
            push_expr(out, inner);
            push_close(out);
        }
        Expr::Clause(clause) => push_clause(out, clause),
    }
}

fn push_member(out: &mut String, expr: &Expr) {
    match expr {
        Expr::And(_) | Expr::Or(_) => {
            out.push('(');
            push_expr(out, expr);
            push_close(out);
        }
        Expr::All | Expr::Not(_) | Expr::Within(..) | Expr::Clause(_) => push_expr(out, expr),
    }
}

/// Appends a term.
pub(in crate::query) fn push_clause(out: &mut String, clause: &Clause) {
    if let Some(field) = &clause.field {
        out.push_str(field);
        out.push(':');
    }
    match &clause.operand {
        Operand::Word(word) => word.chars().for_each(|char| push_escaped(out, char)),
        Operand::Phrase(value) => out.push_str(&quote_phrase(value)),
        Operand::Range(lower, upper) => {
            out.push('[');
            push_bound(out, lower);
            push_space(out);
            out.push_str("TO ");
            push_bound(out, upper);
            out.push(']');
        }
    }
}

fn push_bound(out: &mut String, bound: &Bound) {
    match bound {
        Bound::Open => out.push('*'),
        Bound::At(value) => {
            // A bound that would not be read back unchanged must be quoted.
            let (word, len) = scan_word(value, &[']']);
            if value.is_empty() || value == "*" || len < value.len() || word != *value {
                out.push_str(&quote_phrase(value));
            } else {
                out.push_str(value);
            }
        }
    }
}

/// Puts the text of a query on one line: line breaks become spaces, except after a backslash, where a space would be
/// part of the term.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text::lines(text).map(str::trim).filter(|line| !line.is_empty()) {
        if !out.is_empty() {
            push_space(&mut out);
        }
        out.push_str(line);
    }
    out
}

/// Appends a space between two terms. After a backslash it is a line break, because a space would be part of the term.
pub(in crate::query) fn push_space(out: &mut String) {
    out.push(if out.ends_with('\\') { '\n' } else { ' ' });
}

/// Appends a closing parenthesis. After a backslash a line break comes before it, or it would be part of the term.
pub(in crate::query) fn push_close(out: &mut String) {
    if out.ends_with('\\') {
        out.push('\n');
    }
    out.push(')');
}

/// Appends a character of a word, escaped if necessary.
pub(in crate::query) fn push_escaped(out: &mut String, char: char) {
    if ESCAPABLE.contains(&char) {
        out.push('\\');
    }
    out.push(char);
}

/// Returns `value` in quotes; it must not end in a backslash.
pub(in crate::query) fn quote_phrase(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    let mut last = '"';
    for char in value.chars() {
        // After a backslash even a space must be escaped, or the backslash before it would be its escape.
        if char == '"' || (last == '\\' && ESCAPABLE.contains(&char)) {
            out.push('\\');
        }
        out.push(char);
        last = char;
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::one_line;
    use crate::query::parse;

    #[test]
    fn a_query_of_several_lines_means_the_same_on_one() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(one_line(text), expected);
            assert_eq!(parse(expected).query, parse(text).query);
        }
        check("a\r\nb\rc\n\n  d\n", "a b c d");
        check("path:c:\\windows\\\ncmdline:x", "path:c:\\windows\\\ncmdline:x");
        check("(a\nOR b)", "(a OR b)");
    }

    #[test]
    fn canonical_text_is_plain() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            let query = parse(text).query.expect(text);
            assert_eq!(query.to_string(), expected);
        }
        check("  a  AND  (b) ", "a b");
        check("a b or c", "(a b) OR c");
        check("a (b (c or d))", "a b (c OR d)");
        check("not a Or not(b c)", "-a OR -(b c)");
        check("*:*", "");
        check("a *", "a *:*");
        check("cmdline: ( a or * )", "cmdline:(a OR *)");
        check("product_name: \"visual studio\"", r#"product_name:"visual studio""#);
        check(r"path:c:\program\ files\ \(x86\)\windows", r"path:c:\program\ files\ \(x86\)\windows");
        check("path:c:\\windows\\\n(x)", "path:c:\\windows\\\nx");
        check("(a b\\\t) or c", "(a b\\\n) OR c");
        check("start:[ \"2021-03-04\" to * ]", "start:[2021-03-04 TO *]");
    }
}
