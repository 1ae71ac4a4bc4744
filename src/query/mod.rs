//! The search language, shared by editor, client and simulator.
