//! The formats of the headless commands.
