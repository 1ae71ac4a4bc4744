//! The server's JSON, read leniently into the model.
