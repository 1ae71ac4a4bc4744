//! How the server cuts values into tokens (API reference, sections 3.2, 3.6 and 3.7).

use super::super::fields::Kind;
use super::folded;

/// The tokens under which a value of this kind is found, in lower case and in order.
pub fn tokens(kind: Kind, value: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    match kind {
        Kind::Text => tokens.extend(Words::new(value).map(folded)),
        Kind::Cmdline => {
            for token in Cmdline::new(value) {
                tokens.push(folded(token));
                tokens.extend(extension(token).map(folded));
            }
        }
        Kind::Path => {
            let mut rest = value.trim_start_matches(is_slash);
            while !rest.is_empty() {
                tokens.push(folded(rest));
                let after = rest.split_once(is_slash).map_or("", |(_, after)| after);
                rest = after.trim_start_matches(is_slash);
            }
        }
        Kind::Domain => tokens.extend(value.split('.').map(folded)),
        Kind::Username => {
            tokens.push(folded(value));
            tokens.extend(value.rsplit_once('\\').map(|(_, account)| folded(account)));
        }
        Kind::Keyword
        | Kind::Guid
        | Kind::Md5
        | Kind::Sha256
        | Kind::Ip
        | Kind::Ipv6
        | Kind::Integer
        | Kind::Float
        | Kind::Bool
        | Kind::Sign
        | Kind::Time
        | Kind::Status
        | Kind::Crossproc => tokens.push(folded(value)),
    }
    tokens
}

/// Whether it separates the directories of a path.
pub(in crate::query) fn is_slash(char: char) -> bool {
    matches!(char, '\\' | '/')
}

/// The words of a text: runs of letters and digits.
#[derive(Clone, Debug)]
pub(in crate::query) struct Words<'a> {
    rest: &'a str,
    /// Whether `*` and `?` are parts of words.
    has_wildcards: bool,
}

impl<'a> Words<'a> {
    /// The words of a value.
    pub(in crate::query) fn new(text: &'a str) -> Self {
        Self { rest: text, has_wildcards: false }
    }

    /// The words of a value in a query, in which wildcards may be parts of words.
    pub(in crate::query) fn of_query(text: &'a str, has_wildcards: bool) -> Self {
        Self { rest: text, has_wildcards }
    }

    fn is_part(&self, char: char) -> bool {
        char.is_alphanumeric() || (self.has_wildcards && matches!(char, '*' | '?'))
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let start = self.rest.find(|char| self.is_part(char))?;
        let word = &self.rest[start..];
        let len = word.find(|char| !self.is_part(char)).unwrap_or(word.len());
        self.rest = &word[len..];
        Some(&word[..len])
    }
}

/// The tokens of a command line, without the extensions that are tokens of their own.
#[derive(Clone, Debug)]
pub(in crate::query) struct Cmdline<'a> {
    rest: &'a str,
    /// What stands before the rest.
    before: Before,
}

/// What stands before a place in a command line; it decides what a slash there means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// Nothing that counts: a slash is the root of a path.
    Beginning,
    /// A separator: a slash begins a switch.
    Separator,
    /// A part of a token, or a slash: another slash separates directories.
    Token,
}

impl<'a> Cmdline<'a> {
    /// The tokens of a whole command line.
    pub(in crate::query) fn new(text: &'a str) -> Self {
        Self { rest: text, before: Before::Beginning }
    }

    /// The tokens of a later part of a command line.
    pub(in crate::query) fn of_later(text: &'a str) -> Self {
        Self { rest: text, before: Before::Separator }
    }
}

impl<'a> Iterator for Cmdline<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let char = self.rest.chars().next()?;
            let after = &self.rest[char.len_utf8()..];
            if is_separator(char) {
                self.rest = after;
                if self.before == Before::Token {
                    self.before = Before::Separator;
                }
                continue;
            }
            let is_switch = char == '/'
                && self.before == Before::Separator
                && after.starts_with(|next| !is_separator(next) && !matches!(next, '/' | ':'));
            if matches!(char, '/' | ':') && !is_switch {
                self.rest = after;
                self.before = Before::Token;
                continue;
            }
            // The first character is a part of the token in any case: a letter, or the slash of a switch.
            let is_end = |char| is_separator(char) || matches!(char, '/' | ':');
            let mut len = char.len_utf8();
            len += after.find(is_end).unwrap_or(after.len());
            let mut tail = self.rest[len..].chars();
            let is_drive = tail.next() == Some(':') && tail.next().is_none_or(|next| is_separator(next) || next == '/');
            len += usize::from(is_drive);
            let (token, rest) = self.rest.split_at(len);
            self.rest = rest;
            self.before = Before::Token;
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

/// The extension of a token that looks like the name of a file, with its dot: a token of its own.
pub(in crate::query) fn extension(token: &str) -> Option<&str> {
    // No extension in use is longer; what is longer is the end of a sentence or of a host name.
    const LONGEST: usize = 9;
    let dot = token.rfind('.')?;
    let (stem, extension) = token.split_at(dot);
    let letters = &extension[1..];
    let is_name = stem.contains(char::is_alphanumeric)
        && extension.len() <= LONGEST
        && letters.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && letters.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_name.then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: Kind, value: &str, expected: &[&str]) {
        assert_eq!(tokens(kind, value), expected);
    }

    #[test]
    fn command_lines_are_cut_as_the_reference_shows() {
        check(
            Kind::Cmdline,
            r#""C:\Windows\system32\rundll32.exe" /d srrstr.dll,ExecuteX"#,
            &["c:", "windows", "system32", "rundll32.exe", ".exe", "/d", "srrstr.dll", ".dll", "executex"],
        );
        check(Kind::Cmdline, "/bin/ls /tmp/somefile", &["bin", "ls", "/tmp", "somefile"]);
        check(Kind::Cmdline, r"net  use y: \\test\blah", &["net", "use", "y:", "test", "blah"]);
    }

    #[test]
    fn odd_command_lines_are_cut_by_the_same_rules() {
        check(Kind::Cmdline, "", &[]);
        check(Kind::Cmdline, "/", &[]);
        check(Kind::Cmdline, "a / b // c", &["a", "b", "c"]);
        check(Kind::Cmdline, "curl http://example.com/a?b=c", &["curl", "http:", "example.com", ".com", "a?b", "c"]);
        check(Kind::Cmdline, "a:b c::d x:", &["a", "b", "c", "d", "x:"]);
        check(Kind::Cmdline, "p -enc %TEMP%\\$x_1.0 @f", &["p", "-enc", "%temp%", "$x_1.0", "@f"]);
        check(Kind::Cmdline, "\"/bin/ls\" (/x)", &["bin", "ls", "/x"]);
    }

    #[test]
    fn paths_are_found_from_every_directory() {
        check(
            Kind::Path,
            r"c:\windows\system32\A.exe",
            &[r"c:\windows\system32\a.exe", r"windows\system32\a.exe", r"system32\a.exe", "a.exe"],
        );
        check(Kind::Path, r"\boot\a.exe", &[r"boot\a.exe", "a.exe"]);
        check(Kind::Path, "/usr//bin/ls", &["usr//bin/ls", "bin/ls", "ls"]);
    }

    #[test]
    fn texts_domains_and_users_are_cut() {
        check(
            Kind::Text,
            "Microsoft® Windows® Operating-System 10.0",
            &["microsoft", "windows", "operating", "system", "10", "0"],
        );
        check(Kind::Domain, "www.Foo.com", &["www", "foo", "com"]);
        check(Kind::Username, r"CORP\MLopez", &[r"corp\mlopez", "mlopez"]);
        check(Kind::Keyword, "A b", &["a b"]);
    }
}
