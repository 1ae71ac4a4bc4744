//! The background task that answers the screen.
