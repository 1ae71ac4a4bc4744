//! What a fix changes, and what it never breaks.

use proptest::prelude::*;

use super::properties::any_text;
use super::*;

/// Checks the text after its first fix is applied.
#[track_caller]
fn check(text: &str, fixed: &str) {
    let offered = find_fixes(text);
    let first = offered.first().map(|fix| fix.apply(text));
    assert_eq!(first.as_deref(), Some(fixed), "{text}: {offered:?}");
}

/// Checks that the text has no fix.
#[track_caller]
fn check_none(text: &str) {
    assert_eq!(find_fixes(text), [], "{text}");
}

#[test]
fn paths_and_spaces_are_fixed() {
    check(r"path:c:\program files (x86)\windows\a.exe -b", r#"path:"c:\program files (x86)\windows\a.exe" -b"#);
    check(r"path:\boot\a.exe", r"path:boot\a.exe");
    check(r#"filemod:"\temp dir\a""#, r#"filemod:"temp dir\a""#);
    check(r"path:c:\temp\ hostname:a", r"path:c:\temp\* hostname:a");
    check(r"cmdline:c:\temp\ hostname:a", r"cmdline:c:\temp hostname:a");
    check("a\"b\"", "a \"b\"");
    check("\u{201c}foo bar\u{201d} x", "\"foo bar\" x");
    check_none("\u{201c}foo bar");
}

#[test]
fn wildcards_are_fixed() {
    check(r"path:*\temp\a.exe", r"path:temp\a.exe");
    check("process_name:*host.exe", "process_name:host.exe");
    check("*abc*", "abc*");
    check("cmdline:\"foo*\"", "cmdline:foo*");
    check("\"a b*\"", r"a\ b*");
    check_none("cmdline:\"*foo\"");
    check_none("process_name:?*");
}

#[test]
fn ranges_and_times_are_fixed() {
    check("cmdline:[a TO b]", "cmdline:\"[a TO b]\"");
    check("hostname:[a TO a]", "hostname:a");
    check("hostname:[* TO *]", "hostname:*");
    check("start:2021-03-04T10:00:00", "start:[2021-03-04T10:00:00 TO *]");
    check("start:\"2021-03-04 10:00\"", "start:[\"2021-03-04 10:00\" TO *]");
    check("start:-7d", "start:-168h");
    check("start:24h", "start:-24h");
    check_none("start:[24h TO *]");
}

#[test]
fn names_and_values_are_fixed() {
    check("proces_name:a", "process_name:a");
    check("ip:10.0.0.1", "ipaddr:10.0.0.1");
    check("ipaddr:2001:db8::1", "ipv6addr:2001:db8::1");
    check("a ipv6addr: 10.0.0.0/8", "a ipaddr: 10.0.0.0/8");
    check("is_64bit:Yes", "is_64bit:true");
    check_none("ipaddr:(2001:db8::1)");
    check_none("is_64bit:maybe");
}

#[test]
fn broken_skeletons_are_fixed() {
    check("a (b", "a (b)");
    check("a b) c", "a b c");
    check("a \"b c", "a \"b c\"");
    check(r#"path:"c:\x\""#, r"path:c:\x\*");
    check("a () b", "a  b");
    check("a or", "a ");
    check("a and and b", "a and  b");
    check("process_name: ", "process_name:* ");
    // The quote is closed first: a parenthesis after it would be part of the value.
    check("(a \"b", "(a \"b\"");
    check_none("cmdline:()");
}

#[test]
fn a_minus_is_fixed_and_a_negation_is_not() {
    check("a - b", "a -b");
    check("powershell.exe -nop", "powershell.exe \"-nop\"");
    check("powershell -w hidden", "powershell \"-w\" hidden");
    for text in
        ["-system.exe", "-nop", "a -system.exe", "a -b:c", "process_name:a -nop", "a -(nop)", "a not nop", "a \"-nop\""]
    {
        check_none(text);
    }
}

#[test]
fn what_the_server_reads_anyway_stays_the_same_query() {
    for (text, fixed) in [
        ("a b or c", "(a b) or c"),
        ("a or b c or d e", "a or (b c) or (d e)"),
        ("(x or y and z)", "(x or (y and z))"),
        ("cmdline:(a b or c)", "cmdline:((a b) or c)"),
        ("a - b", "a -b"),
        ("a\"b\"", "a \"b\""),
    ] {
        check(text, fixed);
        assert_eq!(parse(fixed).query, parse(text).query, "{text}");
    }
    // A parenthesis after a backslash would be part of the term.
    check_none("a c:\\\nor b");
}

#[test]
fn a_fix_belongs_to_its_place_in_a_stored_query() {
    let pairs = [("q", "a"), ("cb.q.start", "24h")];
    let problems = parse_parameters(pairs).problems;
    let fix = problems[0].fix.as_ref().unwrap();
    assert_eq!(fix.apply(&parameters_text(pairs)), "a start:-24h");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_fix_never_breaks_a_valid_part(text in any_text()) {
        let errors = |text: &str| {
            let problems = parse(text).problems;
            problems.iter().filter(|problem| problem.level == Level::Error).count()
        };
        for fix in find_fixes(&text) {
            let fixed = fix.apply(&text);
            prop_assert!(errors(&fixed) <= errors(&text), "{text:?} to {fixed:?} by {fix:?}");
            prop_assert_ne!(&fixed, &text);
        }
    }

    #[test]
    fn applying_every_fix_comes_to_an_end(text in any_text()) {
        let mut fixed = text.clone();
        let mut steps = 0;
        while let Some(fix) = find_fixes(&fixed).first() {
            fixed = fix.apply(&fixed);
            steps += 1;
            prop_assert!(steps < 200, "{text:?} is now {fixed:?}");
        }
    }
}
