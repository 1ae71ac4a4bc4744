//! What must outlive the program.
