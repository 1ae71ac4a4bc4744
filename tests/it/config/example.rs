//! The file: its example, and its mistakes.

use lampblack::config::Config;

const EXAMPLE: &str = include_str!("../../../config.example.toml");

#[test]
fn the_example_says_what_is_the_default_anyway() {
    let config = Config::parse(EXAMPLE, None).unwrap();
    assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
}

#[test]
fn the_example_names_every_setting() {
    for setting in Config::settings() {
        let is_named = EXAMPLE.lines().any(|line| {
            let line = line.trim_start_matches(['#', ' ']);
            line.starts_with(&format!("{setting} = ")) || line.starts_with(&format!("[{setting}"))
        });
        assert!(is_named, "{setting}");
    }
}

#[test]
fn what_the_example_comments_out_can_be_commented_in() {
    let text: String = EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => {
                format!("{rest}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    let config = Config::parse(&text, None).unwrap();
    let given = &config.profiles["default"];
    let default = lampblack::config::Profile::default();
    assert_eq!(
        (given.verify_tls, given.verify_hostname, given.read_only, given.connections, given.timeout),
        (default.verify_tls, default.verify_hostname, default.read_only, default.connections, default.timeout),
    );
    assert_eq!(given.protected_hosts, default.protected_hosts);
    assert_eq!(config.keys["global"]["quit"], ["ctrl-q"]);
}

#[test]
fn all_mistakes_are_reported_at_once_with_their_lines() {
    let text = r##"theme = "neon"
asci = true
[profiles.a]
url = 7
verify_tsl = false
connections = 0
timeout = "soon"
color = "#12345"
token = "s3cret"
token_file = "x"
proxy =
[profiles.b]
protected_hosts = "DC"
[keys.global]
quit = ["ctrl-hyper"]
fly = ["f"]
[keys.nowhere]
quit = ["q"]
"##;
    let mistakes = Config::parse(text, None).unwrap_err();
    let lines: Vec<_> = mistakes.iter().map(|mistake| mistake.line).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 15, 16, 17], "{mistakes:#?}");
    let said = format!("{mistakes:?}");
    assert!(!said.contains("s3cret"));
    for hint in ["did you mean ascii?", "did you mean verify_tls?", "midnight"] {
        assert!(said.contains(hint), "{hint}: {said}");
    }
}

#[test]
fn two_actions_may_change_places() {
    let text = "[keys.global]\nquit = [\"?\"]\nhelp = [\"q\"]\n";
    Config::parse(text, None).unwrap();
}
