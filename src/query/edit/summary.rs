//! The shape of a query in a few words, and the list of its terms.

use super::super::syntax::expr::{Expr, Query};
use super::super::syntax::print::push_clause;

/// Returns the number of terms of a query and the operators it uses: `2 terms (AND)`.
pub fn summary(query: &Query) -> String {
    let mut counts = SummaryCounts::default();
    counts.count_expr(query.expr());
    let words = [(counts.and, "AND"), (counts.or, "OR"), (counts.not, "NOT")];
    let words: Vec<_> = words.into_iter().filter_map(|(is_used, word)| is_used.then_some(word)).collect();
    let count = match counts.clauses {
        0 => return "everything".to_owned(),
        1 => "1 term".to_owned(),
        many => format!("{many} terms"),
    };
    if words.is_empty() { count } else { format!("{count} ({})", words.join(", ")) }
}

#[derive(Default)]
struct SummaryCounts {
    clauses: usize,
    and: bool,
    or: bool,
    not: bool,
}

impl SummaryCounts {
    fn count_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::All => {}
            Expr::And(members) => {
                self.and = true;
                for member in members {
                    self.count_expr(member);
                }
            }
            Expr::Or(members) => {
                self.or = true;
                for member in members {
                    self.count_expr(member);
                }
            }
            Expr::Not(inner) => {
                self.not = true;
                self.count_expr(inner);
            }
            Expr::Within(_, inner) => self.count_expr(inner),
            Expr::Clause(_) => self.clauses += 1,
        }
    }
}

/// Returns the clauses of a query as printed, in order, the way a server lists them; a directly negated clause has its
/// `-`.
pub fn terms(query: &Query) -> Vec<String> {
    let mut terms = Vec::new();
    collect_terms(query.expr(), None, "", &mut terms);
    terms
}

fn collect_terms(expr: &Expr, within: Option<&str>, minus: &str, terms: &mut Vec<String>) {
    match expr {
        Expr::All => {}
        Expr::And(members) | Expr::Or(members) => {
            for member in members {
                collect_terms(member, within, "", terms);
            }
        }
        Expr::Not(inner) => collect_terms(inner, within, "-", terms),
        Expr::Within(field, inner) => collect_terms(inner, Some(field), minus, terms),
        Expr::Clause(clause) => {
            let mut term = minus.to_owned();
            if let (None, Some(field)) = (&clause.field, within) {
                term.push_str(field);
                term.push(':');
            }
            push_clause(&mut term, clause);
            terms.push(term);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    #[test]
    fn a_query_is_summed_up() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            let query = parse(text).query.expect(text);
            assert_eq!(summary(&query), expected);
        }
        check("", "everything");
        check("*:*", "everything");
        check("a", "1 term");
        check("-a", "1 term (NOT)");
        check(r"process_name:net.exe cmdline:\\test\blah", "2 terms (AND)");
        check("a (b or c) -d", "4 terms (AND, OR, NOT)");
        check("cmdline:(a or b)", "2 terms (OR)");
    }

    #[test]
    fn terms_are_listed_as_printed() {
        #[track_caller]
        fn check(text: &str, expected: &[&str]) {
            let query = parse(text).query.expect(text);
            assert_eq!(terms(&query), expected);
        }
        check(r"process_name:net.exe and cmdline:\\test\blah", &["process_name:net.exe", r"cmdline:\\test\blah"]);
        check(r#"-"a b" cmdline:(x or -y) -(c d)"#, &[r#"-"a b""#, "cmdline:x", "-cmdline:y", "c", "d"]);
        check("start:[* TO 2021-03-04]", &["start:[* TO 2021-03-04]"]);
        check("", &[]);
    }
}
