//! Cells of tables that other programs read.

use super::{Untrusted, make_visible};

/// The text made visible as one CSV cell that no spreadsheet takes for a formula. Quoting is the writer's work.
pub fn csv_cell(text: &Untrusted) -> String {
    escape_formula(make_visible(text))
}

/// A cell that a spreadsheet would take for a formula gets a leading apostrophe.
pub fn escape_formula(cell: String) -> String {
    // A number is a number; everything else that could begin a formula is text.
    let is_formula = cell.trim_start().starts_with(['=', '+', '-', '@', '|', '%']) && cell.parse::<f64>().is_err();
    if is_formula { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, safe) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("-2", "-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            (" =1+1", "' =1+1"),
            ("plain", "plain"),
            ("\t=1", "␉=1"),
        ] {
            assert_eq!(csv_cell(&cell.into()), safe);
        }
    }
}
