//! The examples of section 3.1 of the API reference, and which documents they match.

use super::*;

/// Returns a process document with most of the fields that processes have.
fn process() -> TestDocument {
    TestDocument::default()
        .text("process_name", "svchost.exe")
        .text("path", r"c:\windows\system32\svchost.exe")
        .text("cmdline", r"C:\Windows\System32\svchost.exe -k netsvcs")
        .text("parent_name", "services.exe")
        .text("username", r"CORP\MLopez")
        .text("hostname", "fin-ws-042")
        .text("group", "default group")
        .text("host_type", "workstation")
        .text("process_md5", "9e107d9d372bb6826bd81d3542a419d6")
        .text("md5", "9e107d9d372bb6826bd81d3542a419d6")
        .text("product_name", "Microsoft Visual Studio 2010")
        .with("sensor_id", FieldValue::Number(7.0))
        .with("start", FieldValue::Time(time("2021-03-04T10:15:30.123Z")))
}

#[test]
fn terms_operators_and_groups() {
    check(
        Index::Process,
        &process(),
        &[
            ("", true),
            ("*:*", true),
            ("*", true),
            ("svchost.exe", true),
            ("system.exe", false),
            ("process_name:svchost.exe", true),
            ("process_name: svchost.exe", true),
            ("process_name:svchost", false),
            ("product_name:\"visual studio\"", true),
            ("product_name: \"visual studio\"", true),
            ("product_name:\"studio visual\"", false),
            ("svchost.exe netsvcs", true),
            ("svchost.exe and netsvcs", true),
            ("svchost.exe AND cmd.exe", false),
            ("svchost.exe or cmd.exe", true),
            ("cmd.exe OR powershell.exe", false),
            ("cmd.exe or svchost.exe powershell.exe", false),
            ("cmd.exe powershell.exe or svchost.exe", true),
            ("-cmd.exe", true),
            ("-svchost.exe", false),
            ("not cmd.exe", true),
            ("NOT svchost.exe", false),
            (r"-path:c:\windows\*", false),
            (r"-path:c:\temp\*", true),
            ("-(cmd.exe or svchost.exe)", false),
            ("-(cmd.exe svchost.exe)", true),
            ("--svchost.exe", true),
            ("(svchost.exe or cmd.exe) services.exe", true),
            ("cmdline:(netsvcs or nothing)", true),
            ("cmdline:(netsvcs nothing)", false),
            ("cmdline:(netsvcs -nothing)", true),
            ("cmdline:(nothing or process_name:svchost.exe)", true),
            ("cmdline:(*)", true),
            ("domain:(*)", false),
        ],
    );
}

#[test]
fn wildcards_and_existence() {
    check(
        Index::Process,
        &process(),
        &[
            ("process_name:svc*.exe", true),
            ("process_name:svchos?.exe", true),
            ("process_name:svchost?.exe", false),
            ("process_name:*host.exe", true),
            ("process_name:\"svc*.exe\"", false),
            ("process_name:*", true),
            ("domain:*", false),
            ("-domain:*", true),
            ("sensor_id:*", true),
            ("start:*", true),
            ("start:[* TO *]", true),
            ("watchlist_14:*", false),
        ],
    );
    let hit = process()
        .with("watchlist_14", FieldValue::Time(time("2021-03-04T10:20:03Z")))
        .with("alliance_score_virustotal", FieldValue::Number(17.0))
        .text("alliance_data_virustotal", "CI-118");
    check(
        Index::Process,
        &hit,
        &[
            ("watchlist_14:*", true),
            ("watchlist_15:*", false),
            ("watchlist_14:2021-03-04", true),
            ("alliance_score_virustotal:*", true),
            ("alliance_score_virustotal:[10 TO *]", true),
            ("alliance_score_virustotal:[* TO 10]", false),
            ("alliance_score_nvd:*", false),
            ("alliance_data_virustotal:ci-118", true),
        ],
    );
}

#[test]
fn letter_case_never_matters() {
    check(
        Index::Process,
        &process(),
        &[
            ("SVCHOST.EXE", true),
            ("process_name:SvcHost.exe", true),
            (r"path:C:\WINDOWS\*", true),
            ("hostname:FIN-WS-042", true),
            ("md5:9E107D9D372BB6826BD81D3542A419D6", true),
            ("cmdline:NETSVCS", true),
            ("group:\"Default Group\"", true),
            ("product_name:\"VISUAL STUDIO\"", true),
            ("svchost.exe Or cmd.exe", true),
        ],
    );
}

#[test]
fn the_program_files_examples() {
    let here = TestDocument::default().text("path", r"c:\program files (x86)\windows");
    check(
        Index::Process,
        &here,
        &[
            // Four terms, of which only the first has the field.
            (r"path:c:\program files (x86)\windows", false),
            (r#"path:"c:\program files (x86)\windows""#, true),
            (r"path:c:\program\ files\ \(x86\)\windows", true),
            (r#"path:"c:\program files \(x86\)\windows""#, true),
        ],
    );
    let update =
        TestDocument::default().text("cmdline", r#""C:\Program Files (x86)\Google\Update\GoogleUpdate.exe" /svc"#);
    check(
        Index::Process,
        &update,
        &[
            (r#"cmdline:"\"c:\program files \(x86\)\google\update\googleupdate.exe\" /svc""#, true),
            (r#"cmdline:"googleupdate.exe /svc""#, true),
            (r#"cmdline:"google /svc""#, false),
        ],
    );
}

#[test]
fn a_minus_in_quotes_is_a_character() {
    let odd = TestDocument::default().text("process_name", "-system.exe");
    check(Index::Process, &odd, &[("\"-system.exe\"", true), ("-system.exe", true)]);
    let plain = TestDocument::default().text("process_name", "system.exe");
    check(Index::Process, &plain, &[("\"-system.exe\"", false), ("-system.exe", false)]);
}

#[test]
fn a_drive_is_no_field() {
    check(
        Index::Process,
        &process(),
        &[
            (r"c:\windows\system32\svchost.exe", true),
            (r"c:\windows", true),
            (r"d:\windows", false),
            ("nosuchfield:value", false),
            ("nosuchfield:[1 TO 2]", false),
            ("nosuchfield:\"value\"", false),
            // Fields of other indexes are unknown here.
            ("title:svchost.exe", false),
        ],
    );
    let colon = TestDocument::default().text("process_name", "a1:b2");
    check(Index::Process, &colon, &[("a1:b2", true)]);
}

#[test]
fn lists_of_hashes_are_alternatives() {
    check(
        Index::Process,
        &process(),
        &[("(md5:00000000000000000000000000000000 OR md5:9e107d9d372bb6826bd81d3542a419d6)", true)],
    );
}
