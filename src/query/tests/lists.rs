//! Lists of indicators in place of a query, and indicators without their field.

use super::*;

const ONE: &str = "9e107d9d372bb6826bd81d3542a419d6";
const OTHER: &str = "e4d909c290d0fb1ca068ffaddf22cbd0";

/// Checks that the text is a list of `n` indicators, and the query that joins them.
#[track_caller]
fn check(index: Index, text: &str, n: usize, joined: Option<&str>) {
    let problems = parse_for(index, text).problems;
    let [list] = &problems[..] else { panic!("{text:?}: {problems:?}") };
    assert_eq!((list.cause, list.level), (Cause::List, Level::Error), "{text:?}");
    assert!(list.message.contains(&format!("a list of {n} indicators")), "{}", list.message);
    let fixed = list.fix.as_ref().map(|fix| fix.apply(text));
    assert_eq!(fixed.as_deref(), joined);
    if let Some(joined) = joined {
        let problems = parse_for(index, joined).problems;
        assert!(problems.iter().all(|problem| problem.level < Level::Error), "{joined}: {problems:?}");
        assert!(matches!(parse(joined).query.unwrap().expr(), Expr::Or(members) if members.len() <= n));
    }
}

/// Checks that the text may be a query.
#[track_caller]
fn check_none(text: &str) {
    let problems = parse_for(Index::Process, text).problems;
    assert!(problems.iter().all(|problem| problem.cause != Cause::List), "{text:?}");
}

#[test]
fn lines_of_indicators_are_a_list_with_any_line_ending() {
    let joined = format!("(md5:{ONE} OR md5:{OTHER})");
    for end in ["\n", "\r\n", "\r", "\n\n", "\u{2028}", "\u{85}"] {
        check(Index::Process, &format!("{ONE}{end}{OTHER}{end}"), 2, Some(&joined));
    }
}

#[test]
fn indicators_of_every_kind_are_joined_by_their_fields() {
    let text = "10.0.0.1\n10.0.0.0/8\n2001:db8::1\nevil.example\nhttps://a.evil.example:8443/x?y=1\nhttp://10.9.8.7/\ninvoice.exe\nc:\\temp\\a b.exe";
    let joined = "(ipaddr:10.0.0.1 OR ipaddr:10.0.0.0/8 OR ipv6addr:\"2001:db8::1\" OR domain:evil.example OR \
                  domain:a.evil.example OR ipaddr:10.9.8.7 OR invoice.exe OR \"c:\\temp\\a b.exe\")";
    check(Index::Process, text, 8, Some(joined));
    let text = "hxxps://cb[.]evil[.]example/a\n10[.]0[.]0[.]1:443\nevil(.)example\nevil[dot]example";
    check(Index::Process, text, 4, Some("(domain:cb.evil.example OR ipaddr:10.0.0.1 OR domain:evil.example)"));
    check(Index::Alert, "evil.example\n10.0.0.1", 2, Some("(ioc_value:evil.example OR ioc_value:10.0.0.1)"));
    check(Index::Report, "evil.example\n10.0.0.1", 2, Some("(domain:evil.example OR ipaddr:10.0.0.1)"));
    // Binaries have no addresses and no server knows SHA-1, but neither may be dropped silently.
    check(Index::Binary, "evil.example\n10.0.0.1", 2, None);
    check(Index::Process, &format!("{ONE}\n{}", "a".repeat(40)), 2, None);
}

#[test]
fn what_stands_around_indicators_is_no_part_of_them() {
    let joined = format!("(md5:{ONE} OR md5:{OTHER})");
    for text in [
        format!("\u{feff}# from ticket 7\n\n{ONE}\n  # and\n{OTHER}\n"),
        format!("- {ONE}\n- {OTHER}"),
        format!("* {ONE}\n\u{2022} {OTHER}"),
        format!("1. {ONE}\n2) {OTHER}"),
        format!("MD5: {ONE}\nmd5:{OTHER}"),
        format!("\"{ONE}\",\n\"{OTHER}\","),
        format!("md5,name\n{ONE},loader\n{OTHER},dropper\n"),
        format!("{ONE} {OTHER}"),
        format!("{ONE},{OTHER}"),
        format!("{ONE}; {OTHER}"),
    ] {
        check(Index::Process, &text, 2, Some(&joined));
    }
}

#[test]
fn a_query_of_several_lines_is_no_list() {
    for text in [
        "process_name:a.exe\n10.0.0.1",
        "process_name:cmd.exe\ncmdline:whoami",
        "(evil.example OR\nother.example)",
        "evil.example OR\nother.example",
        "evil.example\n-other.example",
        "md5:9e107d9d372bb6826bd81d3542a419d6\nipaddr:10.0.0.1",
        "powershell\nhidden\nencoded",
        "net.exe whoami.exe",
        "evil.example other.example",
        "evil.example\nfoo*",
        "10.0.0.1",
        ONE,
        "",
        "# only a comment",
        r"c:\windows\system32\cmd.exe /c whoami",
    ] {
        check_none(text);
    }
}

#[test]
fn a_long_list_is_one_and_offers_no_query_that_servers_refuse() {
    let lines: Vec<String> = (0..10_000).map(|n| format!("{n:032x}")).collect();
    let started = std::time::Instant::now();
    check(Index::Process, &lines.join("\n"), 10_000, None);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

/// Checks the severity of the problem of a bare indicator, and the text after its fix.
#[track_caller]
fn check_bare(index: Index, text: &str, level: Level, fixed: &str) {
    let problems = parse_for(index, text).problems;
    let [bare] = &problems[..] else { panic!("{text:?}: {problems:?}") };
    assert_eq!(bare.level, level, "{bare:?}");
    assert_eq!(bare.fix.as_ref().unwrap().apply(text), fixed);
    assert!(bare.hint.as_ref().unwrap().starts_with("write "), "{bare:?}");
    assert!(parse_for(index, fixed).problems.iter().all(|problem| problem.level == Level::Note), "{fixed}");
}

#[test]
fn an_indicator_without_its_field_gets_the_hint_of_it() {
    use Level::{Note, Warning};
    check_bare(Index::Process, ONE, Note, &format!("md5:{ONE}"));
    check_bare(Index::Process, "10.0.0.1", Warning, "ipaddr:10.0.0.1");
    check_bare(Index::Process, "10.0.0.1:443", Warning, "ipaddr:10.0.0.1");
    check_bare(Index::Process, "10[.]0[.]0[.]1", Warning, "ipaddr:10.0.0.1");
    check_bare(Index::Process, "10.0.0.0/8", Warning, "ipaddr:10.0.0.0/8");
    check_bare(Index::Process, "2001:db8::1", Warning, "ipv6addr:\"2001:db8::1\"");
    check_bare(Index::Process, "-10.0.0.1", Warning, "-ipaddr:10.0.0.1");
    check_bare(Index::Process, "(cmd.exe 10.0.0.1)", Warning, "(cmd.exe ipaddr:10.0.0.1)");
    check_bare(Index::Process, "https://evil.example/a", Note, "domain:evil.example");
    check_bare(Index::Process, "hxxps://evil[.]example/a", Note, "domain:evil.example");
    check_bare(Index::Process, "evil[.]example", Note, "domain:evil.example");
    check_bare(Index::Binary, ONE, Note, &format!("md5:{ONE}"));
    check_bare(Index::Alert, "10.0.0.1", Warning, "ioc_value:10.0.0.1");
    check_bare(Index::Report, "10.0.0.1", Warning, "ipaddr:10.0.0.1");
    for text in ["evil.example", "cmdline:10.0.0.1", "cmdline:(10.0.0.1)", "\"10.0.0.1\"", "1.5"] {
        assert_eq!(parse_for(Index::Process, text).problems, [], "{text}");
    }
}

#[test]
fn a_defanged_value_is_not_found_as_it_is_written() {
    for (text, fixed) in [
        ("domain:evil[.]example", "domain:evil.example"),
        ("ipaddr:10[.]0[.]0[.]1", "ipaddr:10.0.0.1"),
        ("cmdline:hxxp://a[.]example/x", "cmdline:\"http://a.example/x\""),
    ] {
        let problems = parse_for(Index::Process, text).problems;
        let fixed_by: Vec<_> = problems.iter().filter_map(|problem| Some(problem.fix.as_ref()?.apply(text))).collect();
        assert!(fixed_by.contains(&fixed.to_owned()), "{text}: {problems:?}");
        assert_eq!(parse_for(Index::Process, fixed).problems, [], "{fixed}");
    }
}
