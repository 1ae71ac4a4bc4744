//! Settings, profiles and credentials.
