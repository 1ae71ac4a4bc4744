//! Completion of field values: which facet has them, and how they are written.

use std::ops::Range;

use super::super::fields::{self, FieldType, Index, QueryField};
use super::super::syntax::print::push_escaped;
use super::super::syntax::quote::quote;
use super::super::syntax::scan::{ESCAPABLE, scan_phrase, scan_word};
use super::complete::{Completion, PartialValue, value_at};

/// A value that is being typed, of a field whose values the server can count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedValue {
    /// The field name as typed.
    pub field: String,
    /// The facet that counts the values of the field.
    pub facet: String,
    /// The typed part of the value, without its quotation mark and escapes.
    pub typed: String,
    /// The bytes of the text that a completion replaces.
    pub span: Range<usize>,
}

/// Returns the value being typed at `cursor`, a byte position; `None` if no facet counts such values.
pub fn typing_at(index: Index, text: &str, cursor: usize) -> Option<TypedValue> {
    let PartialValue { field: name, typed, span } = value_at(index, text, cursor)?;
    let field = fields::find_field(index, name)?;
    let facet = facet_name(index, name, field)?;
    let typed = match typed.strip_prefix('"') {
        Some(_) => scan_phrase(typed).map_or_else(|phrase| phrase, |(phrase, _)| phrase),
        None => scan_word(typed, &[]).0,
    };
    // Neither a range nor a pattern is the beginning of one value.
    let is_value = !typed.starts_with('[') && !typed.contains(['*', '?']);
    is_value.then(|| TypedValue { field: name.to_owned(), facet, typed, span })
}

/// Returns the facet that counts the values of a field; `None` if the server does not count whole values of it.
fn facet_name(index: Index, name: &str, field: &QueryField) -> Option<String> {
    // Only binary searches count the properties of binaries.
    let is_joined = index == Index::Process && fields::find_joined(name).is_some();
    if is_joined || !field.allowed_values.is_empty() || field.has_placeholder() {
        return None;
    }
    match (index, field.kind) {
        (Index::Process, FieldType::Path) if name == "path" => Some("path_full".to_owned()),
        (Index::Binary, FieldType::Text | FieldType::Path) => Some(format!("{name}_facet")),
        (_, FieldType::Keyword | FieldType::Username) | (Index::Process, FieldType::Md5 | FieldType::Sha256) => {
            Some(name.to_owned())
        }
        _ => None,
    }
}

/// Returns the facets that the server can count for `index`: for processes first host types, operating systems and
/// histograms of times, then the values of fields.
pub fn countable_facets(index: Index) -> Vec<String> {
    let special: &[&str] = match index {
        Index::Process => &["host_type", "os_type", "hour_of_day", "day_of_week", "start"],
        _ => &[],
    };
    let named = fields::fields(index).filter_map(|field| facet_name(index, field.name, field));
    let special = special.iter().map(ToString::to_string);
    special.chain(named).collect()
}

impl TypedValue {
    /// Returns the query for documents with a value that begins with the typed text; its facet has the values to offer.
    pub fn prefix_query(&self) -> String {
        let mut condition = format!("{}:", self.field);
        for char in self.typed.chars() {
            // Whitespace that cannot be escaped becomes a wildcard for one character.
            if char.is_whitespace() && !ESCAPABLE.contains(&char) {
                condition.push('?');
            } else {
                push_escaped(&mut condition, char);
            }
        }
        condition.push('*');
        condition
    }

    /// Returns facet values and their counts as completions: those that begin with the typed text, then those that
    /// contain it, each in their order, and quoted where necessary.
    pub fn completions<'v>(&self, values: impl IntoIterator<Item = (&'v str, u64)>) -> Vec<Completion> {
        let typed = self.typed.to_lowercase();
        let mut matches: Vec<_> = values
            .into_iter()
            .filter(|(value, _)| !value.is_empty())
            .filter_map(|(value, count)| Some((value.to_lowercase().find(&typed)? > 0, value, count)))
            .collect();
        matches.sort_by_key(|(is_inside, ..)| *is_inside);
        matches
            .into_iter()
            .map(|(_, value, count)| Completion {
                span: self.span.clone(),
                text: quote(value),
                help: format!("{count}").into(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    /// Returns the value being typed in `text`, in which `|` marks the cursor.
    fn typing(index: Index, text: &str) -> Option<TypedValue> {
        let cursor = text.find('|').unwrap();
        super::typing_at(index, &text.replace('|', ""), cursor)
    }

    #[track_caller]
    fn check(text: &str, facet: &str, condition: &str) {
        let typing = typing(Index::Process, text).expect(text);
        assert_eq!(typing.facet, facet);
        assert_eq!(typing.prefix_query(), condition);
        assert!(parse(condition).problems.is_empty(), "{condition}");
    }

    #[test]
    fn the_typed_part_of_a_value_becomes_a_query_for_its_facet() {
        check("process_name:sv|", "process_name", "process_name:sv*");
        check("a -hostname:|", "hostname", "hostname:*");
        check("group:\"default gr|", "group", r"group:default\ gr*");
        check("group:\"default gr|\" x", "group", r"group:default\ gr*");
        check("username:(a or CORP\\m|", "username", r"username:CORP\m*");
        check(r"path:c:\windows\|", "path_full", r"path:c:\windows\*");
        check("process_md5:9e1|", "process_md5", "process_md5:9e1*");
    }

    #[test]
    fn nothing_is_completed_where_the_server_counts_no_values() {
        for text in [
            "|",
            "proc|",
            "a process_name:b |",
            "cmdline:foo|",
            "start:-2|",
            "is_64bit:t|",
            "digsig_result_parent:S|",
            "product_name:S|",
            "process_name:[a|",
            "process_name:a*|",
            "colour:a|",
            "\"process_name:a|",
        ] {
            assert_eq!(typing(Index::Process, text), None, "{text}");
        }
        let facet = |text| typing(Index::Binary, text).map(|typing| typing.facet);
        assert_eq!(facet("product_name:S|").as_deref(), Some("product_name_facet"));
        assert_eq!(facet("observed_filename:c|").as_deref(), Some("observed_filename_facet"));
    }

    #[test]
    fn values_are_offered_as_the_language_writes_them() {
        let text = "group:\"gro|\" x";
        let typing = typing(Index::Process, text).unwrap();
        let values =
            [("default group", 9), ("Group [1] \"x\"", 5), ("group", 4), ("other", 3), ("group\nb", 2), ("", 1)];
        let completions = typing.completions(values);
        let texts: Vec<_> = completions.iter().map(|completion| completion.text.as_str()).collect();
        assert_eq!(texts, [r#""Group [1] \"x\"""#, "group", "\"group\nb\"", "\"default group\""]);
        assert_eq!(completions[1].help, "4");
        let text = text.replace('|', "");
        for completion in completions {
            let mut completed = text.clone();
            completed.replace_range(completion.span.clone(), &completion.text);
            assert!(parse(&completed).query.is_some(), "{completed}");
            assert!(completed.ends_with(" x"), "{completed}");
        }
    }
}
