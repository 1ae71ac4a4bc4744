//! Properties of any text and any query.

use proptest::prelude::*;

use super::*;
use crate::query::syntax::expr;

/// Generates text from pieces with a meaning in the language.
pub(super) fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            " ", "  ", "\n", "\t", "(", ")", "\"", "\\", "-", "*", "?", "[", "]", ":", "and", "OR", "not",
            " or ", " TO ", " to ", "a", "é", "{", "process_name:", "start:", "ipaddr:", "path:", "colour:",
            "start:[", "-24h", "2021-03-04", "c:\\", "x.exe", "watchlist_14:", "cmdline:(", "\\ ", "\\\"", "*:*",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

fn any_value() -> impl Strategy<Value = String> + Clone {
    "[a-c\\\\/ .()\"*?é{}\\[\\]:-]{1,12}"
}

fn any_field() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "process_name",
        "path",
        "cmdline",
        "start",
        "digsig_result_parent",
        "watchlist_3",
        "colour",
    ])
    .prop_map(str::to_owned)
}

fn any_bound() -> impl Strategy<Value = Bound> {
    let at = any_value().prop_filter("ends in a backslash", |value| !value.ends_with('\\'));
    prop_oneof![Just(Bound::Open), at.prop_map(Bound::At)]
}

/// Generates clauses that the parser can produce: a bare word is no operator and begins no other kind of clause.
fn any_clause() -> impl Strategy<Value = Expr> {
    let bare = "([a-c.é{}][a-c\\\\/ .()\"*?é{}-]{0,8}|c:\\\\a|\\\\\\\\srv|http://a)";
    let bare_word = bare.prop_filter("means everything", |word| !word.bytes().all(|byte| byte == b'*'));
    let phrase = any_value().prop_filter("ends in a backslash", |value| !value.ends_with('\\'));
    let field_word = any_value().prop_filter("is a range", |word| !word.starts_with('['));
    let field_word = (any_field(), field_word).prop_filter("is no field", |(field, word)| {
        let is_known = field != "colour";
        is_known || !word.starts_with(['\\', '/', ':', ')', '(', '"', ' '])
    });
    let clause = |field, operand| Expr::Clause(Clause { field, operand });
    prop_oneof![
        bare_word.prop_map(move |word| clause(None, Operand::Word(word))),
        phrase.clone().prop_map(move |value| clause(None, Operand::Phrase(value))),
        field_word.prop_map(move |(field, word)| clause(Some(field), Operand::Word(word))),
        (any_field(), phrase).prop_map(move |(field, value)| clause(Some(field), Operand::Phrase(value))),
        (any_field(), any_bound(), any_bound())
            .prop_map(move |(field, a, b)| clause(Some(field), Operand::Range(a, b))),
        (any_bound(), any_bound()).prop_map(move |(a, b)| clause(None, Operand::Range(a, b))),
        Just(Expr::All),
    ]
}

fn any_expr() -> impl Strategy<Value = Expr> {
    any_clause().prop_recursive(5, 40, 4, |inner| {
        let members = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            members.clone().prop_map(Expr::and),
            members.prop_map(Expr::or),
            inner.clone().prop_map(|inner| Expr::Not(Box::new(inner))),
            (any_field(), inner).prop_map(|(field, inner)| Expr::Within(field, Box::new(inner))),
        ]
    })
}

fn any_document() -> impl Strategy<Value = TestDocument> {
    let name = prop::sample::select(vec![
        "process_name",
        "path",
        "cmdline",
        "start",
        "username",
        "domain",
        "regmod",
        "product_name",
        "ipaddr",
        "colour",
    ]);
    let value = prop_oneof![
        any_value().prop_map(|text| FieldValue::Text(text.into())),
        any::<f64>().prop_map(FieldValue::Number),
        any::<bool>().prop_map(FieldValue::Flag),
    ];
    prop::collection::vec((name, value), 0..8).prop_map(TestDocument)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_text_is_read_or_refused_for_a_reason(text in any_text()) {
        let parsed = parse(&text);
        let has_error = parsed.problems.iter().any(|problem| problem.level == Level::Error);
        prop_assert_eq!(parsed.query.is_none(), has_error);
        for problem in &parsed.problems {
            prop_assert!(text.get(problem.span.clone()).is_some(), "{:?}", problem);
            prop_assert!(problem.hint.is_some());
        }
        prop_assert!(parsed.problems.is_sorted_by_key(|problem| problem.span.start));
        for index in Index::ALL {
            prop_assert_eq!(&parse_for(index, &text).query, &parsed.query);
        }
    }

    #[test]
    fn any_text_is_explained(text in any_text()) {
        for index in Index::ALL {
            let lines = explain(index, &text, Timestamp::UNIX_EPOCH);
            prop_assert!(!lines.is_empty() && lines.iter().all(|(label, text)| !label.is_empty() && !text.is_empty()));
        }
    }

    #[test]
    fn every_query_prints_and_reads_back(expr in any_expr()) {
        let query = expr::Query::new(expr);
        let text = query.to_string();
        let parsed = parse(&text);
        prop_assert_eq!(parsed.query.as_ref(), Some(&query), "{:?} {:?}", text, parsed.problems);
    }

    #[test]
    fn canonical_text_is_a_fixed_point(text in any_text()) {
        if let Some(query) = parse(&text).query {
            let canonical = query.to_string();
            let again = parse(&canonical).query;
            prop_assert_eq!(again.as_ref(), Some(&query), "{:?}", canonical);
        }
    }

    #[test]
    fn a_space_at_the_end_changes_nothing(text in any_text()) {
        // After a backslash the space would be part of the value.
        if let Some(query) = parse(&text).query && !text.ends_with('\\') {
            prop_assert_eq!(parse(&format!("{text} ")).query, Some(query));
        }
    }

    #[test]
    fn highlights_are_in_order_and_apart(text in any_text()) {
        let mut last = 0;
        for (span, role) in highlight(&text) {
            prop_assert!(last <= span.start && span.start < span.end, "{:?} {:?}", span, role);
            prop_assert!(text.get(span.clone()).is_some());
            last = span.end;
        }
        let covered: usize = highlight(&text).iter().map(|(span, _)| text[span.clone()].chars().filter(|c| !c.is_whitespace()).count()).sum();
        prop_assert_eq!(covered, text.chars().filter(|c| !c.is_whitespace()).count(), "{:?}", highlight(&text));
    }

    #[test]
    fn completions_fit_the_text(text in any_text(), at in 0_usize..200) {
        if let Some(typing) = typing_at(Index::Process, &text, at) {
            prop_assert!(text.get(typing.span.clone()).is_some());
            prop_assert!(parse(&typing.prefix_query()).query.is_some(), "{:?}", typing);
        }
        for completion in complete(Index::Process, &text, at) {
            prop_assert!(text.get(completion.span.clone()).is_some());
        }
    }

    #[test]
    fn a_quoted_value_is_one_clause_that_means_it(value in any_value()) {
        let text = format!("process_name:{} b", quote(&value));
        let query = parse(&text).query.expect("quoted");
        let Expr::And(members) = query.expr() else { panic!("{query:?}") };
        prop_assert_eq!(members.len(), 2);
        let matcher = Matcher::new(&query, Index::Process, Timestamp::UNIX_EPOCH);
        let document = TestDocument(vec![
            ("process_name", FieldValue::Text(value.clone().into())),
            ("cmdline", FieldValue::Text("b".into())),
        ]);
        prop_assert!(matcher.matches(&document), "{}", text);
    }

    #[test]
    fn narrowing_never_widens(text in any_text(), value in any_value(), document in any_document()) {
        let narrowed = narrow(&text, Polarity::Include, "process_name", &value);
        let Some(old) = parse(&text).query else { return Ok(()) };
        let parsed = parse(&narrowed);
        let new = parsed.query.unwrap_or_else(|| panic!("{narrowed:?} {:?}", parsed.problems));
        let matches = |query| Matcher::new(query, Index::Process, Timestamp::UNIX_EPOCH).matches(&document);
        prop_assert!(!matches(&new) || matches(&old), "{}", narrowed);
        let added = parse(&format!("process_name:{}", quote(&value))).query.expect("quoted");
        prop_assert_eq!(matches(&new), matches(&old) && matches(&added), "{:?}", narrowed);
    }

    #[test]
    fn matching_never_panics_and_negation_is_the_opposite(expr in any_expr(), document in any_document()) {
        let negated = expr::Query::new(Expr::Not(Box::new(expr.clone())));
        let query = expr::Query::new(expr);
        for index in Index::ALL {
            let matches = |query| Matcher::new(query, index, Timestamp::UNIX_EPOCH).matches(&document);
            prop_assert_ne!(matches(&query), matches(&negated));
        }
    }

    #[test]
    fn tokens_are_parts_of_the_value(text in any_text()) {
        for kind in [FieldType::Text, FieldType::Path, FieldType::Cmdline, FieldType::Domain] {
            for token in tokens(kind, &text) {
                // Compared character by character: `str::to_lowercase` writes a sigma at the end of a word differently.
                let lower = |text: &str| -> String { text.chars().flat_map(char::to_lowercase).collect() };
                prop_assert!(lower(&text).contains(&lower(&token)) , "{}", token);
            }
        }
    }
}
