//! What keys mean: one table for dispatch, hints, help and documentation.
