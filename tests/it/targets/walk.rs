//! One walk: a row that is known in full is left for another one whose answers go wrong.

use std::collections::BTreeSet;

use lampblack::api::Error;
use lampblack::changes::{Change, Target};
use lampblack::panes::PaneId;
use lampblack::worker::Slot;
use serde_json::json;

use super::{
    answers::{good, journal},
    views::View,
};
use crate::support::stage::Stage;

/// How many rows may be looked through for one that is unlike the first.
const ROWS: usize = 12;

/// What becomes of the answers about a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Delivery {
    /// Each comes.
    Fine,
    /// Each comes, the last asked for first.
    Reversed,
    /// None comes, but an error.
    Refused(Error),
    /// None comes.
    Silent,
    /// None comes, and those about the row before come now.
    Late,
    /// All but those of one kind come; they are refused.
    OneRefused(String, Error),
    /// All but those of one kind come.
    OneSilent(String),
}

/// What an answer is about, without its number.
pub(crate) fn kind(slot: Slot) -> String {
    match slot {
        Slot::Page(list, _) => format!("{list:?}"),
        Slot::Summary(_) => "Summary".into(),
        Slot::Events(_) => "Events".into(),
        Slot::Joined(_) => "Related".into(),
        other => format!("{other:?}"),
    }
}

impl View {
    /// Whether an answer brings the rows that the cursor is in, before or after what is looked at was opened.
    fn is_of_rows(&self, slot: Slot, is_opened: bool) -> bool {
        match slot {
            _ if self.is_settled && !is_opened => true,
            Slot::Page(list, _) if is_opened && self.opens == Some(list) => false,
            Slot::Page(list, _) => self.rows.contains(&list),
            Slot::AlertDigest | Slot::ServerInfo => true,
            Slot::Facets(_) => self.is_counted,
            Slot::Summary(_) | Slot::Lineage => self.is_tree,
            _ => false,
        }
    }

    /// Answers what is asked among the rows, as `delivery` says.
    fn answer(&self, stage: &mut Stage, delivery: &Delivery) {
        self.answer_at(stage, delivery, false);
    }

    /// Answers what is asked, as `delivery` says. Returns the kinds of answers besides the rows.
    fn answer_at(&self, stage: &mut Stage, delivery: &Delivery, is_opened: bool) -> BTreeSet<String> {
        let mut kinds = BTreeSet::new();
        let comes = |slot: Slot| match delivery {
            _ if self.is_of_rows(slot, is_opened) => true,
            Delivery::Silent | Delivery::Late => false,
            Delivery::OneSilent(silent) => kind(slot) != *silent,
            _ => true,
        };
        for _ in 0..2_000 {
            let mut asked = stage.asked.iter();
            let next = match delivery {
                Delivery::Reversed => asked.rposition(|(_, slot, _)| comes(*slot)),
                _ => asked.position(|(_, slot, _)| comes(*slot)),
            };
            let Some(at) = next else { return kinds };
            let slot = stage.asked[at].1;
            let is_of_rows = self.is_of_rows(slot, is_opened);
            if !is_of_rows {
                kinds.insert(kind(slot));
            }
            stage.answer(at, |fetch| match delivery {
                Delivery::Refused(error) if !is_of_rows => Err(error.clone()),
                Delivery::OneRefused(refused, error) if kind(slot) == *refused => Err(error.clone()),
                _ => good(fetch),
            });
        }
        panic!("{}: it asks for ever", self.name);
    }

    /// A console in this view, on its first row, of which nothing is known yet but the row.
    fn begin(&self) -> Stage {
        let mut stage = Stage::new(120, 40);
        stage.journal = Some(journal());
        stage.press(self.come);
        if !self.query.is_empty() {
            stage.write(self.query).press("enter");
        }
        self.answer(&mut stage, &Delivery::Silent);
        for keys in self.then.split(';') {
            stage.press(keys);
            self.answer(&mut stage, &Delivery::Silent);
        }
        stage.press(self.first);
        stage
    }

    /// The record of the row under the cursor.
    fn record(&self, stage: &mut Stage) -> String {
        stage.copied.clear();
        if self.is_counted {
            // A count has no record, but the value that was counted.
            stage.press("y d");
            return json!({"id": stage.copied.pop()}).to_string();
        }
        stage.press("y j");
        stage.copied.pop().unwrap_or_default()
    }

    /// A row that is unlike the first one in all that a verb can act on.
    fn other(&self) -> Option<usize> {
        let mut stage = self.begin();
        let first = targets(&self.record(&mut stage));
        let mut alike = None;
        for row in 1..ROWS {
            stage.press("j");
            self.answer(&mut stage, &Delivery::Silent);
            let own = targets(&self.record(&mut stage));
            // All relatives are on one host.
            if !own.is_empty() && own.is_disjoint(&first) || self.is_tree && row > 2 {
                return Some(row);
            }
            if row > 1 && !own.is_empty() && own != first {
                alike.get_or_insert(row);
            }
        }
        // All that is on one host has that in common.
        alike.filter(|_| self.is_brief)
    }

    /// A console that looks at a row whose answers come as `delivery` says; of the first row, it may know everything.
    fn look(&self, row: usize, delivery: &Delivery, is_known: bool) -> (Stage, String, BTreeSet<String>) {
        let mut stage = self.begin();
        if is_known {
            let before = if *delivery == Delivery::Late { Delivery::Silent } else { Delivery::Fine };
            self.answer(&mut stage, &before);
            let is_opened = !self.visit.is_empty();
            stage.press(self.visit);
            self.answer_at(&mut stage, &before, is_opened);
            // The position in a pane must not be kept for another row; beside a tree, it is still the same process.
            let moves = if self.is_tree { "" } else { "j" };
            for _ in 0..self.panes {
                stage.press(moves).text();
                self.answer_at(&mut stage, &before, is_opened);
                stage.press("tab");
            }
            for _ in 0..self.panes {
                stage.press("backtab");
            }
            stage.press(self.first).press(self.back);
            self.answer(&mut stage, &before);
            stage.press(self.first);
        }
        for _ in 0..row {
            stage.press("j");
        }
        let record = self.record(&mut stage);
        let is_opened = !self.visit.is_empty();
        stage.press(self.visit);
        let kinds = self.answer_at(&mut stage, delivery, is_opened);
        if *delivery == Delivery::Late {
            stage.answer_dropped(good);
            self.answer_at(&mut stage, delivery, is_opened);
        }
        (stage, record, kinds)
    }

    /// Walks through the view with every kind of delivery.
    pub(crate) fn walk(&self) {
        let row = self.other();
        let row = row.unwrap_or_else(|| panic!("{}: all rows are alike", self.name));
        let (mut stage, record, kinds) = self.look(row, &Delivery::Fine, false);
        let is_asked = self.visit.is_empty() || !kinds.is_empty();
        assert!(is_asked, "{}: nothing was opened", self.name);
        let all = if self.is_brief { FEW } else { KEYS };
        let fine = self.seen(&mut stage, all);
        let missing = Error::NotFound { what: "that".into() };
        let mut deliveries = vec![
            Delivery::Reversed,
            Delivery::Refused(missing.clone()),
            Delivery::Refused(Error::Internal),
            Delivery::Silent,
            Delivery::Late,
        ];
        for kind in kinds {
            deliveries.push(Delivery::OneRefused(kind.clone(), missing.clone()));
            deliveries.push(Delivery::OneSilent(kind));
        }
        for delivery in deliveries {
            let is_of_one = matches!(delivery, Delivery::OneRefused(..) | Delivery::OneSilent(_));
            let keys = if is_of_one { FEW } else { all };
            let (mut stage, ..) = self.look(row, &delivery, false);
            let direct = self.seen(&mut stage, keys);
            let (mut stage, own, _) = self.look(row, &delivery, true);
            assert_eq!(own, record, "{}: it is another row", self.name);
            let walked = self.seen(&mut stage, keys);
            for (pane, walked) in walked.iter().enumerate() {
                let at = format!("{}, row {row}, pane {pane}, {delivery:?}", self.name);
                // The events beside a tree are those of the process that was opened.
                let is_named = self.is_named && (!self.is_tree || pane != 1);
                let record = Some(record.as_str()).filter(|_| is_named);
                walked.check(&[&direct[pane], &fine[pane]], record, &at);
            }
        }
    }

    /// Everything that is shown stays when it is asked for again and does not come.
    pub(crate) fn keep(&self) {
        let missing = Error::NotFound { what: "that".into() };
        for error in [Some(Error::Internal), Some(missing), None] {
            let (mut stage, ..) = self.look(0, &Delivery::Fine, false);
            let before = self.shown(&mut stage);
            stage.press("r");
            if let Some(error) = &error {
                stage.answer_all(|_| Err(error.clone()));
            }
            let after = self.shown(&mut stage);
            for (pane, before) in before.iter().enumerate() {
                // What is wrong takes some lines at the end.
                for line in before.iter().take(20) {
                    let name = self.name;
                    assert!(
                        after[pane].contains(line),
                        "{name}, pane {pane}, {error:?}: gone is\n{line}\nand here is\n{:#?}",
                        after[pane]
                    );
                }
            }
        }
    }

    /// What each pane shows, line by line, without its frame.
    fn shown(&self, stage: &mut Stage) -> Vec<Vec<String>> {
        let mut panes = Vec::new();
        for _ in 0..self.panes {
            stage.press("+");
            let mut lines = lines_of(&stage.text());
            lines.retain(|line| !line.starts_with(['╭', '╰']));
            // Below the last branch of a tree, another may be said to be missing.
            for line in &mut lines {
                *line = line.trim_start_matches(['├', '└', ' ']).into();
            }
            panes.push(lines);
            stage.press("+ tab");
        }
        for _ in 0..self.panes {
            stage.press("backtab");
        }
        panes
    }

    /// What each pane shows, and what its keys are about.
    fn seen(&self, stage: &mut Stage, keys: &[&'static str]) -> Vec<Seen> {
        let mut panes = Vec::new();
        for pane in 0..self.panes {
            let is_list = pane == 0 && self.visit.is_empty();
            stage.press("+");
            // A list shows all of its rows.
            let lines = if is_list { BTreeSet::new() } else { lines(stage) };
            let targets = keys.iter().map(|keys| (*keys, pressed(stage, keys)));
            let targets = targets.collect();
            stage.press("+");
            panes.push(Seen { lines, targets });
            stage.press("tab");
        }
        panes
    }
}

/// Keys that act on what is under the cursor and stay where they are.
const KEYS: &[&str] = &[
    "I", "U", "B", "M", "W", "S m", "S f", "S r", "S X", "S n", "a", "d", "f", "u", "A", "X", "o", "x", "D", "b", "t",
    "e", "#", "y y", "y h", "y c", "y g", "y n", "y j", "y d",
];

/// Of these, those that tell one row from another wherever it is.
const FEW: &[&str] = &["I", "B", "M", "o", "d", "y y", "y j"];

/// Of these, the keys that open something which tells itself what it is about.
const POPUPS: &[&str] = &["S n", "A", "D", "b", "t", "e"];

/// What a pane shows, and what is meant there.
struct Seen {
    lines: BTreeSet<String>,
    /// Key by key.
    targets: Vec<(&'static str, Meant)>,
}

/// What a key is about.
#[derive(Debug, Default)]
struct Meant {
    changes: Vec<Change>,
    copied: Vec<String>,
    popup: BTreeSet<String>,
}

impl Seen {
    /// Fails unless all of this is what a console shows that has never looked at another row.
    fn check(&self, pure: &[&Self; 2], record: Option<&str>, at: &str) {
        for line in &self.lines {
            // What is joined to a row may be known of it already.
            let mut chars = line.chars();
            let awaited = chars.next().map(|_| format!("…{}", chars.as_str()));
            let awaited = awaited.unwrap_or_default();
            let is_known = pure.iter().any(|pure| pure.lines.contains(line) || pure.lines.contains(&awaited));
            let lines = &pure[1].lines;
            assert!(is_known, "{at}: nothing of this row says\n{line}\nbut\n{lines:#?}");
        }
        for meant in &self.targets {
            let (key, meant) = meant;
            let pure = pure.map(|pure| {
                let mut targets = pure.targets.iter();
                &targets.find(|(other, _)| other == key).unwrap().1
            });
            if !meant.changes.is_empty() {
                let is_known = pure.iter().any(|pure| pure.changes == meant.changes);
                assert!(is_known, "{at}: {key} is about {:?}", meant.changes);
            }
            for (change, record) in meant.changes.iter().zip(record) {
                is_of(change, record, &format!("{at}: {key}"));
            }
            if !meant.copied.is_empty() {
                let is_known = pure.iter().any(|pure| pure.copied == meant.copied);
                assert!(is_known, "{at}: {key} copies {:?}", meant.copied);
            }
            for line in &meant.popup {
                // The documents of processes have the names of hosts in lower case.
                let is_it = |other: &String| other.to_lowercase() == line.to_lowercase();
                let is_known = pure.iter().any(|pure| pure.popup.iter().any(is_it)) || line.ends_with("unknown");
                assert!(is_known, "{at}: after {key}, nothing of this row says\n{line}");
            }
        }
    }
}

/// Fails if a record does not name what is to be acted on.
fn is_of(change: &Change, record: &str, at: &str) {
    let targets = targets(record);
    // A group of alerts does not name their sensor.
    if record.contains("group_by") {
        return;
    }
    let name = match change.target() {
        Target::Sensor(id) => id.to_string(),
        Target::Hash(md5) => md5.to_string(),
        Target::Watchlist(id) => id.to_string(),
        Target::Feed(id) => id.to_string(),
        Target::Group(id) => id.to_string(),
        _ => return,
    };
    let is_named = targets.contains(&name.to_lowercase());
    assert!(is_named, "{at} is about {change:?}, and the row is {record}");
}

/// The identifiers in a record.
fn targets(record: &str) -> BTreeSet<String> {
    let record: serde_json::Value = serde_json::from_str(record).unwrap_or_default();
    let names =
        ["id", "sensor_id", "md5", "process_md5", "md5hash", "process_id", "unique_id", "hostname", "computer_name"];
    // An action names what it was done to in a record of its own.
    let inner = record.get("sending").and_then(|act| act.get("target"));
    let all = inner.into_iter().chain([&record]);
    let values = all.flat_map(|one| names.iter().filter_map(|name| one.get(name)));
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.to_lowercase(),
        other => other.to_string(),
    };
    values.map(text).collect()
}

/// What a key is about.
fn pressed(stage: &mut Stage, keys: &str) -> Meant {
    let before = POPUPS.contains(&keys).then(|| stage.text());
    stage.previewed.clear();
    stage.copied.clear();
    stage.press(keys);
    let mut meant = Meant {
        changes: std::mem::take(&mut stage.previewed),
        copied: std::mem::take(&mut stage.copied),
        ..Meant::default()
    };
    while stage.app.focus() == PaneId::Overlay {
        if let Some(before) = &before {
            meant.popup.extend(popup(before, &stage.text()));
        }
        stage.press("esc");
    }
    meant
}

/// What lies over a screen: the smallest rectangle in which it is another one.
fn popup(before: &str, after: &str) -> BTreeSet<String> {
    let cells = |screen: &str| -> Vec<Vec<char>> {
        let lines: Vec<_> = screen.lines().map(|line| line.chars().collect()).collect();
        lines[2..lines.len() - 2].to_vec()
    };
    let (before, after) = (cells(before), cells(after));
    let differs = |row: &Vec<char>, other: &Vec<char>| {
        let n = row.len().max(other.len());
        let differing = (0..n).filter(|at| row.get(*at) != other.get(*at));
        differing.collect::<Vec<_>>()
    };
    let columns: BTreeSet<_> = after.iter().zip(&before).flat_map(|(row, other)| differs(row, other)).collect();
    let (Some(first), Some(last)) = (columns.first(), columns.last()) else {
        return BTreeSet::new();
    };
    let changed = after.iter().zip(&before).filter(|(row, other)| row != other);
    let part = |row: &Vec<char>| -> String {
        let cells = row.iter().skip(*first).take(last + 1 - first);
        cells.collect::<String>().trim_matches([' ', '│', '>']).trim().to_owned()
    };
    changed.map(|(row, _)| part(row)).filter(|line| !line.is_empty()).collect()
}

/// What stands on the screen below the header and above the hints.
fn lines(stage: &mut Stage) -> BTreeSet<String> {
    lines_of(&stage.text()).into_iter().collect()
}

fn lines_of(screen: &str) -> Vec<String> {
    let lines: Vec<_> = screen.lines().collect();
    let inner = &lines[2..lines.len() - 2];
    let inner = inner.iter().map(|line| line.trim_matches([' ', '│', '>']).trim().to_owned());
    inner.filter(|line| !line.is_empty()).collect()
}
