//! Panes together: inputs in, effects out.
