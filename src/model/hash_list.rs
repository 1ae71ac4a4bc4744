//! Parses lists of hashes written by people or programs.

use std::collections::HashSet;

use super::{Link, Md5, Sha256};

/// The MD5 hashes in a text, each once, and the words that are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HashList {
    /// In order of first occurrence.
    pub md5s: Vec<Md5>,
    /// Number of repeated MD5 hashes.
    pub n_duplicates: usize,
    /// Number of SHA-256 hashes, which cannot be banned.
    pub sha256s: usize,
    /// All other words, in order.
    pub other_words: Vec<String>,
    seen_md5s: HashSet<Md5>,
}

impl HashList {
    /// Parses a list with comments: lines that begin with `#`, `;` or `//`, and the rest of a line after a `#` that
    /// follows whitespace.
    pub fn parse(text: &str) -> Self {
        let mut list = Self::default();
        for line in text.split(['\n', '\r']) {
            let line = line.trim_matches(is_whitespace_or_invisible);
            if ["#", ";", "//"].iter().any(|mark| line.starts_with(mark)) {
                continue;
            }
            let end = line.find(" #").or_else(|| line.find("\t#"));
            list.add(&line[..end.unwrap_or(line.len())]);
        }
        list
    }

    /// Parses text without comments, with any separators.
    pub fn from_text(text: &str) -> Self {
        let mut list = Self::default();
        list.add(text);
        list
    }

    fn add(&mut self, text: &str) {
        for word in text.split(is_separator).filter(|word| !word.is_empty()) {
            // `MD5:9e10…` or `md5=9e10…`.
            let hash = match word.split_once([':', '=']) {
                Some((name, hash)) if is_hash_label(name) => hash,
                _ => word,
            };
            if let Some(md5) = Link::md5(hash).or_else(|| Link::md5(word)) {
                if self.seen_md5s.insert(md5) {
                    self.md5s.push(md5);
                } else {
                    self.n_duplicates += 1;
                }
            } else if hash.parse::<Sha256>().is_ok() {
                self.sha256s += 1;
            } else if !hash.is_empty() && !is_hash_label(hash) {
                self.other_words.push(word.to_owned());
            }
        }
    }
}

/// Returns whether a character separates words; a byte order mark does.
fn is_separator(char: char) -> bool {
    is_whitespace_or_invisible(char)
        || matches!(char, ',' | ';' | '|' | '"' | '\'' | '`' | '<' | '>' | '(' | ')' | '[' | ']')
}

fn is_whitespace_or_invisible(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\u{FEFF}' | '\0')
}

/// Returns whether a word is a label of a hash, such as `md5`.
fn is_hash_label(word: &str) -> bool {
    let names = ["md5", "md5sum", "md5hash", "sha256", "sha-256", "hash", "filehash"];
    names.iter().any(|name| word.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "9e107d9d372bb6826bd81d3542a419d6";
    const TWO: &str = "e4d909c290d0fb1ca068ffaddf22cbd0";
    const LONG: &str = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592";

    #[track_caller]
    fn check(text: &str, md5s: &[&str], others: &[&str], sha256s: usize) {
        let list = HashList::parse(text);
        let shown: Vec<_> = list.md5s.iter().map(ToString::to_string).collect();
        assert_eq!(shown, md5s, "{text:?}");
        assert_eq!(
            (list.other_words, list.sha256s),
            (others.iter().map(ToString::to_string).collect(), sha256s),
            "{text:?}"
        );
    }

    #[test]
    fn a_list_is_parsed_in_any_format() {
        check(&format!("\u{FEFF}{ONE}\r\n{TWO}\r\n"), &[ONE, TWO], &[], 0);
        check(&format!("{ONE}\r{TWO}"), &[ONE, TWO], &[], 0);
        check(&format!("\"{ONE}\",'{TWO}'"), &[ONE, TWO], &[], 0);
        check(&format!("MD5:{ONE}\nmd5={TWO}\nMD5: {ONE}"), &[ONE, TWO], &[], 0);
        check(&format!("# {TWO}\n// no\n; no\n{ONE} # dropper {TWO}"), &[ONE], &[], 0);
        check(&format!("md5,sha256\n{ONE},{LONG}"), &[ONE], &[], 1);
        check(&format!("{}  evil.exe", ONE.to_uppercase()), &[ONE], &["evil.exe"], 0);
        check(&format!("sha256:{LONG}\nabc"), &[], &["abc"], 1);
        check(&format!("https://cb.example.com/#/binary/{}\n#/binary/{TWO}", ONE.to_uppercase()), &[ONE], &[], 0);
    }

    #[test]
    fn text_without_comments_may_contain_number_signs() {
        let list = HashList::from_text(&format!("{ONE} # {TWO} {}", ONE.to_uppercase()));
        assert_eq!((list.md5s.len(), list.n_duplicates), (2, 1));
    }
}
