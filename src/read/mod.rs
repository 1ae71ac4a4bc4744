//! Asking the server, once.
