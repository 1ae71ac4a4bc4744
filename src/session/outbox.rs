//! What the last input leaves for the app: notices.

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
