//! Drawing without meaning: knows the theme, not the model.
//!
//! Text given to a widget is already visible (see [`text`](crate::text)). No widget draws outside the area it is given,
//! whatever its size and whatever the text.

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

pub use bar::{Bar, hint};
pub use column::{Column, Order};
pub use error_line::Trouble;
pub use fields::{Field, Fields, Laid};
pub use panel::{Panel, draw_legend};
pub use popup::{centered, clear, ground};
pub use row::{Gutter, Row};
pub use scroll::follow;
pub use table::Table;
pub use text::{cells, cut, draw, wrap};
pub use tree::guide;
