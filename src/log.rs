//! Diagnostics: one log file a day, never on the screen.
