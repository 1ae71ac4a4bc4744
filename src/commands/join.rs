//! `--join`: what belongs to processes, as columns and as members of their JSON.

use std::borrow::Cow;

use super::CommandCx;
use crate::cli;
use crate::fetch::{Fetcher, JoinKey, JoinPlan, JoinResult};
use crate::model::{Document, Process};
use crate::output::{Align, OutputCell, OutputColumn};

/// The joins of a command, and how they are written.
pub(super) struct Joins {
    join: JoinPlan,
    /// Rows that name no file.
    n_nameless: usize,
}

impl Joins {
    /// Those of the command line.
    pub(super) fn new(wanted: &[cli::Join]) -> Self {
        let related: Vec<_> = wanted
            .iter()
            .map(|join| match join {
                cli::Join::Sensor => JoinKey::Sensor,
                cli::Join::Group => JoinKey::Group,
                cli::Join::Binary => JoinKey::Binary,
            })
            .collect();
        Self { join: JoinPlan::new(&related), n_nameless: 0 }
    }

    /// The columns with those of the joins before the last one.
    pub(super) fn columns(&self, own: &'static [OutputColumn]) -> Cow<'static, [OutputColumn]> {
        let mut columns = own.to_vec();
        let at = own.len().saturating_sub(1);
        columns.splice(at..at, self.added_columns().into_iter().flatten());
        columns.into()
    }

    /// What each join adds, in a fixed order.
    fn added_columns(&self) -> [Vec<OutputColumn>; 3] {
        let column = |name, align| OutputColumn::new(name, align).rank(1);
        let wanted = |related, columns: Vec<OutputColumn>| {
            if self.join.includes(related) { columns } else { Vec::new() }
        };
        [
            wanted(JoinKey::Sensor, vec![column("host_status", Align::Left)]),
            wanted(JoinKey::Group, vec![column("group", Align::Left).min_width(8).rank(1)]),
            wanted(
                JoinKey::Binary,
                vec![
                    column("signed", Align::Left),
                    column("publisher", Align::Left).min_width(9).rank(1),
                    column("days_signed", Align::Right),
                ],
            ),
        ]
    }

    /// Fetches what these rows need, before they are written.
    pub(super) async fn fetch<'p>(&mut self, rows: impl IntoIterator<Item = &'p Process>, reader: &mut Fetcher) {
        for process in rows {
            self.join.add(process);
            self.n_nameless += usize::from(process.md5.is_none());
        }
        reader.join(&mut self.join).await;
    }

    /// Puts what the joins know of a process before the last of its cells.
    pub(super) fn extend(&self, process: &Process, cells: &mut Vec<OutputCell>) {
        let at = cells.len().saturating_sub(1);
        cells.splice(at..at, self.cells(process));
    }

    fn cells(&self, process: &Process) -> Vec<OutputCell> {
        let mut cells = Vec::new();
        if self.join.includes(JoinKey::Sensor) {
            let sensor = self.join.sensor(process).and_then(JoinResult::get);
            let status = sensor.map(|known| OutputCell::from_untrusted(&known.value.status));
            cells.push(status.unwrap_or_default());
        }
        if self.join.includes(JoinKey::Group) {
            let group = self.join.group(process).and_then(JoinResult::get);
            let name = group.map(|known| OutputCell::from_untrusted(&known.value.name));
            cells.push(name.unwrap_or_default());
        }
        if self.join.includes(JoinKey::Binary) {
            let binary = self.join.binary(process).and_then(JoinResult::get);
            let signature = binary.map(|known| &known.value.signature);
            let text = |text: Option<&_>| text.map(OutputCell::from_untrusted).unwrap_or_default();
            cells.push(text(signature.map(|signature| &signature.result)));
            cells.push(text(signature.map(|signature| &signature.publisher)));
            let days = signature.zip(process.started);
            let days = days.and_then(|(signature, start)| signature.days_before(start));
            cells.push(OutputCell::from_value(days));
        }
        cells
    }

    /// The members that the joins add to the JSON of a process; `null` for what is not known.
    pub(super) fn json_members(&self, process: &Process) -> Vec<(&'static str, String)> {
        let json = |document: Option<&Document>| match document {
            Some(document) => document.json().to_owned(),
            None => "null".to_owned(),
        };
        let mut members = Vec::new();
        if self.join.includes(JoinKey::Sensor) {
            let known = self.join.sensor(process).and_then(JoinResult::get);
            members.push(("sensor", json(known.map(|known| &known.value.document))));
        }
        if self.join.includes(JoinKey::Group) {
            let known = self.join.group(process).and_then(JoinResult::get);
            members.push(("group", json(known.map(|known| &known.value.document))));
        }
        if self.join.includes(JoinKey::Binary) {
            let known = self.join.binary(process).and_then(JoinResult::get);
            members.push(("binary", json(known.map(|known| &known.value.document))));
        }
        members
    }

    /// Says what could not be fetched.
    pub(super) fn report_failures(&self, caller: &mut CommandCx<'_>) {
        /// A server that is gone answers for nothing, and one line says that as well as a thousand.
        const MOST: usize = 8;
        let missing = self.join.failures();
        for (what, error) in missing.iter().take(MOST) {
            caller.warn(&format!("not joined: {what}: {error}"));
        }
        if let Some(more @ 1..) = missing.len().checked_sub(MOST) {
            caller.warn(&format!("not joined: {more} more"));
        }
        if self.n_nameless > 0 && self.join.includes(JoinKey::Binary) {
            let rows = if self.n_nameless == 1 { "row names" } else { "rows name" };
            caller.note(&format!("{} {rows} no binary", self.n_nameless));
        }
    }
}
