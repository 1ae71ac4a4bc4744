//! Tokens: where they come from, who else can read them, and where they never show.

use lampblack::config::{Access, Config, Environment, Flags};

use super::place::{LAMPBLACK, OURS, Place, chmod, chosen, profile};

#[test]
fn the_token_comes_from_a_file_or_a_program() {
    let place = Place::new()
        .write("home/token", "filetoken\n")
        .write("home/.config/lampblack/beside", "besidetoken\n")
        .ours("[profiles.a]\nurl = \"https://a\"\ntoken_file = \"~/token\"\n[profiles.b]\nurl = \"https://a\"\ntoken_file = \"beside\"\n[profiles.c]\nurl = \"https://a\"\ntoken_command = [\"printf\", \"programtoken\"]\n[profiles.d]\nurl = \"https://a\"\n");
    assert_eq!(chosen(place.choose(&profile("a"), &[])).1, "filetoken");
    assert_eq!(chosen(place.choose(&profile("b"), &[])).1, "besidetoken");
    assert_eq!(chosen(place.choose(&profile("c"), &[])).1, "programtoken");
    assert!(place.choose(&profile("d"), &[]).is_err());
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_a_warning() {
    let place = Place::new().ours(OURS);
    assert_eq!(place.choose(&Flags::default(), &[]).unwrap().notices, [""; 0]);
    let file = place.path().join("home/.config/lampblack/config.toml");
    chmod(&file, 0o644);
    let notices = place.choose(&Flags::default(), &[]).unwrap().notices;
    assert!(notices[0].contains("config.toml") && notices[0].contains("read"), "{notices:?}");
    // Without a token in it, anyone may read it.
    let place =
        place.write("home/token", "t").ours("[profiles.default]\nurl = \"https://a\"\ntoken_file = \"~/token\"\n");
    chmod(&file, 0o644);
    assert_eq!(place.choose(&Flags::default(), &[]).unwrap().notices, [""; 0]);
    chmod(&place.path().join("home/token"), 0o640);
    assert_eq!(place.choose(&Flags::default(), &[]).unwrap().notices.len(), 1);
}

#[test]
fn no_token_is_in_any_debug_output() {
    let place = Place::new().ours(OURS);
    let environment = Environment::rooted_at(place.path(), &LAMPBLACK);
    let config = Config::load(None, &environment).unwrap();
    let access = Access::choose(&Flags::default(), &config, &environment).unwrap();
    let said = format!("{config:?} {access:?} {:?} {environment:?}", access.settings());
    assert!(!said.contains("ourtoken") && !said.contains("variabletoken"), "{said}");
}
