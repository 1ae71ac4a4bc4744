//! The `--join` option: related sensors, groups and binaries, as columns and as JSON members.

use super::CommandCx;
use crate::cli;
use crate::fetch::{Fetcher, JoinKey, JoinPlan, JoinResult};
use crate::model::{Document, Process};
use crate::output::{AddedColumn, Align, ExtendedRow, OutputCell, OutputColumn, with_members};

/// The joins of a command and their output.
pub(super) struct Joins {
    join: JoinPlan,
    /// The number of rows without a hash.
    n_nameless: usize,
}

impl Joins {
    /// Creates the joins that the command line requests.
    pub(super) fn new(requested: &[cli::Join]) -> Self {
        let keys: Vec<_> = requested
            .iter()
            .map(|join| match join {
                cli::Join::Sensor => JoinKey::Sensor,
                cli::Join::Group => JoinKey::Group,
                cli::Join::Binary => JoinKey::Binary,
            })
            .collect();
        Self { join: JoinPlan::new(&keys), n_nameless: 0 }
    }

    /// Returns whether nothing is joined.
    pub(super) fn is_empty(&self) -> bool {
        [JoinKey::Sensor, JoinKey::Group, JoinKey::Binary].into_iter().all(|key| !self.join.includes(key))
    }

    /// Returns the columns of the joins, which are inserted before the last one of `n_own` columns.
    pub(super) fn columns(&self, n_own: usize) -> Vec<AddedColumn> {
        let column = |name, align| OutputColumn::new(name, align).rank(1);
        let columns = [
            (JoinKey::Sensor, "host_status", column("host_status", Align::Left)),
            (JoinKey::Group, "group", column("group", Align::Left).min_width(8)),
            (JoinKey::Binary, "signed", column("signed", Align::Left)),
            (JoinKey::Binary, "publisher", column("publisher", Align::Left).min_width(9)),
            (JoinKey::Binary, "days_signed", column("days_signed", Align::Right)),
        ];
        let included = columns.into_iter().filter(|(key, ..)| self.join.includes(*key));
        included.map(|(_, name, layout)| AddedColumn { name, layout, before: n_own.saturating_sub(1) }).collect()
    }

    /// Fetches the joined objects of these rows, before the rows are written.
    pub(super) async fn fetch<'p>(&mut self, rows: impl IntoIterator<Item = &'p Process>, fetcher: &mut Fetcher) {
        for process in rows {
            self.join.add(process);
            self.n_nameless += usize::from(process.md5.is_none());
        }
        fetcher.join(&mut self.join).await;
    }

    /// Adds the joined values to the row of a process.
    pub(super) fn extend<'r>(&self, process: &'r Process) -> ExtendedRow<'r, Process> {
        let members = self.json_members(process);
        let json = match &members[..] {
            [] => process.document.json().into(),
            some => with_members(&process.document, some).into(),
        };
        ExtendedRow { row: process, added: self.cells(process), json }
    }

    fn cells(&self, process: &Process) -> Vec<OutputCell> {
        let mut cells = Vec::new();
        if self.join.includes(JoinKey::Sensor) {
            let sensor = self.join.sensor(process).and_then(JoinResult::get);
            let status = sensor.map(|fetched| OutputCell::from_untrusted(&fetched.value.status));
            cells.push(status.unwrap_or_default());
        }
        if self.join.includes(JoinKey::Group) {
            let group = self.join.group(process).and_then(JoinResult::get);
            let name = group.map(|fetched| OutputCell::from_untrusted(&fetched.value.name));
            cells.push(name.unwrap_or_default());
        }
        if self.join.includes(JoinKey::Binary) {
            let binary = self.join.binary(process).and_then(JoinResult::get);
            let signature = binary.map(|fetched| &fetched.value.signature);
            let text = |text: Option<&_>| text.map(OutputCell::from_untrusted).unwrap_or_default();
            cells.push(text(signature.map(|signature| &signature.result)));
            cells.push(text(signature.map(|signature| &signature.publisher)));
            let days = signature.zip(process.started).and_then(|(signature, start)| signature.days_before(start));
            cells.push(OutputCell::from_value(days));
        }
        cells
    }

    /// Returns the JSON members that the joins add to a process; `null` for an unknown one.
    fn json_members(&self, process: &Process) -> Vec<(&'static str, String)> {
        let json = |document: Option<&Document>| match document {
            Some(document) => document.json().to_owned(),
            None => "null".to_owned(),
        };
        let mut members = Vec::new();
        if self.join.includes(JoinKey::Sensor) {
            let fetched = self.join.sensor(process).and_then(JoinResult::get);
            members.push(("sensor", json(fetched.map(|fetched| &fetched.value.document))));
        }
        if self.join.includes(JoinKey::Group) {
            let fetched = self.join.group(process).and_then(JoinResult::get);
            members.push(("group", json(fetched.map(|fetched| &fetched.value.document))));
        }
        if self.join.includes(JoinKey::Binary) {
            let fetched = self.join.binary(process).and_then(JoinResult::get);
            members.push(("binary", json(fetched.map(|fetched| &fetched.value.document))));
        }
        members
    }

    /// Warns of objects that could not be fetched.
    pub(super) fn report_failures(&self, cx: &mut CommandCx<'_>) {
        /// An unreachable server fails for all of them; a few lines are enough.
        const MOST: usize = 8;
        let failures = self.join.failures();
        for (object, error) in failures.iter().take(MOST) {
            cx.warn(&format!("related record missing: {object}: {error}"));
        }
        if let Some(more @ 1..) = failures.len().checked_sub(MOST) {
            cx.warn(&format!("{more} more related records missing"));
        }
        if self.n_nameless > 0 && self.join.includes(JoinKey::Binary) {
            let rows = if self.n_nameless == 1 { "row has" } else { "rows have" };
            cx.note(&format!("{} {rows} no binary", self.n_nameless));
        }
    }
}
