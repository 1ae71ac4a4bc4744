//! `--join`: what belongs to processes, as columns and as members of their JSON.

use std::borrow::Cow;

use super::Caller;
use crate::cli;
use crate::fetch::{Fact, Join, Reader, Related};
use crate::model::{Document, Process};
use crate::output::{Align, Cell, Column};

/// The joins of a command, and how they are written.
pub(super) struct Joins {
    join: Join,
    /// Rows that name no file.
    n_nameless: usize,
}

impl Joins {
    /// Those of the command line.
    pub(super) fn new(wanted: &[cli::Join]) -> Self {
        let related: Vec<_> = wanted
            .iter()
            .map(|join| match join {
                cli::Join::Sensor => Related::Sensor,
                cli::Join::Group => Related::Group,
                cli::Join::Binary => Related::Binary,
            })
            .collect();
        Self { join: Join::new(&related), n_nameless: 0 }
    }

    /// The columns with those of the joins before the last one.
    pub(super) fn columns(&self, own: &'static [Column]) -> Cow<'static, [Column]> {
        let mut columns = own.to_vec();
        let at = own.len().saturating_sub(1);
        columns.splice(at..at, self.added().into_iter().flatten());
        columns.into()
    }

    /// What each join adds, in a fixed order.
    fn added(&self) -> [Vec<Column>; 3] {
        let column = |name, align| Column::new(name, align).rank(1);
        let wanted = |related, columns: Vec<Column>| {
            if self.join.wants(related) { columns } else { Vec::new() }
        };
        [
            wanted(Related::Sensor, vec![column("host_status", Align::Left)]),
            wanted(Related::Group, vec![column("group", Align::Left).least(8).rank(1)]),
            wanted(
                Related::Binary,
                vec![
                    column("signed", Align::Left),
                    column("publisher", Align::Left).least(9).rank(1),
                    column("days_signed", Align::Right),
                ],
            ),
        ]
    }

    /// Fetches what these rows need, before they are written.
    pub(super) async fn fetch<'p>(&mut self, rows: impl IntoIterator<Item = &'p Process>, reader: &mut Reader) {
        for process in rows {
            self.join.add(process);
            self.n_nameless += usize::from(process.md5.is_none());
        }
        reader.join(&mut self.join).await;
    }

    /// Puts what the joins know of a process before the last of its cells.
    pub(super) fn extend(&self, process: &Process, cells: &mut Vec<Cell>) {
        let at = cells.len().saturating_sub(1);
        cells.splice(at..at, self.cells(process));
    }

    fn cells(&self, process: &Process) -> Vec<Cell> {
        let mut cells = Vec::new();
        if self.join.wants(Related::Sensor) {
            let sensor = self.join.sensor(process).and_then(Fact::known);
            let status = sensor.map(|known| Cell::of(&known.value.status));
            cells.push(status.unwrap_or_default());
        }
        if self.join.wants(Related::Group) {
            let group = self.join.group(process).and_then(Fact::known);
            let name = group.map(|known| Cell::of(&known.value.name));
            cells.push(name.unwrap_or_default());
        }
        if self.join.wants(Related::Binary) {
            let binary = self.join.binary(process).and_then(Fact::known);
            let signature = binary.map(|known| &known.value.signature);
            let text = |text: Option<&_>| text.map(Cell::of).unwrap_or_default();
            cells.push(text(signature.map(|signature| &signature.result)));
            cells.push(text(signature.map(|signature| &signature.publisher)));
            let days = signature.zip(process.started);
            let days = days.and_then(|(signature, start)| signature.days_before(start));
            cells.push(Cell::from(days));
        }
        cells
    }

    /// The members that the joins add to the JSON of a process; `null` for what is not known.
    pub(super) fn members(&self, process: &Process) -> Vec<(&'static str, String)> {
        let json = |document: Option<&Document>| match document {
            Some(document) => document.json().to_owned(),
            None => "null".to_owned(),
        };
        let mut members = Vec::new();
        if self.join.wants(Related::Sensor) {
            let known = self.join.sensor(process).and_then(Fact::known);
            members.push(("sensor", json(known.map(|known| &known.value.document))));
        }
        if self.join.wants(Related::Group) {
            let known = self.join.group(process).and_then(Fact::known);
            members.push(("group", json(known.map(|known| &known.value.document))));
        }
        if self.join.wants(Related::Binary) {
            let known = self.join.binary(process).and_then(Fact::known);
            members.push(("binary", json(known.map(|known| &known.value.document))));
        }
        members
    }

    /// Says what could not be fetched.
    pub(super) fn tell(&self, caller: &mut Caller<'_>) {
        /// A server that is gone answers for nothing, and one line says that as well as a thousand.
        const MOST: usize = 8;
        let missing = self.join.missing();
        for (what, error) in missing.iter().take(MOST) {
            caller.warn(&format!("not joined: {what}: {error}"));
        }
        if let Some(more @ 1..) = missing.len().checked_sub(MOST) {
            caller.warn(&format!("not joined: {more} more"));
        }
        if self.n_nameless > 0 && self.join.wants(Related::Binary) {
            let rows = if self.n_nameless == 1 { "row names" } else { "rows name" };
            caller.note(&format!("{} {rows} no binary", self.n_nameless));
        }
    }
}
