//! Which source decides about server and token.

use lampblack::config::{Flags, Source};
use secrecy::ExposeSecret;

use super::place::{CBAPI, CLIENT, LAMPBLACK, OURS, Place, chosen, profile};

#[test]
fn a_profile_that_is_named_wins_over_everything() {
    let place = Place::new()
        .ours("[profiles.lab]\nurl = \"https://lab.example\"\ntoken = \"lab\"\n")
        .write("home/.carbonblack/credentials.response", CLIENT);
    let variables = [LAMPBLACK, CBAPI].concat();
    let (url, token, _) = chosen(place.choose(&profile("lab"), &variables));
    assert_eq!((url.as_str(), token.as_str()), ("https://lab.example/", "lab"));
    let mut named = variables.clone();
    named.push(("LAMPBLACK_PROFILE", "lab"));
    assert_eq!(chosen(place.choose(&Flags::default(), &named)).1, "lab");
    let (_, token, source) = chosen(place.choose(&profile("default"), &variables));
    assert_eq!(token, "clienttoken");
    assert!(matches!(source, Source::ClientFile { .. }));
}

#[test]
fn without_a_name_the_variables_come_before_the_default_profile() {
    let place = Place::new().ours(OURS);
    let both = [LAMPBLACK, CBAPI].concat();
    let token = |variables: &[(&str, &str)]| chosen(place.choose(&Flags::default(), variables)).1;
    assert_eq!(token(&both), "variabletoken");
    assert_eq!(token(&CBAPI), "cbapitoken");
    assert_eq!(token(&[]), "ourtoken");
}

#[test]
fn half_a_pair_is_not_completed_from_another_source() {
    let place = Place::new().ours(OURS);
    for half in [LAMPBLACK[0], LAMPBLACK[1], CBAPI[0], CBAPI[1]] {
        let access = place.choose(&Flags::default(), &[half]).unwrap();
        assert_eq!(access.token.expose_secret(), "ourtoken");
        assert!(access.notices.iter().any(|notice| notice.contains(half.0)), "{:?}", access.notices);
    }
    let crossed = [LAMPBLACK[0], CBAPI[1]];
    assert_eq!(chosen(place.choose(&Flags::default(), &crossed)).1, "ourtoken");
}

#[test]
fn an_address_on_the_command_line_needs_its_token_in_the_environment() {
    let place = Place::new().ours(OURS);
    let flags = Flags { url: Some("https://flag.example".into()), ..Flags::default() };
    let error = place.choose(&flags, &CBAPI).unwrap_err();
    assert!(error.is_usage, "{error}");
    let variables = [LAMPBLACK[1], ("LAMPBLACK_PROFILE", "default")];
    let (url, token, source) = chosen(place.choose(&flags, &variables));
    assert_eq!((url.as_str(), token.as_str(), source), ("https://flag.example/", "variabletoken", Source::Flag));
    let both = Flags { profile: Some("default".into()), ..flags };
    assert!(place.choose(&both, &LAMPBLACK).unwrap_err().is_usage);
}

#[test]
fn our_file_comes_before_the_clients() {
    let place = Place::new().ours(OURS).write("etc/carbonblack/credentials.response", CLIENT);
    assert_eq!(chosen(place.choose(&Flags::default(), &[])).1, "ourtoken");
}

#[test]
fn the_clients_files_are_merged_key_by_key() {
    let place = Place::new()
        .write("etc/carbonblack/credentials.response", "[default]\nurl=https://a.example\ntoken=a\nssl_verify=0\n")
        .write(
            "home/.carbonblack/credentials.response",
            "[DEFAULT]\nproxy=http://p:1\n[default]\nTOKEN: b\nssl_verify_hostname=no\n",
        );
    let access = place.choose(&Flags::default(), &[]).unwrap();
    assert_eq!((access.url.as_str(), access.token.expose_secret()), ("https://a.example/", "b"));
    assert!(!access.profile.verify_tls && !access.profile.verify_hostname);
    assert_eq!(access.profile.proxy.as_deref(), Some("http://p:1"));
}

#[test]
fn a_file_in_the_working_directory_steers_no_token_but_its_own() {
    let place = Place::new()
        .write("home/.carbonblack/credentials.response", CLIENT)
        .write("work/.carbonblack/credentials.response", "[default]\nurl=https://evil.example\n");
    let error = place.choose(&Flags::default(), &[]).unwrap_err();
    assert_eq!(error.mistakes[0].line, 2);
    assert!(!error.to_string().contains("clienttoken"));
    let place = place.write("work/.carbonblack/credentials.response", "[default]\nproxy=http://evil\n");
    assert!(place.choose(&Flags::default(), &[]).is_err());
    let place = place.write("work/.carbonblack/credentials.response", "[default]\nurl=https://w.example\ntoken=w\n");
    assert_eq!(chosen(place.choose(&Flags::default(), &[])).1, "w");
}

#[test]
fn a_broken_client_file_is_named_without_its_content() {
    let place = Place::new().write("home/.carbonblack/credentials.response", "[default]\nurl=https://a\nsecrettoken\n");
    let error = place.choose(&Flags::default(), &[]).unwrap_err().to_string();
    assert!(error.contains("credentials.response:3:") && !error.contains("secrettoken"), "{error}");
}

#[test]
fn the_clients_variables_know_about_certificates() {
    let place = Place::new();
    let mut variables = CBAPI.to_vec();
    variables.push(("CBAPI_SSL_VERIFY", "False"));
    assert!(!place.choose(&Flags::default(), &variables).unwrap().profile.verify_tls);
    variables[2].1 = "perhaps";
    assert!(place.choose(&Flags::default(), &variables).is_err());
}

#[test]
fn nothing_configured_names_the_demo() {
    let error = Place::new().choose(&Flags::default(), &[]).unwrap_err();
    assert!(!error.is_usage);
    assert!(error.mistakes[0].hint.as_deref().unwrap().contains("lampblack demo"));
}

#[test]
fn nothing_configured_names_the_half_that_is_there_first() {
    for (name, other) in
        [("LAMPBLACK_TOKEN", "LAMPBLACK_URL"), ("LAMPBLACK_URL", "LAMPBLACK_TOKEN"), ("CBAPI_URL", "CBAPI_TOKEN")]
    {
        let error = Place::new().choose(&Flags::default(), &[(name, "https://a")]);
        let error = error.unwrap_err();
        let expected = format!("{name} is ignored without {other}");
        assert_eq!(error.mistakes[0].message, expected);
        assert!(!error.to_string().contains("no server is configured"));
        let hint = error.mistakes[0].hint.as_deref().unwrap();
        assert!(hint.contains("lampblack demo"), "{hint}");
    }
    let error = Place::new().ours("").choose(&profile("prod"), &[]);
    let hint = error.unwrap_err().mistakes[0].hint.clone().unwrap();
    assert!(hint.contains("config.toml"), "{hint}");
}

#[test]
fn a_profile_that_does_not_exist_is_wrong_usage_and_the_others_are_named() {
    let place = Place::new()
        .ours("[profiles.prod]\nurl = \"https://a\"\n")
        .write("home/.carbonblack/credentials.response", "[lab]\nurl=https://b\ntoken=b\n");
    for flags in [Flags::default(), profile("prdo")] {
        let error = place.choose(&flags, &[]).unwrap_err();
        assert!(error.is_usage);
        assert!(error.mistakes[0].hint.as_deref().unwrap().contains(r#""lab", "prod""#), "{error:?}");
    }
}

#[test]
fn plain_http_is_silent_on_this_machine_only() {
    let notices = |url: &str| {
        let variables = [("LAMPBLACK_URL", url), LAMPBLACK[1]];
        Place::new().choose(&Flags::default(), &variables).map(|access| access.notices)
    };
    for url in ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1", "https://cb.example.com"] {
        assert_eq!(notices(url).unwrap(), [""; 0], "{url}");
    }
    for url in ["http://cb.example.com", "http://localhost.example.com", "http://192.168.0.1"] {
        assert_eq!(notices(url).unwrap().len(), 1, "{url}");
    }
    for url in ["ftp://a", "cb.example.com", "https://", "https://user:pass@a", "file:///etc/passwd", "https://a?x=1"] {
        let error = notices(url).unwrap_err();
        assert!(!error.to_string().contains("pass@"), "{error}");
    }
}

#[test]
fn a_file_that_is_named_must_exist() {
    let place = Place::new();
    let flags = Flags { config: Some("nowhere.toml".into()), ..Flags::default() };
    assert!(place.choose(&flags, &LAMPBLACK).unwrap_err().to_string().contains("nowhere.toml"));
    let place = place.write("work/other.toml", OURS);
    let variables = [("LAMPBLACK_CONFIG", "other.toml")];
    assert_eq!(chosen(place.choose(&Flags::default(), &variables)).1, "ourtoken");
}

#[test]
fn the_command_line_has_the_last_word() {
    let place = Place::new().ours("[profiles.default]\nurl = \"https://a\"\ntoken = \"t\"\nuser = \"file\"\n");
    let flags = Flags { user: Some("flag".into()), read_only: true, ..Flags::default() };
    let access = place.choose(&flags, &[]).unwrap();
    assert_eq!(access.profile.user.as_deref(), Some("flag"));
    assert!(access.profile.read_only);
}

#[test]
fn what_a_profile_forbids_on_a_server_no_variable_allows() {
    let place = Place::new().ours(
        "[profiles.prod]\nurl = \"https://CB.example.com\"\ntoken = \"x\"\nread_only = true\nprotected_hosts = [\"DC-*\"]\n",
    );
    let guards = |url| {
        let variables = [("LAMPBLACK_URL", url), LAMPBLACK[1]];
        let access = place.choose(&Flags::default(), &variables).unwrap();
        let n = access.notices.iter().filter(|notice| notice.contains("\"prod\""));
        (access.profile.read_only, access.profile.protected_hosts, n.count())
    };
    let default = "role:domain_controller".to_owned();
    let forbidden = (true, vec![default.clone(), "DC-*".to_owned()], 1);
    assert_eq!(guards("https://cb.example.com:443/"), forbidden);
    assert_eq!(guards("https://other.example.com"), (false, vec![default], 0));
}

/// The first mistake about the official client's file, which is all that there is.
fn first(content: &[u8]) -> lampblack::config::Mistake {
    let place = Place::new();
    let file = place.path().join("home/.carbonblack/credentials.response");
    std::fs::write(&file, content).unwrap();
    let error = place.choose(&Flags::default(), &[]).unwrap_err();
    let said = error.to_string();
    assert!(!said.contains("no server is configured"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
    let mistake = error.mistakes[0].clone();
    assert_eq!(mistake.file.as_deref(), Some(file.as_path()), "{said}");
    assert!(mistake.hint.is_some() || mistake.message.contains("save it"), "{said}");
    mistake
}

#[test]
fn a_credential_file_that_cannot_be_used_is_what_the_error_is_about() {
    let text = "[default]\nurl=https://a\ntoken=s3cret\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe], little.as_slice()].concat();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for utf16 in [little, marked, big] {
        assert!(first(&utf16).message.contains("it is UTF-16"));
    }
    assert!(first(b"[default]\ntoken=s3cret\xff\n").message.contains("not UTF-8"));
    let defaults = first(b"[DEFAULT]\nurl=https://a\ntoken=s3cret\n");
    assert!(defaults.message.contains("[DEFAULT]"), "{defaults}");
    for (quoted, line) in [
        ("[default]\nurl=\"https://a\"\ntoken=s3cret\n", 2),
        ("[default]\nurl=https://a\ntoken='s3cret'\n", 3),
        ("[default]\nurl=https://a\ntoken=s3cret\nssl_verify=\"False\"\n", 4),
    ] {
        let mistake = first(quoted.as_bytes());
        assert!(mistake.message.contains("has quotes"), "{mistake}");
        assert_eq!(mistake.line, line);
    }
}

#[test]
fn a_credential_file_that_cannot_be_read_is_what_the_error_is_about() {
    let place = Place::new();
    // A directory cannot be read as a file, even by root.
    let file = place.path().join("home/.carbonblack/credentials.response");
    std::fs::create_dir(&file).unwrap();
    let error = place.choose(&Flags::default(), &[]).unwrap_err();
    assert_eq!(error.mistakes[0].file.as_deref(), Some(file.as_path()));
    assert!(error.mistakes[0].message.contains("cannot read it"), "{error}");
    // Where another file has the profile, it is a notice.
    let place = place.write("etc/carbonblack/credentials.response", CLIENT);
    let access = place.choose(&Flags::default(), &[]).unwrap();
    assert!(access.notices[0].contains("credentials.response"), "{:?}", access.notices);
}

#[test]
fn the_proxy_is_that_of_the_profile_or_of_the_environment() {
    let place = Place::new().ours(
        "[profiles.default]\nurl = \"https://cb.example\"\ntoken = \"t\"\n\
         [profiles.own]\nurl = \"https://cb.example\"\ntoken = \"t\"\nproxy = \"socks5://own:1080\"\n\
         [profiles.plain]\nurl = \"http://cb.example\"\ntoken = \"t\"\n\
         [profiles.here]\nurl = \"https://localhost\"\ntoken = \"t\"\n",
    );
    let https = ("HTTPS_PROXY", "http://ana:s3cret@proxy:3128");
    for (name, variables, expected) in [
        ("default", vec![], None),
        ("default", vec![https], Some("http://proxy:3128 (from HTTPS_PROXY)")),
        ("default", vec![https, ("https_proxy", "small:1")], Some("http://small:1 (from https_proxy)")),
        ("default", vec![("ALL_PROXY", "socks5h://all:1080")], Some("socks5h://all:1080 (from ALL_PROXY)")),
        ("default", vec![("HTTP_PROXY", "other:1")], None),
        ("plain", vec![("HTTP_PROXY", "other:1"), https], Some("http://other:1 (from HTTP_PROXY)")),
        ("default", vec![https, ("NO_PROXY", "*")], None),
        ("default", vec![https, ("NO_PROXY", "cb.example:443")], None),
        ("default", vec![https, ("NO_PROXY", "cb.example:8443")], Some("http://proxy:3128 (from HTTPS_PROXY)")),
        ("here", vec![https], None),
    ] {
        let access = place.choose(&profile(name), &variables).unwrap();
        let proxy = access.proxy.map(|proxy| proxy.to_string());
        assert_eq!(proxy.as_deref(), expected, "{name} {variables:?}");
    }
    let access = place.choose(&profile("own"), &[https, ("NO_PROXY", "*")]).unwrap();
    let said = access.proxy.unwrap().to_string();
    assert!(said.starts_with("socks5://own:1080 (from the profile \"own\" of "), "{said}");
    let wrong = [("HTTPS_PROXY", "ftp://ana:s3cret@proxy")];
    let error = place.choose(&profile("default"), &wrong).unwrap_err().to_string();
    assert!(error.contains("HTTPS_PROXY") && !error.contains("s3cret"), "{error}");
}
