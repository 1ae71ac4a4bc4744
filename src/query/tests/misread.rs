//! Queries that the server reads differently than they look, and good ones that are only unusual.

use super::*;

/// Checks that `text` has a problem at `at`, and that its fix gives `fixed`, which has no problem any more.
#[track_caller]
fn check(text: &str, at: &str, fixed: &str) {
    let problems = parse_for(Index::Process, text).problems;
    let problem = problems.iter().find(|problem| {
        problem.level > Level::Note
            && &text[problem.span.clone()] == at
            && problem.fix.as_ref().is_some_and(|fix| fix.apply(text) == fixed)
    });
    assert!(problem.is_some(), "{text}: {problems:#?}");
    let after = parse_for(Index::Process, fixed).problems;
    let after: Vec<_> = after.iter().filter(|problem| problem.level > Level::Note).collect();
    assert!(after.is_empty(), "{fixed}: {after:#?}");
}

/// Checks that `text` has a problem without a fix at `at`.
#[track_caller]
fn check_no_fix(text: &str, at: &str) {
    let problems = parse_for(Index::Process, text).problems;
    let problem = problems.iter().find(|problem| problem.level > Level::Note && &text[problem.span.clone()] == at);
    assert!(problem.is_some_and(|problem| problem.fix.is_none()), "{text}: {problems:#?}");
}

/// Checks that `text` has no errors or warnings.
#[track_caller]
fn check_good(text: &str) {
    let problems = parse_for(Index::Process, text).problems;
    assert!(problems.iter().all(|problem| problem.level == Level::Note), "{text}: {problems:#?}");
}

#[test]
fn a_backslash_that_keeps_a_quote_from_closing_is_marked_wherever_the_value_ends_then() {
    check(r#"path:"c:\windows\system32\""#, r#"\""#, r"path:c:\windows\system32\*");
    check(r#"path:"c:\program files\" process_name:a.exe"#, r#"\""#, r"path:c:\program\ files\* process_name:a.exe");
    check(r#"path:"c:\windows\" cmdline:"a b""#, r#"\""#, r#"path:c:\windows\* cmdline:"a b""#);
    check(r#"cmdline:"c:\windows\""#, r#"\""#, r#"cmdline:"c:\windows""#);
    check(r#"-cmdline:"c:\windows\" cmdline:"a b""#, r#"\""#, r#"-cmdline:"c:\windows" cmdline:"a b""#);
    check(r#"(cmdline:"c:\x\") a"#, r#"\""#, r#"(cmdline:"c:\x") a"#);
    check(r#"cmdline:"c:\\windows\\" a"#, r#"\""#, r#"cmdline:"c:\\windows" a"#);
    // With two backslashes all quotes are closed, but the query still means something else.
    let text = r#"cmdline:"c:\a\" cmdline:"c:\b\" x""#;
    let problems = parse_for(Index::Process, text).problems;
    assert!(problems.iter().any(|problem| &text[problem.span.clone()] == r#"\""#), "{problems:#?}");
    for good in [
        r#"cmdline:"\"c:\program files \(x86\)\google\update\googleupdate.exe\" /svc""#,
        r#"cmdline:"say \"a b\" c""#,
        r#"cmdline:"say \"a b\"""#,
        r#"cmdline:"a=\"b c\" d""#,
        r#"path:"c:\program files\a.exe""#,
    ] {
        check_good(good);
    }
}

#[test]
fn alternatives_of_negations_leave_out_nothing() {
    check("-path:a OR -path:b", "OR", "-path:a -path:b");
    // In a group this takes two fixes, because the first leaves a group of negations only.
    let text = "x (-cmdline:a or -cmdline:b or -cmdline:c)";
    let fixed = find_fixes(text)[0].apply(text);
    assert_eq!(fixed, "x (-cmdline:a -cmdline:b -cmdline:c)");
    check(&fixed, "(-cmdline:a -cmdline:b -cmdline:c)", "x -cmdline:a -cmdline:b -cmdline:c");
    check("NOT a OR NOT b", "OR", "NOT a NOT b");
    check_no_fix("x or -a or -b", "or");
    for good in ["a OR -b", "-(a OR b)", "-a -b", "a (b OR c)"] {
        check_good(good);
    }
}

#[test]
fn a_group_of_negations_alone_finds_nothing_on_some_servers() {
    check("a (-(cmdline:x))", "(-(cmdline:x))", "a -(cmdline:x)");
    check("cmdline:a AND (-b -c)", "(-b -c)", "cmdline:a AND -b -c");
    check("a (not b)", "(not b)", "a not b");
    check("cmdline:(-a -b) x", "(-a -b)", "-cmdline:(a OR b) x");
    check("cmdline:(-a)", "(-a)", "-cmdline:(a)");
    check_no_fix("-(-a -b)", "(-a -b)");
    // Next to OR they form such a group with or without parentheses; neither is fixed into the other.
    check_no_fix("a or (-b -c)", "(-b -c)");
    check_no_fix("(-b -c) OR a", "(-b -c)");
    check_no_fix("a or -b -c", "or");
    check_no_fix("(-b -c or a) x", "or");
    check("a or (-b)", "(-b)", "a or -b");
    check_good("a or -(b OR c)");
    for good in ["-(a b)", "(a -system.exe)", "-a", "-a -b", "(a OR -b)", "-cmdline:(a OR b)"] {
        check_good(good);
    }
}

#[test]
fn operators_of_other_products_are_words_here() {
    check("process_name:cmd.exe|powershell.exe", "cmd.exe|powershell.exe", "process_name:(cmd.exe OR powershell.exe)");
    check("cmd.exe|powershell.exe", "cmd.exe|powershell.exe", "(cmd.exe OR powershell.exe)");
    check(r"path:c:\a\ b|x", r"c:\a\ b|x", r#"path:("c:\a b" OR x)"#);
    check("a || b", "||", "a OR b");
    check("a && b", "&&", "a AND b");
    check("!process_name:a.exe", "!", "-process_name:a.exe");
    check("+process_name:a.exe", "+", "process_name:a.exe");
    check("process_name=cmd.exe", "process_name=", "process_name:cmd.exe");
    check("process_name==cmd.exe", "process_name==", "process_name:cmd.exe");
    check("a process_name!=cmd.exe", "process_name!=", "a -process_name:cmd.exe");
    check("netconn_count:>5", ">5", "netconn_count:[6 TO *]");
    check("netconn_count:>=5", ">=5", "netconn_count:[5 TO *]");
    check("netconn_count:<5", "<5", "netconn_count:[* TO 4]");
    check_no_fix("cmdline:(x|-y*)", "x|-y*");
    for good in ["cmdline:\"a | b\"", "cmdline:\"whoami|findstr\"", "cmdline:a=b", "cmdline:\"start= auto\""] {
        check_good(good);
    }
}

#[test]
fn escapes_of_other_products_are_backslashes_here() {
    check(r"cmdline:\-enc", r"\-enc", r#"cmdline:"-enc""#);
    check(r"process_name:cmd\.exe", r"cmd\.exe", "process_name:cmd.exe");
    check(r"cmdline:http\:\/\/evil", r"http\:\/\/evil", r#"cmdline:"http://evil""#);
    check(r#"cmdline:"foo\-bar baz""#, r#""foo\-bar baz""#, r#"cmdline:"foo-bar baz""#);
    check(
        r"path:c:\\windows\\system32\\cmd.exe",
        r"c:\\windows\\system32\\cmd.exe",
        r"path:c:\windows\system32\cmd.exe",
    );
    check(r"username:CORP\\mlopez", r"CORP\\mlopez", r"username:CORP\mlopez");
    for good in [
        r"path:c:\windows\*",
        r"path:users\*\.ssh\*",
        r"path:c:\$recycle.bin\*",
        r"filemod:temp\~df*",
        r"regmod:software\classes\clsid\{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}\*",
        r"cmdline:\\test\blah",
        r"cmdline:c:\\windows\\system32",
        r"cmdline:\(x86\)",
        r"username:CORP\mlopez",
        r"\\server\share\a.exe",
        r"c:\.git\config",
    ] {
        check_good(good);
    }
}

#[test]
fn quotes_within_a_value_are_escaped_by_the_fix() {
    check(r#"cmdline:"a "b" c""#, "\"", r#"cmdline:"a \"b\" c""#);
    check(r#"cmdline:"a"b"#, "\"", r#"cmdline:"a" b"#);
    for good in [r#"cmdline:"a" "b""#, r#"(cmdline:"a")"#, r#"cmdline:("a" OR "b")"#] {
        check_good(good);
    }
}

#[test]
fn what_is_only_unusual_is_not_called_wrong() {
    for text in [
        "netconn_count:[1 to *]",
        "process_pid:4242",
        "process_name:*net.exe",
        "path:*\\temp\\a.exe",
        "-process_name:*host.exe",
        "a OR -b",
    ] {
        check_good(text);
        assert!(parse(text).query.is_some());
    }
    for text in [r"path:\boot\a.exe", r"regmod:\registry\machine\software"] {
        let problems = parse(text).problems;
        assert!(problems[0].message.ends_with("may match nothing"), "{problems:?}");
    }
}

#[test]
fn a_value_that_begins_with_a_wildcard_is_named_when_a_server_has_refused_it() {
    assert_eq!(find_leading_wildcard("a (process_name:*net.exe)").as_deref(), Some("*net.exe"));
    assert_eq!(find_leading_wildcard("process_name:net*"), None);
    assert_eq!(find_leading_wildcard("(process_name:*net.exe"), None);
}
