//! Terminal backend that writes frames in few bytes.
//!
//! The time to show a frame depends on its size: over ssh, and also in the pipe between program and terminal, which
//! passes on 4 KiB at a time. When a list scrolls, most changed cells are a few letters of another color or blanks,
//! whose foreground color need not be sent.

use std::io::{self, BufWriter, Stdout, Write};

use crossterm::{
    cursor::{Hide, MoveRight, MoveTo, Show},
    queue,
    style::{
        Attribute, Colors, Print, SetAttribute, SetBackgroundColor, SetColors, SetForegroundColor, SetUnderlineColor,
    },
    terminal::{self, Clear},
};
use ratatui::{
    backend::{Backend, ClearType, IntoCrossterm, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
    style::Modifier,
};

use crate::text::{self, Charset};

/// The buffer size in bytes. A frame up to this size is one write.
const FRAME: usize = 64 * 1024;

/// The backend of the console: each frame is one write.
#[derive(Debug)]
pub struct Output<W: Write = BufWriter<Stdout>>(W, Charset);

impl Output {
    /// Creates the backend on standard output.
    pub fn new(charset: Charset) -> Self {
        Self(BufWriter::with_capacity(FRAME, io::stdout()), charset)
    }
}

impl<W: Write> Backend for Output<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut pen = Pen::default();
        for (x, y, cell) in content {
            pen.move_to(Position { x, y }, &mut self.0)?;
            pen.apply_style(cell, &mut self.0)?;
            pen.write(cell, self.1, &mut self.0)?;
        }
        if pen.at.is_some() {
            queue!(self.0, SetAttribute(Attribute::Reset))?;
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        queue!(self.0, Hide)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        queue!(self.0, Show)
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        // The terminal's answer would be mixed with the keys, and not all terminals answer.
        Err(io::ErrorKind::Unsupported.into())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        queue!(self.0, MoveTo(x, y))
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        queue!(
            self.0,
            Clear(match region {
                ClearType::All => terminal::ClearType::All,
                ClearType::AfterCursor => terminal::ClearType::FromCursorDown,
                ClearType::BeforeCursor => terminal::ClearType::FromCursorUp,
                ClearType::CurrentLine => terminal::ClearType::CurrentLine,
                ClearType::UntilNewLine => terminal::ClearType::UntilNewLine,
            })
        )
    }

    fn size(&self) -> io::Result<Size> {
        // Called before each frame; crossterm opens the terminal each time.
        match rustix::termios::tcgetwinsize(io::stdout()) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Ok(Size::new(size.ws_col, size.ws_row)),
            _ => terminal::size().map(Size::from),
        }
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Style and position at which the terminal would write next.
#[derive(Default)]
struct Pen {
    /// The style of the last cell; attributes that do not show on a blank may be older.
    style: Cell,
    /// The position of the next character; unknown before the first.
    at: Option<Position>,
    /// Whether `at` is certain: terminals disagree on the width of some characters.
    is_certain: bool,
}

impl Pen {
    fn move_to(&mut self, to: Position, out: &mut impl Write) -> io::Result<()> {
        match self.at {
            Some(at) if at == to => return Ok(()),
            Some(at) if at.y == to.y && at.x < to.x && self.is_certain => {
                queue!(out, MoveRight(to.x - at.x))?;
            }
            _ => {
                queue!(out, MoveTo(to.x, to.y))?;
                self.is_certain = true;
            }
        }
        self.at = Some(to);
        Ok(())
    }

    /// Sets the style of a cell, except for what cannot be seen in it.
    fn apply_style(&mut self, cell: &Cell, out: &mut impl Write) -> io::Result<()> {
        /// The modifiers that are visible on a blank.
        const VISIBLE_ON_BLANK: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);
        let mut next = cell.clone();
        if next.symbol() == " " && !(next.modifier | self.style.modifier).intersects(VISIBLE_ON_BLANK) {
            next.fg = self.style.fg;
            next.modifier = self.style.modifier;
            next.underline_color = self.style.underline_color;
        }
        self.set_modifiers(next.modifier, out)?;
        match (next.fg != self.style.fg, next.bg != self.style.bg) {
            (true, true) => {
                let colors = Colors::new(next.fg.into_crossterm(), next.bg.into_crossterm());
                queue!(out, SetColors(colors))?;
            }
            (true, false) => queue!(out, SetForegroundColor(next.fg.into_crossterm()))?,
            (false, true) => queue!(out, SetBackgroundColor(next.bg.into_crossterm()))?,
            (false, false) => {}
        }
        if next.underline_color != self.style.underline_color {
            queue!(out, SetUnderlineColor(next.underline_color.into_crossterm()))?;
        }
        self.style = next;
        Ok(())
    }

    fn set_modifiers(&mut self, to: Modifier, out: &mut impl Write) -> io::Result<()> {
        /// Each modifier with the attribute that sets it, the one that unsets it, and the modifier that is unset with
        /// it.
        const ATTRIBUTES: [(Modifier, Attribute, Attribute, Modifier); 9] = {
            use Attribute as A;
            use Modifier as M;
            [
                (M::BOLD, A::Bold, A::NormalIntensity, M::DIM),
                (M::DIM, A::Dim, A::NormalIntensity, M::BOLD),
                (M::ITALIC, A::Italic, A::NoItalic, M::empty()),
                (M::UNDERLINED, A::Underlined, A::NoUnderline, M::empty()),
                (M::SLOW_BLINK, A::SlowBlink, A::NoBlink, M::RAPID_BLINK),
                (M::RAPID_BLINK, A::RapidBlink, A::NoBlink, M::SLOW_BLINK),
                (M::REVERSED, A::Reverse, A::NoReverse, M::empty()),
                (M::HIDDEN, A::Hidden, A::NoHidden, M::empty()),
                (M::CROSSED_OUT, A::CrossedOut, A::NotCrossedOut, M::empty()),
            ]
        };
        let mut current = self.style.modifier;
        if current == to {
            return Ok(());
        }
        for (modifier, _, unset, also_unset) in ATTRIBUTES {
            if current.contains(modifier) && !to.contains(modifier) {
                queue!(out, SetAttribute(unset))?;
                current -= modifier | also_unset;
            }
        }
        for (modifier, set, ..) in ATTRIBUTES {
            if to.contains(modifier) && !current.contains(modifier) {
                queue!(out, SetAttribute(set))?;
            }
        }
        Ok(())
    }

    fn write(&mut self, cell: &Cell, charset: Charset, out: &mut impl Write) -> io::Result<()> {
        let symbol = match charset {
            Charset::Unicode => cell.symbol().into(),
            Charset::Ascii => text::to_ascii_cells(cell.symbol()),
        };
        queue!(out, Print(&symbol))?;
        self.is_certain &= symbol.len() == 1;
        self.at = self.at.map(|at| Position { x: at.x.saturating_add(1), ..at });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use proptest::prelude::*;
    use ratatui::{
        backend::CrosstermBackend,
        buffer::Buffer,
        layout::Rect,
        style::{Color, Style},
    };

    use super::*;

    const AREA: Rect = Rect::new(0, 0, 12, 4);

    /// A frame: position, style and text of its pieces.
    type Pieces = Vec<(u16, u16, Style, String)>;

    fn any_style() -> impl Strategy<Value = Style> {
        let color =
            prop_oneof![Just(Color::Reset), Just(Color::Red), Just(Color::Indexed(117)), Just(Color::Rgb(1, 2, 3)),];
        let modifier = any::<u16>().prop_map(|bits| {
            let supported = Modifier::ITALIC | Modifier::UNDERLINED | Modifier::REVERSED;
            // The test terminal cannot show bold and dim together.
            let weight = [Modifier::empty(), Modifier::BOLD, Modifier::DIM];
            (Modifier::from_bits_truncate(bits) & supported) | weight[usize::from(bits) % 3]
        });
        (color.clone(), color, modifier)
            .prop_map(|(fg, bg, modifier)| Style::reset().fg(fg).bg(bg).add_modifier(modifier))
    }

    fn any_frames() -> impl Strategy<Value = Vec<Pieces>> {
        let piece = (0..AREA.width, 0..AREA.height, any_style(), "[ab 世…]{0,6}");
        prop::collection::vec(prop::collection::vec(piece, 0..12), 1..4)
    }

    /// Returns the terminal after all frames, and how many bytes were written.
    fn shown(
        frames: &[Pieces],
        draw: impl Fn(&mut Vec<u8>, Vec<(u16, u16, &Cell)>) -> io::Result<()>,
    ) -> (vt100::Parser, usize) {
        let size = |cells| NonZero::new(cells).unwrap();
        let mut terminal = vt100::Parser::new(size(AREA.height), size(AREA.width), 0);
        let mut before = Buffer::empty(AREA);
        let mut n_bytes = 0;
        for pieces in frames {
            let mut frame = Buffer::empty(AREA);
            for (x, y, style, text) in pieces {
                frame.set_string(*x, *y, text, *style);
            }
            let mut bytes = Vec::new();
            draw(&mut bytes, before.diff(&frame)).unwrap();
            terminal.process(&bytes);
            n_bytes += bytes.len();
            before = frame;
        }
        (terminal, n_bytes)
    }

    fn ours(bytes: &mut Vec<u8>, changes: Vec<(u16, u16, &Cell)>) -> io::Result<()> {
        Output(bytes, Charset::Unicode).draw(changes.into_iter())
    }

    fn crossterm_backend(bytes: &mut Vec<u8>, changes: Vec<(u16, u16, &Cell)>) -> io::Result<()> {
        CrosstermBackend::new(bytes).draw(changes.into_iter())
    }

    /// Fails unless the terminal shows these frames as with crossterm's backend, for at most as many bytes.
    #[track_caller]
    fn check(frames: &[Pieces]) {
        let (ours, n_ours) = shown(frames, ours);
        let (expected, n_expected) = shown(frames, crossterm_backend);
        for row in 0..AREA.height {
            for column in 0..AREA.width {
                let cell = |terminal: &vt100::Parser| terminal.screen().cell(row, column).unwrap().clone();
                let (ours, expected) = (cell(&ours), cell(&expected));
                assert_eq!(ours.contents(), expected.contents());
                let lined = |cell: &vt100::Cell| (cell.underline(), cell.inverse());
                assert_eq!(lined(&ours), lined(&expected));
                assert_eq!(ours.bgcolor(), expected.bgcolor());
                if !expected.contents().trim().is_empty() || lined(&expected) != (false, false) {
                    assert_eq!(ours.fgcolor(), expected.fgcolor());
                }
                if !expected.contents().trim().is_empty() {
                    let shape = |cell: &vt100::Cell| (cell.bold(), cell.dim(), cell.italic());
                    assert_eq!(shape(&ours), shape(&expected));
                }
            }
        }
        assert!(n_ours <= n_expected, "{n_ours} > {n_expected}");
    }

    proptest! {
        #[test]
        fn the_terminal_shows_the_same_as_with_the_crossterm_backend_for_fewer_bytes(frames in any_frames()) {
            check(&frames);
        }
    }

    #[test]
    fn wide_characters_and_modifiers_that_follow_each_other_are_shown_as_with_the_crossterm_backend() {
        let plain = Style::reset();
        check(&[
            vec![(2, 1, plain, "a a… …".into())],
            vec![(0, 0, plain.dim().italic(), "a".into()), (3, 1, plain.bold().underlined(), "a".into())],
        ]);
        check(&[
            vec![(4, 2, plain.on_red(), "aa 世".into())],
            vec![
                (8, 2, plain.bold().italic().underlined().reversed(), "世…".into()),
                (6, 2, plain.dim(), " 世 世".into()),
                (4, 2, plain.bold().italic(), "… …a".into()),
            ],
        ]);
    }

    #[test]
    fn a_frame_without_changes_is_no_byte() {
        let (_, n_bytes) = shown(&[vec![], vec![]], ours);
        assert_eq!(n_bytes, 0);
    }
}
