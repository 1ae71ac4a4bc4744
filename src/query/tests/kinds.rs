//! The examples of sections 3.2 to 3.7 of the API reference, and which documents they match.

use super::*;

#[test]
fn paths_match_from_a_directory_to_their_end() {
    let document = TestDocument::default().text("path", r"c:\windows\system32\a.exe");
    check(
        Index::Process,
        &document,
        &[
            (r"path:c:\windows\system32\a.exe", true),
            (r"path:windows\system32\a.exe", true),
            (r"path:system32\a.exe", true),
            ("path:a.exe", true),
            ("path:exe", false),
            (r"path:ystem32\a.exe", false),
            ("path:system32", false),
            ("path:system32*", true),
            (r"path:system32\*", true),
            (r"path:c:\windows", false),
            (r"path:c:\windows\*", true),
            (r"path:windows\*\a.exe", true),
            (r"path:indows\*", false),
            (r"path:windows\*\b.exe", false),
            ("path:c:/windows/system32/a.exe", true),
            (r"path:system32/a.exe", true),
            (r"path:\windows\system32\a.exe", false),
        ],
    );
    let boot = TestDocument::default().text("path", r"\boot\a.exe");
    check(Index::Process, &boot, &[(r"path:boot\a.exe", true), (r"path:\boot\a.exe", false)]);
    let unix = TestDocument::default().text("path", "/usr/bin/ls");
    check(Index::Process, &unix, &[("path:usr/bin/ls", true), ("path:bin/ls", true), ("path:usr/*", true)]);
}

#[test]
fn registry_keys_are_paths() {
    let usb = TestDocument::default().text(
        "regmod",
        r"registry\machine\system\currentcontrolset\control\deviceclasses\{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}\##?#usb",
    );
    check(
        Index::Process,
        &usb,
        &[
            (
                r"regmod:registry\machine\system\currentcontrolset\control\deviceclasses\{53f5630d-b6bf-11d0-94f2-00a0c91efb8b}\*",
                true,
            ),
            (r"regmod:registry\machine\system\controlset001\*", true),
            (r"regmod:currentcontrolset\control\*", true),
            (r"regmod:registry\machine\system", false),
        ],
    );
    let set = TestDocument::default().text("regmod", r"registry\machine\system\ControlSet002\services");
    check(
        Index::Process,
        &set,
        &[
            (r"regmod:currentcontrolset\services", true),
            (r"regmod:controlset001\services", true),
            (r"regmod:controlset003\services", false),
        ],
    );
}

#[test]
fn a_backslash_before_other_signs_is_a_separator() {
    let document = TestDocument::default().text("filemod", r"c:\data\-tmp\[x]\{y}\q.txt");
    check(
        Index::Process,
        &document,
        &[
            (r"filemod:c:\data\-tmp\*", true),
            (r"filemod:-tmp\[x]\{y}\q.txt", true),
            (r"filemod:[x]\{y}\q.txt", true),
            (r"filemod:{y}\?.txt", true),
        ]
        .map(|(query, expected)| {
            // A bracket directly after the colon would begin a range, so it is quoted.
            if query.contains("filemod:[") { (r#"filemod:"[x]\{y}\q.txt""#, expected) } else { (query, expected) }
        }),
    );
}

#[test]
fn fields_of_alerts_and_reports() {
    let alert = TestDocument::default()
        .text("status", "In Progress")
        .text("alert_type", "watchlist.hit.query.process")
        .text("observed_filename", r"c:\temp\a.exe")
        .text("process_path", r"c:\temp\a.exe")
        .text("username", r"CORP\mlopez")
        .text("feed_name", "My Watchlists")
        .text("watchlist_id", "14")
        .with("feed_id", FieldValue::Number(-1.0))
        .with("alert_severity", FieldValue::Number(50.625))
        .with("report_score", FieldValue::Number(75.0))
        .with("created_time", FieldValue::Time(time("2021-03-04T10:20:05.3Z")));
    check(
        Index::Alert,
        &alert,
        &[
            ("status:\"in progress\"", true),
            ("status:Resolved", false),
            ("alert_severity:[50 TO *]", true),
            ("alert_severity:50.625", true),
            ("alert_severity:[* TO 50]", false),
            ("feed_id:-1", true),
            ("report_score:[75 TO 75]", true),
            ("created_time:[2021-03-04T10:00:00 TO *]", true),
            ("watchlist_id:14", true),
            ("feed_name:\"my watchlists\"", true),
            (r"observed_filename:a.exe", false),
            (r"observed_filename:c:\temp\a.exe", true),
            ("process_path:a.exe", true),
            ("username:mlopez", true),
            ("a.exe", true),
            ("unresolved", false),
            ("process_id:00000007-0000-1092-01d7-10df4de391b0", false),
        ],
    );
    let report = TestDocument::default()
        .text("title", "FUZZYWOMBAT returns")
        .text("tags", "apt")
        .text("domain", "example.com")
        .with("is_ignored", FieldValue::Flag(false))
        .with("ipaddr", FieldValue::Ip("192.168.50.7".parse().unwrap()))
        .with("feed_id", FieldValue::Number(12.0));
    check(
        Index::Report,
        &report,
        &[
            ("feed_id:12 title:FUZZYWOMBAT", true),
            ("fuzzywombat", false),
            ("apt", true),
            ("is_ignored:false", true),
            ("is_ignored:TRUE", false),
            ("ipaddr:192.168.0.0/16", true),
            ("domain:example.com", true),
        ],
    );
}

#[test]
fn command_lines_match_by_tokens_in_a_row() {
    let net = TestDocument::default().text("process_name", "net.exe").text("cmdline", r"net  use y: \\test\blah");
    check(
        Index::Process,
        &net,
        &[
            (r"cmdline:\\test\blah", true),
            (r"process_name:net.exe cmdline:\\test\blah", true),
            (r"cmdline:test\blah", true),
            (r#"cmdline:"net use y:""#, true),
            (r#"cmdline:"net y:""#, false),
            ("cmdline:y:", true),
            ("cmdline:y", false),
            ("cmdline:bla*", true),
            ("cmdline:bla", false),
            (r"cmdline:\\test\*", true),
        ],
    );
    let rundll =
        TestDocument::default().text("cmdline", r#""C:\Windows\system32\rundll32.exe" /d srrstr.dll,ExecuteX"#);
    check(
        Index::Process,
        &rundll,
        &[
            ("cmdline:.exe", true),
            ("cmdline:.dll", true),
            ("cmdline:.com", false),
            ("cmdline:/d", true),
            ("cmdline:d", false),
            ("cmdline:rundll32.exe", true),
            ("cmdline:rundll32", false),
            ("cmdline:execute*", true),
            (r#"cmdline:"rundll32.exe /d srrstr.dll executex""#, true),
            (r#"cmdline:"c:\windows\system32""#, true),
            (r#"cmdline:"windows rundll32.exe""#, false),
        ],
    );
    let ls = TestDocument::default().text("cmdline", "/bin/ls /tmp/somefile");
    check(
        Index::Process,
        &ls,
        &[
            ("cmdline:/bin/ls", true),
            ("cmdline:bin/ls", true),
            ("cmdline:/tmp/somefile", true),
            ("cmdline:/tmp", true),
            ("cmdline:somefile", true),
        ],
    );
}

#[test]
fn the_domain_table() {
    let table = [
        ("domain:com", true, true),
        ("domain:.com", true, false),
        ("domain:.com.", false, true),
        ("domain:com.", false, false),
        ("domain:foo.", true, true),
        ("domain:foo.com", true, false),
    ];
    for (query, short, long) in table {
        let at = |name| TestDocument::default().text("domain", name);
        assert_eq!(finds(Index::Process, query, &at("foo.com")), short, "{query}");
        assert_eq!(finds(Index::Process, query, &at("foo.com.au")), long, "{query}");
        assert_eq!(finds(Index::Process, query, &at("FOO.COM.")), short, "{query}");
    }
    let document = TestDocument::default().text("domain", "www.foo.com.au");
    check(
        Index::Process,
        &document,
        &[
            ("domain:foo.com.", false),
            ("domain:.foo.com.", true),
            ("domain:.com.au", true),
            ("domain:www.foo.", true),
            ("domain:fo*", true),
            ("domain:*.com.au", true),
            ("domain:w*.au", true),
            ("domain:oo", false),
        ],
    );
}

#[test]
fn numbers_flags_and_addresses() {
    let document = TestDocument::default()
        .with("netconn_count", FieldValue::Number(3.0))
        .with("modload_count", FieldValue::Text("31".into()))
        .with("is_64bit", FieldValue::Flag(true))
        .text("tampered", "False")
        .with("ipport", FieldValue::Number(443.0))
        .with("ipaddr", FieldValue::Ip("192.168.50.7".parse().unwrap()))
        .text("ipaddr", "10.0.1.1")
        .with("ipv6addr", FieldValue::Ip("2001:db8:1::7".parse().unwrap()));
    check(
        Index::Process,
        &document,
        &[
            ("netconn_count:3", true),
            ("netconn_count:[1 TO 3]", true),
            ("netconn_count:[4 TO *]", false),
            ("netconn_count:[* TO 3]", true),
            ("netconn_count:*", true),
            ("regmod_count:*", false),
            ("netconn_count:three", false),
            ("modload_count:[30 TO 32]", true),
            ("is_64bit:true", true),
            ("is_64bit:TRUE", true),
            ("is_64bit:false", false),
            ("tampered:false", true),
            ("ipport:443", true),
            ("ipaddr:10.0.1.1", true),
            ("ipaddr:10.0.1.1/32", true),
            ("ipaddr:192.168.0.0/16", true),
            ("ipaddr:192.169.0.0/16", false),
            ("ipaddr:192.168.50.*", true),
            ("ipaddr:[192.168.50.1 TO 192.168.50.9]", true),
            ("ipaddr:[192.168.50.8 TO *]", false),
            ("ipv6addr:2001:db8:1::7", true),
            ("ipv6addr:2001:db8::/32", true),
            ("ipv6addr:2001:db9::/32", false),
        ],
    );
}

#[test]
fn fixed_words_users_and_signatures() {
    let document = TestDocument::default()
        .text("username", r"WIN-IA9NQ1GN8OI\bit9rad")
        .text("crossproc_type", "remotethread")
        .text("blocked_status", "a-ProcessTerminated")
        .text("digsig_result", "Invalid Chain")
        .text("digsig_result_modload", "Unsigned");
    check(
        Index::Process,
        &document,
        &[
            ("username:bit9rad", true),
            ("username:BIT9RAD", true),
            (r"username:win-ia9nq1gn8oi\bit9rad", true),
            ("username:win-ia9nq1gn8oi", false),
            ("username:bit9*", true),
            ("bit9rad", true),
            ("crossproc_type:remote_thread", true),
            ("crossproc_type:remotethread", true),
            ("crossproc_type:process_open", false),
            ("blocked_status:a-processterminated", true),
            ("digsig_result:\"invalid chain\"", true),
            ("digsig_result:invalid", false),
            ("digsig_result_modload:Unsigned", true),
            ("digsig_result:Unsigned", false),
            ("digsig_result_parent:*", false),
        ],
    );
}

#[test]
fn binaries_are_found_by_words() {
    let document = TestDocument::default()
        .text("md5", "9E107D9D372BB6826BD81D3542A419D6")
        .text("observed_filename", r"c:\temp\out.exe")
        .text("company_name", "Contoso, Ltd.")
        .text("file_version", "10.0.17763.1")
        .text("group", "Default Group")
        .with("host_count", FieldValue::Number(3.0));
    check(
        Index::Binary,
        &document,
        &[
            ("out.exe", true),
            ("contoso", true),
            ("company_name:\"contoso ltd\"", true),
            ("company_name:conto*", true),
            ("company_name:tos", false),
            ("file_version:10.0", true),
            ("file_version:10.0.1*", true),
            ("file_version:0.10", false),
            ("9e107d9d372bb6826bd81d3542a419d6", true),
            ("host_count:[1 TO 3]", true),
            ("group:\"default group\"", true),
            ("default", false),
            ("company_name:\"...\"", false),
        ],
    );
}
