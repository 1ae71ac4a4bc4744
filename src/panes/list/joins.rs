//! Fields joined to the rows of a list: of their sensor, its group, their binary.

use super::RowField;
use crate::columns::{CellValue, binary::signature_value};
use crate::fetch::JoinKey;
use crate::model::{self, Binary, Group, Isolation, Process, Sensor};
use crate::session::{Joined, ListRow, Session};
use crate::widgets::TableColumn;

/// Joined fields for rows of type `R`.
pub(super) struct JoinedFields<R>(std::marker::PhantomData<R>);

impl<R: ListRow> JoinedFields<R> {
    /// Signature status of the file, in the server's wording.
    pub(super) const SIGNATURE: RowField<R> = RowField::new(
        "signed",
        TableColumn::left_aligned("SIGNED", 8, 14, 4),
        |theme| theme.text,
        |row, session| binary_value(row, session, signature_value),
    )
    .with_joins(&[JoinKey::Binary]);

    pub(super) const PUBLISHER: RowField<R> = RowField::new(
        "publisher",
        TableColumn::left_aligned("PUBLISHER", 12, 24, 5),
        |theme| theme.text,
        |row, session| binary_value(row, session, |binary| (&binary.signature.publisher).into()),
    )
    .with_joins(&[JoinKey::Binary]);

    /// Number of hosts that have seen the file.
    pub(super) const HOSTS: RowField<R> = RowField::new(
        "host_count",
        TableColumn::right_aligned("HOSTS", 5, 6, 5),
        |theme| theme.number,
        |row, session| binary_value(row, session, |binary| binary.hosts.into()),
    )
    .with_joins(&[JoinKey::Binary]);

    /// Status of the sensor, such as `Online`.
    pub(super) const STATUS: RowField<R> = RowField::new(
        "host_status",
        TableColumn::left_aligned("SENSOR", 8, 10, 6),
        |theme| theme.text,
        |row, session| sensor_value(row, session, |sensor| (&sensor.status).into()),
    )
    .with_joins(&[JoinKey::Sensor]);

    /// Isolation state of the host.
    pub(super) const ISOLATION: RowField<R> = RowField::new(
        "isolation",
        TableColumn::left_aligned("ISOLATION", 12, 17, 6),
        |theme| theme.text,
        |row, session| sensor_value(row, session, isolation_value),
    )
    .with_joins(&[JoinKey::Sensor]);

    /// Current group of the sensor.
    pub(super) const GROUP: RowField<R> = RowField::new(
        "sensor_group",
        TableColumn::left_aligned("GROUP NOW", 10, 16, 7),
        |theme| theme.text,
        group_value,
    )
    .with_joins(&[JoinKey::Sensor, JoinKey::Group]);
}

impl<R: ListRow> JoinedFields<R> {
    /// Returns `S` for a valid signature, `U` for an unsigned file, `B` for a bad signature.
    pub(super) fn signature_letter(row: &R, session: &Session) -> CellValue {
        binary_value(row, session, |binary| {
            let signature = &binary.signature;
            match signature.is_valid() {
                None => CellValue::Unavailable,
                Some(true) => CellValue::Rated("S".into(), true),
                Some(false) if signature.result.eq_ignore_case("unsigned") => CellValue::Rated("U".into(), false),
                Some(false) => CellValue::Rated("B".into(), false),
            }
        })
    }
}

/// Offset of the clock that dates the events of the process.
pub(super) const CLOCK: RowField<Process> = RowField::new(
    "clock_delta",
    TableColumn::left_aligned("CLOCK", 9, 13, 2),
    |theme| theme.text,
    |process: &Process, session| sensor_value(process, session, |sensor| clock_offset_value(process, sensor)),
)
.with_joins(&[JoinKey::Sensor]);

/// Days between the signing of the file and the start of the process.
pub(super) const DAYS_SIGNED: RowField<Process> = RowField::new(
    "days_signed",
    TableColumn::right_aligned("DAYS SIGNED", 11, 11, 6),
    |theme| theme.number,
    |process: &Process, session| {
        binary_value(process, session, |binary| {
            let start = process.started;
            let days = start.and_then(|start| binary.signature.days_before(start));
            let days = days.map(|days| days.to_string().into());
            days.map_or(CellValue::None, CellValue::Text)
        })
    },
)
.with_joins(&[JoinKey::Binary]);

/// Formats a joined object with `format`; without the object, returns why it is missing.
fn join_value<T>(joined: &Joined<'_, T>, format: impl FnOnce(&T) -> CellValue) -> CellValue {
    match joined {
        Joined::Ready(object) => format(object),
        Joined::NotRequested | Joined::Pending => CellValue::Pending,
        Joined::Unavailable => CellValue::Unavailable,
    }
}

fn binary_value<R: ListRow>(row: &R, session: &Session, format: impl FnOnce(&Binary) -> CellValue) -> CellValue {
    match row.md5() {
        Some(md5) => join_value(&session.lists.joins.binary(md5), format),
        None => CellValue::None,
    }
}

fn sensor_value<R: ListRow>(row: &R, session: &Session, format: impl FnOnce(&Sensor) -> CellValue) -> CellValue {
    match row.sensor() {
        Some(id) => join_value(&session.lists.joins.sensor(id), format),
        None => CellValue::None,
    }
}

fn group_value<R: ListRow>(row: &R, session: &Session) -> CellValue {
    sensor_value(row, session, |sensor| match sensor.group {
        Some(id) => join_value(&session.lists.joins.group(id), |group: &Group| (&group.name).into()),
        None => CellValue::None,
    })
}

fn clock_offset_value(process: &Process, sensor: &Sensor) -> CellValue {
    let Some(seconds) = sensor.clock_delta else {
        return CellValue::Unavailable;
    };
    if !model::is_skewed(seconds) {
        return CellValue::Word("in sync");
    }
    let text = model::describe_skew(seconds, process.clock_lean(seconds));
    // The details pane says how the offset was determined.
    let short = text.strip_suffix(" (vs server)");
    let short = short.or_else(|| text.strip_suffix(" (derived)"));
    let text = short.unwrap_or(&text);
    CellValue::Rated(text.into(), false)
}

fn isolation_value(sensor: &Sensor) -> CellValue {
    match sensor.isolation() {
        Isolation::Unknown => CellValue::Unavailable,
        isolation => CellValue::Rated(isolation.to_string().into(), isolation == Isolation::No),
    }
}
