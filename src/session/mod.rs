//! What the investigation knows.
