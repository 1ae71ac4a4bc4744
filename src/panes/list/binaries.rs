//! The list of binaries: names, signatures, and how many hosts have them.

use std::sync::Arc;

use super::{ListView, RowField};
use crate::columns::binary::field;
use crate::keys::{Action, Scope};
use crate::model::Binary;
use crate::panes::{
    ActionResult, AfterInput,
    copy::{self, Clip},
    details::binary,
    pivot::Observables,
};
use crate::session::{Cx, Destination, Session};
use crate::widgets::TableColumn;

/// The list view of binaries.
#[derive(Debug)]
pub struct Binaries;

impl ListView for Binaries {
    type Row = Binary;

    const SCOPE: Scope = Scope::Binaries;
    const NAME: &'static str = "Binaries";
    const NOT_REQUESTED: &'static str = "No search yet. Type a query and press Enter";
    const EMPTY: &'static str = "No binaries match. Try fewer terms or a wildcard";
    const FIELDS: &'static [RowField<Binary>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 8;

    fn on_select(row: Option<&Arc<Binary>>, cx: &mut Cx<'_>) -> AfterInput {
        cx.process().select_binary(row);
        AfterInput::Nothing
    }

    fn destination(row: &Binary) -> Option<Destination> {
        Some(binary::processes_destination(row))
    }

    fn observables(row: &Binary) -> Observables {
        Observables::of_binary(row)
    }

    fn clip(row: &Binary, action: Action, _: &Session) -> Option<Clip> {
        copy::binary_clip(row, action)
    }

    fn handle_action(
        action: Action,
        chosen: impl FnOnce(&Session) -> Vec<Arc<Binary>>,
        cx: &mut Cx<'_>,
    ) -> ActionResult {
        let session = cx.session();
        binary::open_file(action, || chosen(session), session)
    }
}

const FIELDS: &[RowField<Binary>] = &[
    RowField::of(field("digsig_result"), TableColumn::left_aligned("SIGNED", 8, 14, 2), |theme| theme.text),
    RowField::time_of(field("server_added_timestamp"), "FIRST", 4),
    RowField::of(field("name"), TableColumn::left_aligned("NAME", 12, 20, 0), |theme| theme.accent),
    RowField::of(field("digsig_publisher"), TableColumn::left_aligned("PUBLISHER", 12, 24, 3), |theme| theme.text),
    RowField::of(field("host_count"), TableColumn::right_aligned("HOSTS", 5, 6, 1), |theme| theme.number),
    RowField::of(field("orig_mod_len"), TableColumn::right_aligned("SIZE", 8, 11, 6), |theme| theme.number),
    RowField::of(field("md5"), TableColumn::left_aligned("MD5", 12, 32, 7), |theme| theme.number),
    RowField::of(field("observed_filename"), TableColumn::left_aligned("PATH", 16, TableColumn::FILL, 5), |theme| {
        theme.text
    }),
    RowField::of(field("product_name"), TableColumn::left_aligned("PRODUCT", 12, 24, 7), |theme| theme.text),
    RowField::of(field("file_version"), TableColumn::left_aligned("VERSION", 8, 16, 7), |theme| theme.text),
    RowField::of(field("copied_mod_len"), TableColumn::right_aligned("COLLECTED", 9, 11, 8), |theme| theme.number),
    RowField::time_of(field("last_seen"), "LAST", 5),
    RowField::of(field("os_type"), TableColumn::left_aligned("OS", 6, 10, 8), |theme| theme.muted),
];
