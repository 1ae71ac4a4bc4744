//! Redaction of the secrets in use from answers and messages.

use std::fmt::{self, Write};

use aho_corasick::{AhoCorasick, MatchKind};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use super::Error;

/// The replacement for a secret.
const REDACTED: &str = "********";

/// The minimum length of a secret to redact, in bytes. Redacting a shorter one everywhere would reveal it.
const MIN_LEN: usize = 4;

/// The minimum length of a secret to redact in records, in bytes. A shorter one may be equal to the name of a file or a
/// user in them, and evidence must not change.
const MIN_LEN_IN_RECORDS: usize = 8;

/// The secrets to redact: the token, the proxy's password, and every password typed for the server. They are found in
/// any letter case, and as URLs, JSON, HTML, base64 and hexadecimal encode them.
///
/// Shared by all clones of a client.
pub(super) struct Secrets(watch::Sender<SecretFinders>);

#[derive(Default)]
struct SecretFinders {
    words: Vec<SecretString>,
    /// Finds all secrets.
    in_messages: Option<AhoCorasick>,
    /// Finds only secrets of at least [`MIN_LEN_IN_RECORDS`] bytes.
    in_records: Option<AhoCorasick>,
}

impl Secrets {
    /// Creates the list with the token as its only secret.
    pub(super) fn new(token: &SecretString) -> Self {
        let secrets = Self(watch::Sender::new(SecretFinders::default()));
        secrets.add(token.expose_secret());
        secrets
    }

    /// Adds a secret to redact from now on.
    pub(super) fn add(&self, secret: &str) {
        self.0.send_if_modified(|finders| {
            let is_known = finders.words.iter().any(|word| word.expose_secret() == secret);
            if is_known || secret.len() < MIN_LEN {
                return false;
            }
            finders.words.push(secret.into());
            finders.in_messages = build_finder(&finders.words, MIN_LEN);
            finders.in_records = build_finder(&finders.words, MIN_LEN_IN_RECORDS);
            true
        });
    }

    /// Redacts secrets in the text of an answer.
    pub(super) fn redact_record(&self, text: String) -> String {
        redact(self.0.borrow().in_records.as_ref(), text)
    }

    /// Redacts secrets in a message, even short ones, because a message is no evidence.
    pub(super) fn redact_message(&self, text: String) -> String {
        redact(self.0.borrow().in_messages.as_ref(), text)
    }

    /// Redacts secrets in the texts of an error.
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

/// Returns a finder for every spelling of the words with at least `min_len` bytes; `None` if there are none, or if
/// building it fails.
fn build_finder(words: &[SecretString], min_len: usize) -> Option<AhoCorasick> {
    let words = words.iter().map(ExposeSecret::expose_secret);
    let spellings: Vec<_> = words
        .filter(|word| word.len() >= min_len)
        .flat_map(spellings)
        .filter(|spelling| spelling.len() >= MIN_LEN)
        .collect();
    if spellings.is_empty() {
        return None;
    }
    let finder =
        AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(&spellings);
    finder.inspect_err(|error| tracing::error!("cannot search for secrets: {error}")).ok()
}

/// Returns the ways in which servers, proxies and web pages encode a word.
fn spellings(word: &str) -> Vec<String> {
    let mut spellings = vec![word.to_owned()];
    // In a URL: minimal escapes, all bytes escaped, and as form data.
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
    // In JSON: minimal escapes, those of other writers, and all characters escaped.
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
    let page = word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    spellings.push(page.replace('\'', "&#39;"));
    spellings.push(page.replace('\'', "&#x27;"));
    let numbers = |write: &dyn Fn(char) -> String| word.chars().map(write).collect::<String>();
    spellings.push(numbers(&|char| format!("&#{};", u32::from(char))));
    spellings.push(numbers(&|char| format!("&#x{:x};", u32::from(char))));
    // In base64, at any position: the first byte can be any of three in a group.
    for before in 0_usize..3 {
        // Characters that also encode bits of the bytes before or after the word are left out.
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
