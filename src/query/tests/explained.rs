//! Explanations of queries.

use super::*;

/// Checks the lines after the first, with label and text separated by a bar.
#[track_caller]
fn check_for(index: Index, text: &str, expected: &[&str]) {
    let lines = explain(index, text, time("2021-03-04T12:00:00Z"));
    let lines: Vec<_> =
        lines.iter().filter(|(label, _)| label != "reads").map(|(label, text)| format!("{label} | {text}")).collect();
    assert_eq!(lines, expected, "{text}");
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    check_for(Index::Process, text, expected);
}

#[test]
fn groups_are_explained_with_the_parentheses_the_server_adds() {
    let lines = explain(Index::Process, "a:b or c d -(e f)", Timestamp::UNIX_EPOCH);
    assert_eq!(lines[0].0, "reads");
    assert_eq!(lines[0].1, "a:b OR (c d -(e f))");
    check(
        "process_name:a.exe (path:b or -process_name:c) -(hostname:d or hostname:e) -(hostname:f hostname:g)",
        &[
            "all of | (4)",
            "  process_name | equals `a.exe`",
            "  any of | (2)",
            "    path | ends with `b`, from any directory",
            "    not process_name | equals `c`",
            "  none of | (2)",
            "    hostname | equals `d`",
            "    hostname | equals `e`",
            "  not all of | (2)",
            "    hostname | equals `f`",
            "    hostname | equals `g`",
        ],
    );
    check("-(-hostname:a)", &["not | the following", "  not hostname | equals `a`"]);
    check("hostname:(a or b*)", &["any of | (2)", "  hostname | equals `a`", "  hostname | matches `b*`"]);
}

#[test]
fn values_are_explained_by_their_tokens() {
    for (text, expected) in [
        (r"cmdline:\\test\blah", "cmdline | contains tokens `test` `blah` in a row"),
        (
            "cmdline:/tmp/x",
            "cmdline | contains tokens `/tmp` `x` in a row; or, at its start, contains tokens `tmp` `x` in a row",
        ),
        ("cmdline:-ENC", "cmdline | contains token `-enc`"),
        (
            "product_name:\"Visual Studio\"",
            "product_name | contains words `visual` `studio` in a row (of its executable)",
        ),
        ("digsig_result_modload:Unsigned", "digsig_result_modload | equals `Unsigned` (of a loaded module)"),
        (r"path:c:\windows\*", r"path | matches `c:\windows\*`, from any directory to the end"),
        (r"path:\boot", "path | no match: paths are stored without a leading slash"),
        ("username:mlopez", "username | equals `mlopez`, with or without a domain"),
        ("domain:com", "domain | contains label `com`"),
        ("domain:.com", "domain | ends with `com`, after another label"),
        ("domain:a.com", "domain | equals `a.com`"),
        ("ipaddr:10.0.0.0/8", "ipaddr | in network 10.0.0.0/8"),
        ("ipaddr:here", "ipaddr | no match: `here` is not an IPv4 address or CIDR"),
        ("netconn_count:[1 TO *]", "netconn_count | 1 or more"),
        ("netconn_count:[1 TO 5]", "netconn_count | from 1 to 5"),
        ("watchlist_14:*", "watchlist_14 | any value"),
        ("colour:[a TO b]", "colour | no match: unknown field"),
    ] {
        check(text, &[expected]);
    }
}

#[test]
fn times_are_explained_as_moments() {
    for (text, expected) in [
        ("start:-24h", "from 2021-03-03 12:00:00Z to 2021-03-04 12:00:00Z"),
        ("start:2021-03-04", "from 2021-03-04 00:00:00Z to 2021-03-04 23:59:59Z"),
        ("start:2021-03-04T10:00:00", "from 2021-03-04 10:00:00Z to 2021-03-05 09:59:59Z (24 hours)"),
        ("start:[-2h TO *]", "2021-03-04 10:00:00Z or later"),
        ("start:[* TO 2021-03-01]", "2021-03-01 23:59:59Z or earlier"),
        ("start:soon", "no match: `soon` is not a time"),
    ] {
        check(text, &[&format!("start | {expected}")]);
    }
}

#[test]
fn a_bare_word_is_explained_with_the_fields_it_searches() {
    check_for(
        Index::Report,
        "locky",
        &[
            "any field | `locky` in one of 5 fields",
            "  or | contains word `locky`: description, feed_category, tags",
            "  or | contains label `locky`: domain",
            "  or | equals `locky`: feed_name",
        ],
    );
    // The name of an unknown field is part of the text.
    let lines = explain(Index::Process, "-colour:red", Timestamp::UNIX_EPOCH);
    assert!(lines[1].0 == "not any field" && lines[1].1.starts_with("`colour:red` in one of "));
    let lines = explain(Index::Process, "[1 TO 2]", Timestamp::UNIX_EPOCH);
    assert_eq!(lines[1].1, "a range in one of 25 fields");
    assert_eq!(lines.len(), 3, "{lines:?}");
}

#[test]
fn an_invalid_query_is_explained_by_its_errors() {
    check("", &["finds | all processes"]);
    check_for(Index::Binary, "*:*", &["finds | all binaries"]);
    check("a (b", &["error | Unclosed ("]);
    check("hostname:a or *:*", &["any of | (2)", "  hostname | equals `a`", "  anything | matches everything"]);
}
