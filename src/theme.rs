//! Colors and modifiers by role.
