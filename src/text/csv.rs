//! CSV cells that spreadsheets do not take for formulas.

use super::{Untrusted, make_visible};

/// Makes the text visible and safe as a CSV cell: no spreadsheet takes it for a formula. Quoting is left to the CSV
/// writer.
pub fn csv_cell(text: &Untrusted) -> String {
    escape_formula(make_visible(text))
}

/// Puts an apostrophe before a cell that a spreadsheet would take for a formula.
pub fn escape_formula(cell: String) -> String {
    // A number is safe, although it may begin with a sign.
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
