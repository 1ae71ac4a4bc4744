//! Renders the key table as text for the terminal, and as Markdown for the documentation.

use std::fmt::Write;

use super::{Action, Keymap, Scope};

/// An action of a scope, with its keys.
struct DocRow {
    keys: Vec<String>,
    action: Action,
}

/// Renders the effective key table as text: keys, name and help of each action, by scope.
pub fn to_text(keymap: &Keymap) -> String {
    let scopes: Vec<_> = Scope::all().map(|scope| (scope, rows(keymap, scope))).collect();
    let all_rows = || scopes.iter().flat_map(|(_, rows)| rows);
    let keys_width = all_rows().map(|row| row.keys.join(", ").chars().count()).max().unwrap_or_default();
    let name_width = all_rows().map(|row| row.action.name().len()).max().unwrap_or_default();

    let mut out = String::new();
    for (scope, rows) in &scopes {
        if rows.is_empty() {
            continue;
        }
        let gap = if out.is_empty() { "" } else { "\n" };
        push(&mut out, format_args!("{gap}{} [keys.{scope}]\n", scope.title()));
        for DocRow { keys, action } in rows {
            push(
                &mut out,
                format_args!("  {:keys_width$}  {action:name_width$}  {}\n", keys.join(", "), action.help()),
            );
        }
    }
    let unbound: Vec<_> = unbound_actions(keymap).map(Action::name).collect();
    if !unbound.is_empty() {
        push(&mut out, format_args!("\nNot bound: {}\n", unbound.join(", ")));
    }
    out
}

/// Renders the effective key table as Markdown.
pub fn to_markdown(keymap: &Keymap) -> String {
    let mut out = String::from("| Where | Keys | Action | What it does |\n|---|---|---|---|\n");
    for scope in Scope::all() {
        for (at, DocRow { keys, action }) in rows(keymap, scope).iter().enumerate() {
            let title = if at == 0 { scope.title() } else { "" };
            let keys: Vec<_> = keys.iter().map(|key| inline_code(key)).collect();
            push(&mut out, format_args!("| {title} | {} | `{action}` | {} |\n", keys.join(" "), action.help()));
        }
    }
    out
}

/// Returns a row for each action bound in a scope, in table order.
fn rows(keymap: &Keymap, scope: Scope) -> Vec<DocRow> {
    let mut rows: Vec<DocRow> = Vec::new();
    for entry in keymap.entries().filter(|entry| entry.scope == scope) {
        let key = entry.binding.to_string();
        match rows.iter_mut().find(|row| row.action == entry.action) {
            Some(row) => row.keys.push(key),
            None => rows.push(DocRow { keys: vec![key], action: entry.action }),
        }
    }
    rows
}

fn unbound_actions(keymap: &Keymap) -> impl Iterator<Item = Action> {
    Action::all().filter(|action| keymap.entries().all(|entry| entry.action != *action))
}

/// Formats a key as inline code in a table, where a bar would end the cell and a backtick the code.
fn inline_code(key: &str) -> String {
    let key = key.replace('|', "\\|");
    if key.contains('`') { format!("`` {key} ``") } else { format!("`{key}`") }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes any text");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Overrides;

    fn unbound_sort() -> Keymap {
        let sort = [("sort".to_owned(), vec![])].into();
        Keymap::with_overrides(&Overrides::from([("rows".to_owned(), sort)])).unwrap()
    }

    #[test]
    fn the_text_is_aligned_and_grouped() {
        let shown = to_text(&Keymap::default());
        let mut lines = shown.lines();
        assert_eq!(lines.next(), Some("Everywhere [keys.global]"));
        assert_eq!(lines.next(), Some("  ?, f1              help                  Show the keys of this pane"));
        assert!(lines.all(|line| line.chars().count() <= 100));
    }

    #[test]
    fn unbound_actions_are_listed() {
        assert!(!to_text(&Keymap::default()).contains("Not bound"));
        assert!(to_text(&unbound_sort()).ends_with("\nNot bound: sort\n"));
    }

    #[test]
    fn markdown_has_a_row_for_every_action_and_scope() {
        let table = to_markdown(&Keymap::default());
        assert!(table.contains("| Lists | `j` `down` | `down` | Move down |\n|  | `k` `up` |"));
        assert!(table.lines().all(|line| line.matches('|').count() == 5));
    }

    #[test]
    fn keys_with_a_meaning_in_markdown_are_escaped() {
        assert_eq!(inline_code("|"), "`\\|`");
        assert_eq!(inline_code("`"), "`` ` ``");
    }
}
