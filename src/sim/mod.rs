//! The embedded simulator of a CB Response server.
