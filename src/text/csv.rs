//! Cells of tables that other programs read.

use super::{Untrusted, visible};

/// The text made visible as one CSV cell that no spreadsheet takes for a formula. Quoting is the writer's work.
pub fn csv(text: &Untrusted) -> String {
    formula_safe(visible(text))
}

/// A cell that a spreadsheet would take for a formula gets a leading apostrophe.
pub fn formula_safe(cell: String) -> String {
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
            assert_eq!(csv(&cell.into()), safe);
        }
    }
}
