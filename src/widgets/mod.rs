//! Drawing without meaning: knows the theme, not the model.
