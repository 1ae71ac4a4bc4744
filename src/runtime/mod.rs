//! The world: terminal, clock, channels, signals.
