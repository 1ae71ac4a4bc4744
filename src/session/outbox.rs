//! What the last input leaves for the app: notices.

use crate::text;

/// What the last input leaves for the app to show.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Notice in the footer.
    pub notice: Option<Notice>,
    /// Last notice that is not a warning.
    pub last_notice: Option<String>,
    pub last_warning: Option<String>,
    /// Warnings of the start that have not been read in full.
    pub start_warnings: Vec<String>,
}

/// A message in the footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub is_warning: bool,
    /// Whether it replaced the warnings of the start before any key was pressed, and must say how to read them.
    pub names_start_warnings: bool,
}

impl Outbox {
    /// Shows a notice until the next key.
    pub fn notify(&mut self, text: String) {
        self.last_notice = Some(text.clone());
        self.show(Notice { text, is_warning: false, names_start_warnings: false });
    }

    /// Shows a warning until the next key.
    pub fn warn(&mut self, text: String) {
        self.last_warning = Some(text.clone());
        self.show(Notice { text, is_warning: true, names_start_warnings: false });
    }

    /// Shows the warnings of the start: the first one, with the keys that show the others if there are any.
    pub fn warn_at_start(&mut self, warnings: Vec<String>) {
        if let [first, ..] = &warnings[..] {
            let first = first.clone();
            self.last_warning = Some(first.clone());
            self.start_warnings = warnings;
            let text = self.with_start_warnings(first);
            self.notice = Some(Notice { text, is_warning: true, names_start_warnings: true });
        }
    }

    /// Appends `text` to the notice; shows it as a warning if there is none.
    pub fn add_to_notice(&mut self, text: &str) {
        match &mut self.notice {
            Some(notice) => notice.text = format!("{}; {text}", notice.text),
            None => self.warn(text.to_owned()),
        }
    }

    /// Clears the notice.
    pub fn clear_notice(&mut self) {
        self.notice = None;
    }

    /// Shows a notice. Before the first key, it is preceded by the number of warnings of the start.
    fn show(&mut self, mut notice: Notice) {
        notice.names_start_warnings = self.notice.as_ref().is_some_and(|notice| notice.names_start_warnings);
        if notice.names_start_warnings {
            notice.text = self.with_start_warnings(notice.text);
        }
        self.notice = Some(notice);
    }

    /// Returns `text` preceded by the number of other warnings of the start and the keys that show them.
    fn with_start_warnings(&self, text: String) -> String {
        match self.start_warnings.iter().filter(|other| **other != text).count() {
            0 => text,
            n => {
                let more = text::pluralize(n, "more warning", "more warnings");
                format!("{more}, esc ! shows all: {text}")
            }
        }
    }
}
