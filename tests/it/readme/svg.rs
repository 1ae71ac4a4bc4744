//! A screen as an SVG: every cell where the terminal puts it, in the colors of the theme.

use std::fmt::Write;

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};

/// How wide and high a cell is. A letter of a monospaced font is three fifths of its size wide.
const WIDTH: usize = 9;
const HEIGHT: usize = 18;
const FONT_SIZE: usize = 15;

/// The room around the screen.
const MARGIN: usize = 12;

/// What a cell looks like.
#[derive(Clone, PartialEq)]
struct Look {
    ink: String,
    ground: String,
    is_bold: bool,
    is_italic: bool,
    is_underlined: bool,
}

/// Cells beside each other that look alike.
struct Run {
    column: usize,
    n_columns: usize,
    text: String,
    look: Look,
}

/// Draws the buffer of a screen.
pub(crate) fn draw(buffer: &Buffer, title: &str) -> String {
    let columns = usize::from(buffer.area.width);
    let rows = usize::from(buffer.area.height);
    let (width, height) = (columns * WIDTH + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN);
    let ground = look(&buffer[(0, 0)]).ground;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" \
         font-size=\"{FONT_SIZE}\">\n<title>{}</title>\n<rect width=\"{width}\" height=\"{height}\" rx=\"8\" \
         fill=\"{ground}\"/>\n",
        escaped(title)
    );
    for row in 0..buffer.area.height {
        for run in runs(buffer, row) {
            draw_run(&mut out, &run, usize::from(row), &ground);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn draw_run(out: &mut String, run: &Run, row: usize, ground: &str) {
    let x = MARGIN + run.column * WIDTH;
    let y = MARGIN + row * HEIGHT;
    let width = run.n_columns * WIDTH;
    let look = &run.look;
    if look.ground != ground {
        let fill = &look.ground;
        let _ = writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" fill=\"{fill}\"/>");
    }
    let text = run.text.trim();
    if text.is_empty() {
        return;
    }
    // No renderer agrees with another on blanks at the ends.
    let n_blanks = run.text.len() - run.text.trim_start().len();
    let x = x + n_blanks * WIDTH;
    let width = lampblack::text::width(text) * WIDTH;
    let mut style = String::new();
    for (is_so, attribute) in [
        (look.is_bold, " font-weight=\"bold\""),
        (look.is_italic, " font-style=\"italic\""),
        (look.is_underlined, " text-decoration=\"underline\""),
    ] {
        if is_so {
            style.push_str(attribute);
        }
    }
    let baseline = y + FONT_SIZE - 1;
    let (fill, text) = (&look.ink, escaped(text));
    let _ = writeln!(
        out,
        "<text x=\"{x}\" y=\"{baseline}\" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\" \
         xml:space=\"preserve\" fill=\"{fill}\"{style}>{text}</text>"
    );
}

/// The cells of a row, joined where they look alike.
fn runs(buffer: &Buffer, row: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut column = 0;
    while column < buffer.area.width {
        let cell = &buffer[(column, row)];
        let n_columns = lampblack::text::width(cell.symbol()).max(1);
        let look = look(cell);
        match runs.last_mut() {
            Some(run) if run.look == look => {
                run.text.push_str(cell.symbol());
                run.n_columns += n_columns;
            }
            _ => runs.push(Run { column: usize::from(column), n_columns, text: cell.symbol().to_owned(), look }),
        }
        column += u16::try_from(n_columns).unwrap();
    }
    runs
}

fn look(cell: &Cell) -> Look {
    let has = |modifier| cell.modifier.contains(modifier);
    let (mut ink, mut ground) = (hexadecimal(cell.fg), hexadecimal(cell.bg));
    if has(Modifier::REVERSED) {
        std::mem::swap(&mut ink, &mut ground);
    }
    Look {
        ink,
        ground,
        is_bold: has(Modifier::BOLD),
        is_italic: has(Modifier::ITALIC),
        is_underlined: has(Modifier::UNDERLINED),
    }
}

#[track_caller]
fn hexadecimal(color: Color) -> String {
    match color {
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        other => panic!("{other:?} looks different on every terminal"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
