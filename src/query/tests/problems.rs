//! The problems of odd and broken queries, and their spans.

use super::*;

/// Checks that the text has one problem of this cause, the text `at` in its span, and a part of its hint.
#[track_caller]
fn check(text: &str, cause: Cause, at: &str, hint: &str) {
    let parsed = parse(text);
    let problems: Vec<_> = parsed.problems.iter().filter(|problem| problem.cause == cause).collect();
    assert_eq!(problems.len(), 1, "{text}: {:?}", parsed.problems);
    let problem = problems[0];
    assert_eq!(&text[problem.span.clone()], at, "{problem:?}");
    let full_hint = problem.hint.as_deref().unwrap_or_default();
    assert!(full_hint.contains(hint), "{full_hint}");
    assert_eq!(parsed.query.is_none(), problem.level == Level::Error, "{problem:?}");
}

#[test]
fn errors_say_where_and_what_to_type() {
    check("a (b", Cause::Parenthesis, "(", "type )");
    check("a b) c", Cause::Parenthesis, ")", "remove it");
    check("cmdline:(a", Cause::Parenthesis, "(", r"\(");
    check("\"a b", Cause::Quote, "\"", "type \"");
    check(r#"path:"c:\x\""#, Cause::Quote, "\\\"", "backslash before the quote");
    check("a () b", Cause::EmptyGroup, "()", "put a term between");
    check("cmdline:( )", Cause::EmptyGroup, "( )", "put a term between");
    check("a and", Cause::Operator, "and", "add a term after it");
    check("and a", Cause::Operator, "and", "add a term before it");
    check("a and and b", Cause::Operator, "and", "before");
    check("a or", Cause::Operator, "or", "after");
    check("OR a", Cause::Operator, "OR", "before");
    check("a or or b", Cause::Operator, "or", "after");
    check("a not", Cause::Operator, "not", "after");
    check("a -", Cause::Operator, "-", "after");
    check("(a or) b", Cause::Operator, "or", "after");
    check("a process_name:", Cause::NoValue, "process_name:", "process_name:svchost.exe");
    check("(start:)", Cause::NoValue, "start:", "start:*");
    check("start:[2021-03-04 TO", Cause::Range, "[2021-03-04", "[a TO b]");
    check("start:[2021-03-04 TO ]", Cause::Range, "[2021-03-04 TO", "[a TO b]");
    check("start:[2021-03-04]", Cause::Range, "[2021-03-04", "[a TO b]");
    check("start:[a TO b", Cause::Range, "[a TO b", "[a TO b]");
    check("start:[ TO b]", Cause::Range, "[ TO", "[a TO b]");
    check("start:[", Cause::Range, "[", "[a TO b]");
    check("[WARN]", Cause::Range, "[WARN", "quote the value");
}

#[test]
fn odd_queries_are_taken_and_commented() {
    check("proces_name:a", Cause::UnknownField, "proces_name", "mean process_name?");
    check("Process_Name:a", Cause::UnknownField, "Process_Name", "mean process_name?");
    check("ip:10.0.0.1", Cause::UnknownField, "ip", "mean ipaddr?");
    check("zzzzzz:1", Cause::UnknownField, "zzzzzz", "quote it");
    check("process_name:*.exe", Cause::LeadingWildcard, "*", "start with the known part");
    check("*exe", Cause::LeadingWildcard, "*", "start with the known part");
    check("cmdline:[a TO b]", Cause::Unordered, "[a TO b]", "cmdline:");
    check("process_name:[a TO b]", Cause::Unordered, "[a TO b]", "wildcard");
    check(
        "process_md5:9e107d9d372bb6826bd81d3542a419d",
        Cause::WrongType,
        "9e107d9d372bb6826bd81d3542a419d",
        "* for unknown digits",
    );
    check("ipaddr:10.0.0", Cause::WrongType, "10.0.0", "ipaddr:");
    check("ipaddr:2001:db8::1", Cause::WrongType, "2001:db8::1", "ipv6addr:2001:db8::1");
    check("netconn_count:many", Cause::WrongType, "many", "netconn_count:[1 TO");
    check("netconn_count:[1 TO many]", Cause::WrongType, "[1 TO many]", "netconn_count");
    check("is_64bit:yes", Cause::WrongType, "yes", "is_64bit:true");
    check("status:open", Cause::WrongType, "open", "Unresolved");
    check("start:yesterday", Cause::WrongType, "yesterday", "start:-24h");
    check("start:-2d", Cause::Misread, "-2d", "start:-48h");
    check("start:2021-03-04T10:00:00", Cause::Misread, "2021-03-04T10:00:00", "start:[2021-03-04T10:00:00 TO *]");
    check(r"path:\boot\a.exe", Cause::Misread, r"\boot\a.exe", r"path:boot\a.exe");
    check("path:\"a*\"", Cause::Misread, "\"a*\"", "path:a*".trim_start_matches("path:"));
    check("a b or c", Cause::Misread, "or", "(a b) or c");
    check("a - b", Cause::Misread, "-", "directly before the term");
    check("process_name: or b", Cause::Misread, "or", "quote it");
    check("process_name: cmdline:b", Cause::Misread, "cmdline:", "before it");
    check("\u{201c}a b\u{201d}", Cause::Misread, "\u{201c}a", "straight quotes");
    check("a\"b\"", Cause::Misread, "\"", r#"\""#);
    check(r"path:c:\x\ process_name:a", Cause::SpaceInValue, r"\ ", "remove the backslash");
}

#[test]
fn a_path_cut_at_its_spaces_is_noticed() {
    check(
        r"path:c:\program files (x86)\windows",
        Cause::SpaceInValue,
        r" files (x86)\windows",
        r#"path:"c:\program files (x86)\windows""#,
    );
    check(r"a path:c:\program files\*", Cause::SpaceInValue, r" files\*", r"path:c:\program\ files\*");
    check(r"c:\program files\x.exe y", Cause::SpaceInValue, r" files\x.exe", r#""c:\program files\x.exe""#);
    for text in [
        r"path:c:\windows\* evil.exe",
        r"path:c:\windows\* path:c:\x\y",
        r"path:c:\windows\* or d:\x",
        r"path:c:\windows\* -d:\x",
        r"path:c:\windows\* c:\x",
        r"(path:c:\windows\*) (cmdline:a\b)",
    ] {
        let problems = parse(text).problems;
        assert!(problems.iter().all(|problem| problem.cause != Cause::SpaceInValue), "{text}: {problems:?}");
    }
}

#[test]
fn good_queries_have_no_problems() {
    for text in [
        "",
        "*",
        "*:*",
        "svchost.exe",
        r"c:\windows",
        "http://example.com/a",
        r"process_name:net.exe cmdline:\\test\blah -username:SYSTEM",
        "(a or b) c",
        "-(a b) or c",
        "start:[2021-03-01 TO 2021-03-31] start:-24h start:2021-03-04",
        "netconn_count:[1 to *] start:[* To *]",
        "alliance_score_virustotal:[10 TO *] watchlist_14:*",
        "digsig_result_modload:Unsigned digsig_result:\"invalid chain\"",
        "ipaddr:10.0.0.0/8 ipv6addr:2001:db8::/32",
        "md5:9e107d9d* process_md5:9e107d9d372bb6826bd81d3542a419d6",
        "is_64bit:TRUE status:\"in progress\" alert_severity:50.625",
        "cmdline:\"-enc\" cmdline:-enc",
        "os_type:Windows",
        r"regmod:registry\machine\system\currentcontrolset\control\deviceclasses\{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}\*",
    ] {
        assert_eq!(parse(text).problems, [], "{text}");
    }
}

#[test]
fn every_sample_and_word_of_the_table_is_good() {
    for index in Index::ALL {
        for field in fields(index) {
            let name = if field.has_placeholder() { format!("{}7", field.stem()) } else { field.name.to_owned() };
            for value in field.allowed_values.iter().chain([&field.sample]) {
                let text = format!("{name}:{value}");
                let problems = parse_for(index, &text).problems;
                assert!(problems.iter().all(|problem| problem.level == Level::Note), "{text}: {problems:?}");
            }
        }
    }
}

#[test]
fn fields_of_other_indexes_are_noticed_when_the_index_is_known() {
    let problems = parse_for(Index::Binary, "cmdline:a").problems;
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].cause, Cause::ForeignField);
    assert_eq!(problems[0].hint.as_deref(), Some("search processes instead"));
    assert_eq!(parse_for(Index::Process, "cmdline:a").problems, []);
    assert_eq!(parse("cmdline:a").problems, []);
}

#[test]
fn servers_refuse_what_the_reference_says_they_refuse() {
    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(server_error(text, Rules::default()), expected, "{text}");
    }
    check("a (b", Some("query_malformed_syntax"));
    check("a) b", Some("query_malformed_syntax"));
    check("\"a", Some("query_malformed_syntax"));
    check("a or", Some("query_malformed_syntax"));
    check("()", Some("query_malformed_syntax"));
    check("start:[a TO", Some("query_syntax_error"));
    check("start:[* to *]", None);
    check("process_name:", Some("query_syntax_error"));
    check("process_name: (", Some("query_malformed_syntax"));
    check("*exe", Some("query_syntax_error"));
    check("colour:red [x", Some("query_syntax_error"));
    check("colour:red", None);
    check("process_md5:1", None);
    check("a b or c", None);
    check("", None);
    let lenient = Rules { refuse_leading_wildcards: false };
    assert_eq!(server_error("*exe", lenient), None);
}

#[test]
fn depth_is_bounded_with_one_clear_error() {
    for text in ["(".repeat(100_000), "-".repeat(100_000), "a:(".repeat(100_000), "cmdline:(".repeat(100_000)] {
        let parsed = parse(&text);
        assert_eq!(parsed.query, None);
        let errors = parsed.problems.iter().filter(|problem| problem.level == Level::Error);
        let causes: Vec<_> = errors.map(|problem| problem.cause).collect();
        assert_eq!(causes, [Cause::Depth]);
    }
    let deep = "(".repeat(90) + "a" + &")".repeat(90);
    assert_eq!(parse(&deep).problems, []);
}

#[test]
fn long_texts_are_read_in_reasonable_time() {
    let seeds = [
        "a ",
        "(",
        ")",
        "\"",
        "-",
        "[",
        "\\",
        "*",
        "start:[",
        "start:[a TO ",
        "x:[\"",
        "nosuch:x ",
        "process_name:a or ",
        "path:c:\\a b ",
        "c:\\a b\\c ",
        "a\\ ",
        "and ",
        "é:",
        ":",
        "foo:",
        "foo:(",
        "path:c:\\a ) ",
        "foo:[a TO [a TO ",
    ];
    for seed in seeds {
        let text = seed.repeat(250_000 / seed.len());
        let started = std::time::Instant::now();
        let parsed = parse(&text);
        assert!(parsed.problems.len() <= 100);
        let _ = highlight(&text);
        let _ = complete(Index::Process, &text, text.len());
        // Anything worse than linear time would take minutes for this.
        assert!(started.elapsed().as_secs() < 20, "{seed}: {:?}", started.elapsed());
    }
}

#[test]
fn a_range_that_ends_before_it_begins_gets_its_ends_swapped() {
    for (text, mended) in [
        ("start:[2026-11-30T00:00:00 TO 2026-11-01T00:00:00]", "start:[2026-11-01T00:00:00 TO 2026-11-30T00:00:00]"),
        ("start:[-1h TO -24h]", "start:[-24h TO -1h]"),
        ("netconn_count:[50 TO 5]", "netconn_count:[5 TO 50]"),
        ("alert_severity:[50.5 TO 40]", "alert_severity:[40 TO 50.5]"),
        ("start:[\"2026-11-30 08:00:00\" TO 2026-11-01]", "start:[2026-11-01 TO \"2026-11-30 08:00:00\"]"),
    ] {
        let problems = parse(text).problems;
        let inverted = problems.iter().find(|problem| problem.message.contains("ends before it begins"));
        let fix = inverted.and_then(|problem| problem.fix.as_ref());
        assert_eq!(fix.map(|fix| fix.apply(text)).as_deref(), Some(mended), "{problems:?}");
    }
    for text in [
        "start:[2026-11-01 TO 2026-11-01]",
        "start:[2026-11-01T10:00:00 TO 2026-11-01]",
        "start:[-24h TO -1h]",
        "start:[-24h TO 2020-01-01]",
        "netconn_count:[5 TO 5]",
        "netconn_count:[5 TO *]",
    ] {
        let problems = parse(text).problems;
        let mut messages = problems.iter().map(|problem| &problem.message);
        assert!(!messages.any(|message| message.contains("ends before")), "{text}");
    }
}
