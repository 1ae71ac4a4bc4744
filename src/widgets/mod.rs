//! Widgets: drawing that depends on the theme, not on the model.
//!
//! Text given to a widget must be visible already (see [`text`](crate::text)). No widget draws outside the area it is
//! given, at any size and with any text.

mod bar;
mod column;
mod error_line;
mod fields;
mod panel;
mod popup;
mod row;
mod scroll;
mod table;
#[cfg(test)]
mod test_canvas;
mod text;
mod tree;

pub use bar::{Bar, key_hint};
pub use column::{RowOrder, TableColumn};
pub use error_line::ErrorLine;
pub use fields::{FieldLayout, FieldList, FieldRow};
pub use panel::{Panel, draw_legend};
pub use popup::{center, clear_area, fill_background};
pub use row::{Gutter, TableRow};
pub use scroll::scroll_to_cursor;
pub use table::TableWidget;
pub use text::{draw_line, to_cells, truncate, wrap_line};
pub use tree::tree_guide;
