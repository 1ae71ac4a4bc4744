//! How the screen of a view is divided.

use ratatui::layout::{Constraint, Layout, Rect};

/// An area and what it is divided into.
#[derive(Debug)]
pub(in crate::app) enum Area {
    /// The pane at this index of the view's panes.
    Pane(usize),
    /// Areas side by side, from the left.
    Columns(&'static [(Size, Area)]),
    /// Areas one below the other, from the top.
    Rows(&'static [(Size, Area)]),
}

/// The width of a column or the height of a row, in cells.
#[derive(Clone, Copy, Debug)]
pub(in crate::app) enum Size {
    /// A share of what the others leave.
    Fill(u16),
    Percent(u16),
    /// A fraction of the whole, within bounds.
    Fraction {
        numerator: u16,
        denominator: u16,
        min: u16,
        max: u16,
    },
}

impl Size {
    /// A fraction of the whole, at most `max` cells.
    pub(super) const fn up_to(numerator: u16, denominator: u16, max: u16) -> Self {
        Self::Fraction { numerator, denominator, min: 0, max }
    }

    /// A fraction of the whole, at least `min` cells.
    pub(super) const fn at_least(numerator: u16, denominator: u16, min: u16) -> Self {
        Self::Fraction { numerator, denominator, min, max: u16::MAX }
    }

    fn constraint(self, whole: u16) -> Constraint {
        match self {
            Self::Fill(share) => Constraint::Fill(share),
            Self::Percent(percent) => Constraint::Percentage(percent),
            Self::Fraction { numerator, denominator, min, max } => {
                let cells = u32::from(whole) * u32::from(numerator) / u32::from(denominator.max(1));
                Constraint::Length(u16::try_from(cells).unwrap_or(u16::MAX).clamp(min, max))
            }
        }
    }
}

impl Area {
    /// Returns the area of each pane.
    pub(super) fn split(&self, area: Rect) -> Vec<(usize, Rect)> {
        let (parts, areas) = match self {
            Self::Pane(at) => return vec![(*at, area)],
            Self::Columns(parts) => {
                (parts, Layout::horizontal(parts.iter().map(|(size, _)| size.constraint(area.width))).split(area))
            }
            Self::Rows(parts) => {
                (parts, Layout::vertical(parts.iter().map(|(size, _)| size.constraint(area.height))).split(area))
            }
        };
        parts.iter().zip(areas.iter()).flat_map(|((_, part), area)| part.split(*area)).collect()
    }
}
