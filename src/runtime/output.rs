//! Frames on their way to the terminal, told in few bytes.
//!
//! A frame takes as long as it has bytes: over ssh, and in the pipe between program and terminal, too, which passes on
//! four kilobytes at a time. When the process list scrolls, most of what changes is the color of the next few letters,
//! and most colors are those of blanks.

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

/// Bytes of the largest frame that is still one write.
const FRAME: usize = 64 * 1024;

/// What frames are written to: one write for each.
#[derive(Debug)]
pub struct Output<W: Write = BufWriter<Stdout>>(W, Charset);

impl Output {
    /// Frames on standard output, in a character set.
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
            pen.go_to(Position { x, y }, &mut self.0)?;
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
        // The answer would come among the keys, and not every terminal gives one.
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
        // Asked before every frame; crossterm opens the terminal for it each time.
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

/// What the terminal would write now, and where.
#[derive(Default)]
struct Pen {
    /// The style of the last cell; in a blank one, what can be seen of it.
    style: Cell,
    /// Where the next letter goes; nowhere known before the first.
    at: Option<Position>,
    /// Whether that is certain: terminals do not agree how wide every letter is.
    is_certain: bool,
}

impl Pen {
    fn go_to(&mut self, to: Position, out: &mut impl Write) -> io::Result<()> {
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

    /// Takes on the style of a cell, as far as it can be seen there.
    fn apply_style(&mut self, cell: &Cell, out: &mut impl Write) -> io::Result<()> {
        /// What shows where there is no letter.
        const LINES: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);
        let mut next = cell.clone();
        if next.symbol() == " " && !(next.modifier | self.style.modifier).intersects(LINES) {
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
        /// Each with what sets it and what takes it away again, and what that takes away besides.
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
        let mut from = self.style.modifier;
        if from == to {
            return Ok(());
        }
        for (modifier, _, unset, besides) in ATTRIBUTES {
            if from.contains(modifier) && !to.contains(modifier) {
                queue!(out, SetAttribute(unset))?;
                from -= modifier | besides;
            }
        }
        for (modifier, set, ..) in ATTRIBUTES {
            if to.contains(modifier) && !from.contains(modifier) {
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

    /// A frame: for each piece of it, where it stands, how it looks, and what it says.
    type Pieces = Vec<(u16, u16, Style, String)>;

    fn any_style() -> impl Strategy<Value = Style> {
        let color =
            prop_oneof![Just(Color::Reset), Just(Color::Red), Just(Color::Indexed(117)), Just(Color::Rgb(1, 2, 3)),];
        let modifier = any::<u16>().prop_map(|bits| {
            let known = Modifier::ITALIC | Modifier::UNDERLINED | Modifier::REVERSED;
            // The terminal of this test takes the later of bold and dim for the only one.
            let weight = [Modifier::empty(), Modifier::BOLD, Modifier::DIM];
            (Modifier::from_bits_truncate(bits) & known) | weight[usize::from(bits) % 3]
        });
        (color.clone(), color, modifier)
            .prop_map(|(fg, bg, modifier)| Style::reset().fg(fg).bg(bg).add_modifier(modifier))
    }

    fn any_frames() -> impl Strategy<Value = Vec<Pieces>> {
        let piece = (0..AREA.width, 0..AREA.height, any_style(), "[ab 世…]{0,6}");
        prop::collection::vec(prop::collection::vec(piece, 0..12), 1..4)
    }

    /// What a terminal shows after all frames, and how many bytes that took.
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

    fn ours(bytes: &mut Vec<u8>, news: Vec<(u16, u16, &Cell)>) -> io::Result<()> {
        Output(bytes, Charset::Unicode).draw(news.into_iter())
    }

    fn usual(bytes: &mut Vec<u8>, news: Vec<(u16, u16, &Cell)>) -> io::Result<()> {
        CrosstermBackend::new(bytes).draw(news.into_iter())
    }

    proptest! {
        #[test]
        fn a_terminal_shows_the_same_as_by_the_usual_way_for_fewer_bytes(frames in any_frames()) {
            let (ours, n_ours) = shown(&frames, ours);
            let (usual, n_usual) = shown(&frames, usual);
            for row in 0..AREA.height {
                for column in 0..AREA.width {
                    let cell = |terminal: &vt100::Parser| terminal.screen().cell(row, column).unwrap().clone();
                    let (ours, usual) = (cell(&ours), cell(&usual));
                    prop_assert_eq!(ours.contents(), usual.contents());
                    let lined = |cell: &vt100::Cell| (cell.underline(), cell.inverse());
                    prop_assert_eq!(lined(&ours), lined(&usual));
                    prop_assert_eq!(ours.bgcolor(), usual.bgcolor());
                    if !usual.contents().trim().is_empty() || lined(&usual) != (false, false) {
                        prop_assert_eq!(ours.fgcolor(), usual.fgcolor());
                    }
                    if !usual.contents().trim().is_empty() {
                        let shape = |cell: &vt100::Cell| (cell.bold(), cell.dim(), cell.italic());
                        prop_assert_eq!(shape(&ours), shape(&usual));
                    }
                }
            }
            prop_assert!(n_ours <= n_usual, "{n_ours} > {n_usual}");
        }
    }

    #[test]
    fn a_frame_without_news_is_no_byte() {
        let (_, n_bytes) = shown(&[vec![], vec![]], ours);
        assert_eq!(n_bytes, 0);
    }
}
