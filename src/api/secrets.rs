//! The secrets in use, and blanking them in whatever comes over the wire before it becomes text.

use std::fmt::{self, Write};

use aho_corasick::{AhoCorasick, MatchKind};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use super::Error;

/// What stands in the place of a secret.
const REDACTED: &str = "********";

/// A secret with fewer characters is not looked for: blanking it everywhere would tell it.
const SHORTEST: usize = 4;

/// A secret with fewer characters is blanked in messages only: in records, a file or a user may bear the same name, and
/// evidence must not change.
const SHORTEST_IN_RECORDS: usize = 8;

/// The token, the proxy's password, and every password that was typed for the server: each is blanked, whoever sends it
/// back, in any case and as it is written in addresses, JSON, HTML and base64.
///
/// Those that use it share it. Nothing on the screen waits for it.
pub(super) struct Secrets(watch::Sender<Secret>);

#[derive(Default)]
struct Secret {
    words: Vec<SecretString>,
    /// Finds all of them.
    in_messages: Option<AhoCorasick>,
    /// Finds those that are too long to be anything else.
    in_records: Option<AhoCorasick>,
}

impl Secrets {
    /// No secret but this one.
    pub(super) fn new(token: &SecretString) -> Self {
        let secrets = Self(watch::Sender::new(Secret::default()));
        secrets.add(token.expose_secret());
        secrets
    }

    /// Blanks this one as well from now on.
    pub(super) fn add(&self, secret: &str) {
        self.0.send_if_modified(|known| {
            let is_known = known.words.iter().any(|word| word.expose_secret() == secret);
            if is_known || secret.len() < SHORTEST {
                return false;
            }
            known.words.push(secret.into());
            known.in_messages = build_matcher(&known.words, SHORTEST);
            known.in_records = build_matcher(&known.words, SHORTEST_IN_RECORDS);
            true
        });
    }

    /// The text of an answer with every secret blanked.
    pub(super) fn redact_record(&self, text: String) -> String {
        redact(self.0.borrow().in_records.as_ref(), text)
    }

    /// A text that only tells what happened, with every secret blanked.
    pub(super) fn redact_message(&self, text: String) -> String {
        redact(self.0.borrow().in_messages.as_ref(), text)
    }

    /// The error with every secret blanked.
    pub(super) fn redact_error(&self, error: Error) -> Error {
        error.map_texts(&|text| self.redact_message(text))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.borrow().words.len())
    }
}

fn redact(finder: Option<&AhoCorasick>, text: String) -> String {
    let Some(finder) = finder.filter(|finder| finder.is_match(&text)) else {
        return text;
    };
    let mut out = String::with_capacity(text.len());
    finder.replace_all_with(&text, &mut out, |_, _, out| {
        out.push_str(REDACTED);
        true
    });
    out
}

/// Finds every spelling of these words that are long enough; `None` if there is none, or if they cannot be looked for.
fn build_matcher(words: &[SecretString], shortest: usize) -> Option<AhoCorasick> {
    let words = words.iter().map(ExposeSecret::expose_secret);
    let spellings: Vec<_> = words
        .filter(|word| word.len() >= shortest)
        .flat_map(spellings)
        .filter(|spelling| spelling.len() >= SHORTEST)
        .collect();
    if spellings.is_empty() {
        return None;
    }
    let finder =
        AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(&spellings);
    finder.inspect_err(|error| tracing::error!("secrets cannot be looked for: {error}")).ok()
}

/// The ways in which servers, proxies and web pages write a word.
fn spellings(word: &str) -> Vec<String> {
    let mut spellings = vec![word.to_owned()];
    // In an address: what must be escaped, everything, and as forms do it.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let percent = |is_plain: &dyn Fn(u8) -> bool| {
        word.bytes().fold(String::new(), |mut out, byte| {
            if is_plain(byte) {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
            out
        })
    };
    spellings.push(percent(&is_plain));
    spellings.push(percent(&|byte| is_plain(byte) || b"!$&'()*+,;=:@/?".contains(&byte)));
    spellings.push(percent(&|_| false));
    spellings.push(percent(&is_plain).replace("%20", "+"));
    // In JSON: as few escapes as possible, those of other writers, and nothing but escapes.
    let json = serde_json::Value::from(word).to_string();
    let json = json.trim_matches('"').to_owned();
    let units = |is_plain: &dyn Fn(u16) -> bool| {
        word.encode_utf16().fold(String::new(), |mut out, unit| {
            match u8::try_from(unit) {
                Ok(byte) if is_plain(unit) => out.push(char::from(byte)),
                _ => {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            out
        })
    };
    spellings.push(json.replace('/', "\\/"));
    spellings.push(json);
    spellings.push(units(&|unit| unit < 128 && u8::try_from(unit).is_ok_and(is_plain)));
    spellings.push(units(&|_| false));
    // On a web page.
    let page = word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let page = page.replace('"', "&quot;");
    spellings.push(page.replace('\'', "&#39;"));
    spellings.push(page.replace('\'', "&#x27;"));
    let numbers = |write: &dyn Fn(char) -> String| word.chars().map(write).collect::<String>();
    spellings.push(numbers(&|char| format!("&#{};", u32::from(char))));
    spellings.push(numbers(&|char| format!("&#x{:x};", u32::from(char))));
    // In base64, wherever in what was packed it stands: its first byte has three places in a group.
    for before in 0_usize..3 {
        // Characters that are made of the bytes before it, too, and of those behind it, are left out.
        let (first, end) = ((before * 8).div_ceil(6), (before + word.len()) * 8 / 6);
        let bytes: Vec<u8> = std::iter::repeat_n(0, before).chain(word.bytes()).collect();
        for packed in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            spellings.extend(packed.get(first..end).map(str::to_owned));
        }
    }
    spellings.push(word.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    }));
    spellings.sort_unstable();
    spellings.dedup();
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";

    fn secrets(words: &[&str]) -> Secrets {
        let secrets = Secrets::new(&TOKEN.into());
        for word in words {
            secrets.add(word);
        }
        secrets
    }

    #[test]
    fn a_secret_is_blanked_however_it_is_written() {
        let password = r#"s3cr&t "päss"/x y"#;
        let secrets = secrets(&[password]);
        let write = |write: fn(u8) -> String| TOKEN.bytes().map(write).collect::<String>();
        let percent = write(|byte| format!("%{byte:02x}"));
        let escapes = write(|byte| format!("\\u{byte:04X}"));
        let written = [
            TOKEN.to_owned(),
            TOKEN.to_uppercase(),
            percent,
            escapes,
            password.to_owned(),
            serde_json::to_string(password).unwrap(),
            "s3cr&amp;t &quot;päss&quot;/x y".into(),
            "s3cr%26t+%22p%c3%a4ss%22%2Fx+y".into(),
            "s3cr%26t%20%22p%c3%a4ss%22%2Fx%20y".into(),
        ];
        for text in written {
            let shown = secrets.redact_record(format!("before {text} behind"));
            assert!(shown.contains(REDACTED), "{text}: {shown}");
            assert!(shown.starts_with("before ") && shown.ends_with(" behind"));
            assert!(!shown.contains("s3cr") && !shown.contains("0123"), "{shown}");
        }
    }

    #[test]
    fn a_secret_is_blanked_in_base64_wherever_it_stands() {
        let secrets = secrets(&[]);
        for before in ["", "a", "ab", "ana:", "user:"] {
            for behind in ["", "x", "yz"] {
                let packed = STANDARD_NO_PAD.encode(format!("{before}{TOKEN}{behind}"));
                let shown = secrets.redact_record(packed.clone());
                assert!(shown.contains(REDACTED), "{before:?} {behind:?}");
                assert!(!shown.contains(&packed[8..40]), "{shown}");
            }
        }
    }

    #[test]
    fn a_short_secret_changes_no_record() {
        let secrets = secrets(&["admin", "abc"]);
        let text = "c:\\admin\\abc.exe".to_owned();
        assert_eq!(secrets.redact_record(text.clone()), text);
        assert_eq!(secrets.redact_message(text), "c:\\********\\abc.exe");
    }

    #[test]
    fn what_holds_no_secret_stays_as_it_is() {
        let text = "process_md5 0123456789abcdef0123456789abcdef".to_owned();
        assert_eq!(secrets(&[]).redact_record(text.clone()), text);
    }

    #[test]
    fn nothing_of_a_secret_is_in_the_debug_output() {
        assert_eq!(format!("{:?}", secrets(&["password"])), "Secrets(2)");
    }
}
