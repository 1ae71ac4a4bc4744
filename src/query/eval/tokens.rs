//! Splitting values into tokens as the server does (API reference, sections 3.2, 3.6 and 3.7).

use super::super::fields::FieldType;
use super::fold_text;

/// Returns the tokens by which a value of this type is found, in lower case and in order.
pub fn tokens(kind: FieldType, value: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    match kind {
        FieldType::Text => tokens.extend(WordRuns::new(value).map(fold_text)),
        FieldType::Cmdline => {
            for token in Cmdline::new(value) {
                tokens.push(fold_text(token));
                tokens.extend(extension(token).map(fold_text));
            }
        }
        FieldType::Path => {
            let mut rest = value.trim_start_matches(is_slash);
            while !rest.is_empty() {
                tokens.push(fold_text(rest));
                let after = rest.split_once(is_slash).map_or("", |(_, after)| after);
                rest = after.trim_start_matches(is_slash);
            }
        }
        FieldType::Domain => tokens.extend(value.split('.').map(fold_text)),
        FieldType::Username => {
            tokens.push(fold_text(value));
            tokens.extend(value.rsplit_once('\\').map(|(_, account)| fold_text(account)));
        }
        FieldType::Keyword
        | FieldType::Guid
        | FieldType::Md5
        | FieldType::Sha256
        | FieldType::Ip
        | FieldType::Ipv6
        | FieldType::Integer
        | FieldType::Float
        | FieldType::Bool
        | FieldType::Sign
        | FieldType::Time
        | FieldType::Status
        | FieldType::Crossproc => tokens.push(fold_text(value)),
    }
    tokens
}

/// Returns whether the character separates the directories of a path.
pub(in crate::query) fn is_slash(char: char) -> bool {
    matches!(char, '\\' | '/')
}

/// An iterator over the words of a text: runs of letters and digits.
#[derive(Clone, Debug)]
pub(in crate::query) struct WordRuns<'a> {
    remaining: &'a str,
    /// Whether `*` and `?` are parts of words.
    has_wildcards: bool,
}

impl<'a> WordRuns<'a> {
    /// Returns the words of a value.
    pub(in crate::query) fn new(text: &'a str) -> Self {
        Self { remaining: text, has_wildcards: false }
    }

    /// Returns the words of a value in a query in which `*` and `?` are wildcards, and so parts of words.
    pub(in crate::query) fn with_wildcards(text: &'a str) -> Self {
        Self { remaining: text, has_wildcards: true }
    }

    fn is_word_char(&self, char: char) -> bool {
        char.is_alphanumeric() || (self.has_wildcards && matches!(char, '*' | '?'))
    }
}

impl<'a> Iterator for WordRuns<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let start = self.remaining.find(|char| self.is_word_char(char))?;
        let word = &self.remaining[start..];
        let len = word.find(|char| !self.is_word_char(char)).unwrap_or(word.len());
        self.remaining = &word[len..];
        Some(&word[..len])
    }
}

/// An iterator over the tokens of a command line, without file name extensions, which are additional tokens.
#[derive(Clone, Debug)]
pub(in crate::query) struct Cmdline<'a> {
    remaining: &'a str,
    /// What precedes `remaining`.
    previous: SlashContext,
}

/// What precedes a position in a command line, which decides the meaning of a slash there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SlashContext {
    /// No token: a slash is the root of a path.
    Beginning,
    /// A separator: a slash begins a switch.
    Separator,
    /// A token or a slash: another slash separates directories.
    Token,
}

impl<'a> Cmdline<'a> {
    /// Returns the tokens of a full command line.
    pub(in crate::query) fn new(text: &'a str) -> Self {
        Self { remaining: text, previous: SlashContext::Beginning }
    }

    /// Returns the tokens of a part of a command line after its beginning.
    pub(in crate::query) fn for_later_part(text: &'a str) -> Self {
        Self { remaining: text, previous: SlashContext::Separator }
    }
}

impl<'a> Iterator for Cmdline<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let char = self.remaining.chars().next()?;
            let after = &self.remaining[char.len_utf8()..];
            if is_separator(char) {
                self.remaining = after;
                if self.previous == SlashContext::Token {
                    self.previous = SlashContext::Separator;
                }
                continue;
            }
            let is_switch = char == '/'
                && self.previous == SlashContext::Separator
                && after.starts_with(|next| !is_separator(next) && !matches!(next, '/' | ':'));
            if matches!(char, '/' | ':') && !is_switch {
                self.remaining = after;
                self.previous = SlashContext::Token;
                continue;
            }
            // The first character always belongs to the token, even the slash of a switch.
            let is_end = |char| is_separator(char) || matches!(char, '/' | ':');
            let mut len = char.len_utf8();
            len += after.find(is_end).unwrap_or(after.len());
            let mut tail = self.remaining[len..].chars();
            let is_drive = tail.next() == Some(':') && tail.next().is_none_or(|next| is_separator(next) || next == '/');
            len += usize::from(is_drive);
            let (token, rest) = self.remaining.split_at(len);
            self.remaining = rest;
            self.previous = SlashContext::Token;
            return Some(token);
        }
    }
}

fn is_separator(char: char) -> bool {
    char.is_whitespace()
        || matches!(
            char,
            '\\' | '"' | '\'' | '(' | ')' | '[' | ']' | '{' | '}' | ',' | '=' | '<' | '>' | '&' | '|' | ';'
        )
}

/// Returns the extension of a token that looks like a file name, with its dot.
pub(in crate::query) fn extension(token: &str) -> Option<&str> {
    // Longer ends of a token are part of a sentence or a host name. The dot is included.
    const MAX_LEN: usize = 9;
    let dot = token.rfind('.')?;
    let (stem, extension) = token.split_at(dot);
    let letters = &extension[1..];
    let is_name = stem.contains(char::is_alphanumeric)
        && extension.len() <= MAX_LEN
        && letters.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && letters.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_name.then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: FieldType, value: &str, expected: &[&str]) {
        assert_eq!(tokens(kind, value), expected);
    }

    #[test]
    fn command_lines_are_cut_as_the_reference_shows() {
        check(
            FieldType::Cmdline,
            r#""C:\Windows\system32\rundll32.exe" /d srrstr.dll,ExecuteX"#,
            &["c:", "windows", "system32", "rundll32.exe", ".exe", "/d", "srrstr.dll", ".dll", "executex"],
        );
        check(FieldType::Cmdline, "/bin/ls /tmp/somefile", &["bin", "ls", "/tmp", "somefile"]);
        check(FieldType::Cmdline, r"net  use y: \\test\blah", &["net", "use", "y:", "test", "blah"]);
    }

    #[test]
    fn odd_command_lines_are_cut_by_the_same_rules() {
        check(FieldType::Cmdline, "", &[]);
        check(FieldType::Cmdline, "/", &[]);
        check(FieldType::Cmdline, "a / b // c", &["a", "b", "c"]);
        check(
            FieldType::Cmdline,
            "curl http://example.com/a?b=c",
            &["curl", "http:", "example.com", ".com", "a?b", "c"],
        );
        check(FieldType::Cmdline, "a:b c::d x:", &["a", "b", "c", "d", "x:"]);
        check(FieldType::Cmdline, "p -enc %TEMP%\\$x_1.0 @f", &["p", "-enc", "%temp%", "$x_1.0", "@f"]);
        check(FieldType::Cmdline, "\"/bin/ls\" (/x)", &["bin", "ls", "/x"]);
    }

    #[test]
    fn paths_are_found_from_every_directory() {
        check(
            FieldType::Path,
            r"c:\windows\system32\A.exe",
            &[r"c:\windows\system32\a.exe", r"windows\system32\a.exe", r"system32\a.exe", "a.exe"],
        );
        check(FieldType::Path, r"\boot\a.exe", &[r"boot\a.exe", "a.exe"]);
        check(FieldType::Path, "/usr//bin/ls", &["usr//bin/ls", "bin/ls", "ls"]);
    }

    #[test]
    fn texts_domains_and_users_are_cut() {
        check(
            FieldType::Text,
            "Microsoft® Windows® Operating-System 10.0",
            &["microsoft", "windows", "operating", "system", "10", "0"],
        );
        check(FieldType::Domain, "www.Foo.com", &["www", "foo", "com"]);
        check(FieldType::Username, r"CORP\MLopez", &[r"corp\mlopez", "mlopez"]);
        check(FieldType::Keyword, "A b", &["a b"]);
    }
}
