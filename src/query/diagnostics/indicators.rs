//! Indicators in place of a query, or of a term with a field.

use std::ops::Range;

use super::super::fields::Index;
use super::super::ioc::{Ioc, IocKind, parse_list};
use super::super::syntax::quote::or_conditions;
use super::collector::Diagnostics;
use super::problem::{Cause, Fix, Problem};
use crate::text;

/// Returns the message for a text that is a list of indicators; `None` if it may be a query.
pub fn list_message(text: &str) -> Option<String> {
    let n = text::pluralize(parse_list(text)?.len(), "indicator", "indicators");
    Some(format!("This is a list of {n}, not a query"))
}

/// Returns the problem of a list of indicators in place of a query of `index`, with a fix that joins them by `OR`.
pub(in crate::query) fn list_problem(index: Index, text: &str) -> Option<Problem> {
    /// The index of a server may limit a query to 1,024 terms.
    const MAX_INDICATORS: usize = 500;
    let iocs = parse_list(text)?;
    let mut terms: Vec<String> = Vec::new();
    let are_terms = iocs.len() <= MAX_INDICATORS
        && iocs.iter().all(|ioc| {
            let term = ioc.query_term(index);
            terms.extend(term.clone().filter(|term| !terms.contains(term)));
            term.is_some()
        });
    let fix = are_terms.then(|| Fix {
        span: 0..text.len(),
        message: "search for any of them".to_owned(),
        replacement: or_conditions(&terms),
    });
    Some(Problem {
        level: Cause::List.level(),
        cause: Cause::List,
        span: 0..text.len(),
        message: list_message(text)?,
        hint: Some(
            "as a query it matches only what has all of them: join them with OR in parentheses, or search for each one"
                .to_owned(),
        ),
        fix,
    })
}

/// Warns of an indicator without its field; bare terms do not search network connections, for example.
pub(in crate::query) fn warn_bare_indicator(diagnostics: &mut Diagnostics<'_>, word: &str, span: &Range<usize>) {
    let Some(index) = diagnostics.index.filter(|_| diagnostics.accepts_warnings()) else {
        return;
    };
    let Some(ioc) = Ioc::parse(word) else { return };
    let Some(term) = ioc.query_term(index).filter(|term| term.contains(':')) else {
        return;
    };
    let is_only_term = diagnostics.text.trim() == &diagnostics.text[span.clone()];
    let noun = ioc.describe();
    let (cause, message) = match ioc.kind {
        IocKind::Md5 | IocKind::Sha256 => {
            (Cause::Bare, format!("{noun} without a field is searched in every text field"))
        }
        IocKind::Ipv4 | IocKind::Ipv6 => {
            (Cause::Misread, format!("{noun} without a field is searched as text, not in connections"))
        }
        IocKind::Url if is_only_term => (Cause::Bare, "A URL is searched as text in command lines".to_owned()),
        _ if word != ioc.value && is_only_term => {
            (Cause::Bare, format!("{noun} that is defanged is searched as written"))
        }
        _ => return,
    };
    let fix = diagnostics.replacement_fix(span.clone(), format!("write {term}"), term.as_str());
    diagnostics.add_problem(cause, span.clone(), message, format!("write {term}")).add_fix(fix);
}
