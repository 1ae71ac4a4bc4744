//! What a search has to say beside its rows.

use std::pin::pin;

use futures::TryStreamExt;

use super::{Caller, Exit, Failure, completeness::Gaps};
use crate::api::Client;
use crate::cli::Reading;
use crate::fetch::{self, Paged};
use crate::model::{Page, Search, Span};
use crate::output::{Column, Row, Sheet};

/// Prints what a search finds, page by page, and says what stands beside it; `noun` is what a row is.
pub(super) async fn print<T: Paged>(
    noun: &'static str,
    search: Search,
    columns: &'static [Column],
    reading: Reading,
    row: fn(&T) -> Row,
    caller: &mut Caller<'_>,
) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let limit = (reading.limit > 0).then_some(reading.limit);
    let mut told = Told::of(noun);
    let look = caller.look();
    let mut sheet = Sheet::new(caller.streams.out, reading.format, columns, look);
    let mut pages = pin!(fetch::pages::<T>(&client, search, limit));
    let ended = loop {
        match pages.try_next().await {
            Ok(Some(page)) => {
                told.add(&page);
                let rows: Vec<Row> = page.rows.iter().map(row).collect();
                sheet.rows(&rows)?;
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    // What came before an error is still an answer, and its JSON must parse.
    sheet.finish()?;
    ended?;
    Ok(told.tell(limit, caller))
}

/// Prints how many rows a search finds, and nothing else.
pub(super) async fn count<T: Paged>(search: &Search, client: &Client, caller: &mut Caller<'_>) -> Result<u64, Failure> {
    const NONE: Span = Span { start: 0, rows: 0 };
    let search = Search { sort: None, ..search.clone() };
    let page = T::page(client, &search, NONE).await?;
    writeln!(caller.streams.out, "{}", page.total)?;
    let gaps = Gaps { hidden: page.hidden, is_incomplete: page.is_incomplete, ..Gaps::default() };
    gaps.tell("rows", caller);
    Ok(page.total)
}

/// What stands beside the rows of a search.
#[derive(Default)]
pub(super) struct Told {
    /// What a row is.
    noun: &'static str,
    sent: u64,
    total: u64,
    gaps: Gaps,
}

impl Told {
    /// Nothing yet of rows that are called `noun`.
    pub(super) fn of(noun: &'static str) -> Self {
        Self { noun, ..Self::default() }
    }

    /// Counts a page in.
    pub(super) fn add<T>(&mut self, page: &Page<T>) {
        self.sent += u64::try_from(page.sent()).unwrap_or(u64::MAX);
        self.total = page.total;
        self.gaps.broken += page.broken;
        self.gaps.hidden = self.gaps.hidden.max(page.hidden);
        self.gaps.is_incomplete |= page.is_incomplete;
    }

    /// Says it all; the exit code says whether there was anything.
    pub(super) fn tell(&self, limit: Option<u64>, caller: &mut Caller<'_>) -> Exit {
        self.gaps.tell("rows", caller);
        if self.sent == 0 {
            caller.note(&format!("no {} matches", self.noun));
            return Exit::Nothing;
        }
        if limit == Some(self.sent) && self.sent < self.total {
            caller.note(&format!(
                "{} {} of up to {}; --limit 0 gives all",
                self.sent,
                if self.sent == 1 { "row" } else { "rows" },
                self.total
            ));
        }
        Exit::Done
    }
}
