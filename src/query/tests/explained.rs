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
            "all of | these 4",
            "  process_name | is `a.exe` as a whole",
            "  any of | these 2",
            "    path | ends in `b`, from any directory on",
            "    not process_name | is `c` as a whole",
            "  none of | these 2",
            "    hostname | is `d` as a whole",
            "    hostname | is `e` as a whole",
            "  not all of | these 2",
            "    hostname | is `f` as a whole",
            "    hostname | is `g` as a whole",
        ],
    );
    check("-(-hostname:a)", &["not | what follows", "  not hostname | is `a` as a whole"]);
    check(
        "hostname:(a or b*)",
        &["any of | these 2", "  hostname | is `a` as a whole", "  hostname | is like `b*` as a whole"],
    );
}

#[test]
fn values_are_explained_by_their_tokens() {
    for (text, expected) in [
        (r"cmdline:\\test\blah", "cmdline | has these tokens in a row: `test` `blah`"),
        (
            "cmdline:/tmp/x",
            "cmdline | has these tokens in a row: `/tmp` `x`; or, at its beginning, has these tokens in a row: `tmp` `x`",
        ),
        ("cmdline:-ENC", "cmdline | has `-enc` among its tokens"),
        (
            "product_name:\"Visual Studio\"",
            "product_name | has these words in a row: `visual` `studio`, of its executable",
        ),
        ("digsig_result_modload:Unsigned", "digsig_result_modload | is `Unsigned` as a whole, of a module it loaded"),
        (r"path:c:\windows\*", r"path | is like `c:\windows\*` from any directory to its end"),
        (r"path:\boot", "path | nothing, for paths are stored without the slash they begin with"),
        ("username:mlopez", "username | is `mlopez`, or ends in it after a backslash"),
        ("domain:com", "domain | has `com` as one of its labels"),
        ("domain:.com", "domain | ends in `com` after another label"),
        ("domain:a.com", "domain | is `a.com` as a whole"),
        ("ipaddr:10.0.0.0/8", "ipaddr | is in the network 10.0.0.0/8"),
        ("ipaddr:here", "ipaddr | nothing, for `here` is not an IPv4 address or network"),
        ("netconn_count:[1 TO *]", "netconn_count | is 1 or more"),
        ("netconn_count:[1 TO 5]", "netconn_count | is from 1 to 5, both included"),
        ("watchlist_14:*", "watchlist_14 | has any value"),
        ("colour:[a TO b]", "colour | nothing, for there is no such field"),
    ] {
        check(text, &[expected]);
    }
}

#[test]
fn times_are_explained_as_moments() {
    for (text, expected) in [
        ("start:-24h", "is from 2021-03-03 12:00:00Z to 2021-03-04 12:00:00Z"),
        ("start:2021-03-04", "is from 2021-03-04 00:00:00Z to 2021-03-04 23:59:59Z"),
        ("start:2021-03-04T10:00:00", "is from 2021-03-04 10:00:00Z to 2021-03-05 09:59:59Z, the 24 hours after it"),
        ("start:[-2h TO *]", "is 2021-03-04 10:00:00Z or later"),
        ("start:[* TO 2021-03-01]", "is 2021-03-01 23:59:59Z or earlier"),
        ("start:soon", "nothing, for `soon` is not a time"),
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
            "any field | `locky` in one of 5",
            "  or | has `locky` among its words: description, feed_category, tags",
            "  or | has `locky` as one of its labels: domain",
            "  or | is `locky` as a whole: feed_name",
        ],
    );
    // The name of an unknown field is part of the text.
    let lines = explain(Index::Process, "-colour:red", Timestamp::UNIX_EPOCH);
    assert!(lines[1].0 == "not any field" && lines[1].1.starts_with("`colour:red` in one of "));
    let lines = explain(Index::Process, "[1 TO 2]", Timestamp::UNIX_EPOCH);
    assert_eq!(lines[1].1, "a range in one of 25");
    assert_eq!(lines.len(), 3, "{lines:?}");
}

#[test]
fn an_invalid_query_is_explained_by_its_errors() {
    check("", &["finds | all processes"]);
    check_for(Index::Binary, "*:*", &["finds | all binaries"]);
    check("a (b", &["error | this parenthesis is never closed"]);
    check("hostname:a or *:*", &["any of | these 2", "  hostname | is `a` as a whole", "  anything | whatever it is"]);
}
