//! Fields of rows that only another object has: their sensor, its group, their file.

use super::{CellValue, RowField};
use crate::fetch::JoinKey;
use crate::model::{self, Binary, Group, Isolation, Process, Sensor};
use crate::session::{Joined, ListRow, Session};
use crate::widgets::TableColumn;

/// The joined fields of a kind of rows.
pub(super) struct JoinedFields<R>(std::marker::PhantomData<R>);

impl<R: ListRow> JoinedFields<R> {
    /// Who vouches for the file, in the server's word.
    pub(super) const VERDICT: RowField<R> = RowField::new(
        "signed",
        TableColumn::left_aligned("SIGNED", 8, 14, 4),
        |theme| theme.text,
        |row, session| binary_value(row, session, signature_value),
    )
    .with_joins(&[JoinKey::Binary]);

    /// Who signed the file.
    pub(super) const PUBLISHER: RowField<R> = RowField::new(
        "publisher",
        TableColumn::left_aligned("PUBLISHER", 12, 24, 5),
        |theme| theme.text,
        |row, session| binary_value(row, session, |binary| (&binary.signature.publisher).into()),
    )
    .with_joins(&[JoinKey::Binary]);

    /// How many hosts have seen the file.
    pub(super) const HOSTS: RowField<R> = RowField::new(
        "host_count",
        TableColumn::right_aligned("HOSTS", 5, 6, 5),
        |theme| theme.number,
        |row, session| binary_value(row, session, |binary| binary.hosts.into()),
    )
    .with_joins(&[JoinKey::Binary]);

    /// Whether the sensor reports.
    pub(super) const STATUS: RowField<R> = RowField::new(
        "host_status",
        TableColumn::left_aligned("SENSOR", 8, 10, 6),
        |theme| theme.text,
        |row, session| sensor_value(row, session, |sensor| (&sensor.status).into()),
    )
    .with_joins(&[JoinKey::Sensor]);

    /// Whether the host is cut off.
    pub(super) const ISOLATION: RowField<R> = RowField::new(
        "isolation",
        TableColumn::left_aligned("ISOLATION", 12, 17, 6),
        |theme| theme.text,
        |row, session| sensor_value(row, session, isolation_value),
    )
    .with_joins(&[JoinKey::Sensor]);

    /// The group that the sensor is in now.
    pub(super) const GROUP: RowField<R> = RowField::new(
        "sensor_group",
        TableColumn::left_aligned("GROUP NOW", 10, 16, 7),
        |theme| theme.text,
        group_value,
    )
    .with_joins(&[JoinKey::Sensor, JoinKey::Group]);
}

impl<R: ListRow> JoinedFields<R> {
    /// `S` is signed, `U` is not, `B` is signed by somebody whom nobody should trust.
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

/// How far the clock is off by which the host dates what happens.
pub(super) const CLOCK: RowField<Process> = RowField::new(
    "clock_delta",
    TableColumn::left_aligned("CLOCK", 9, 13, 2),
    |theme| theme.text,
    |process: &Process, session| sensor_value(process, session, |sensor| clock_offset_value(process, sensor)),
)
.with_joins(&[JoinKey::Sensor]);

/// How long before its start the file of a process was signed.
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

/// What is said of an object, or why nothing is.
fn join_value<T>(found: &Joined<'_, T>, say: impl FnOnce(&T) -> CellValue) -> CellValue {
    match found {
        Joined::Ready(object) => say(object),
        Joined::NotRequested | Joined::Pending => CellValue::Pending,
        Joined::Unavailable => CellValue::Unavailable,
    }
}

fn binary_value<R: ListRow>(row: &R, session: &Session, say: impl FnOnce(&Binary) -> CellValue) -> CellValue {
    match row.md5() {
        Some(md5) => join_value(&session.lists.joins.binary(md5), say),
        None => CellValue::None,
    }
}

fn sensor_value<R: ListRow>(row: &R, session: &Session, say: impl FnOnce(&Sensor) -> CellValue) -> CellValue {
    match row.sensor() {
        Some(id) => join_value(&session.lists.joins.sensor(id), say),
        None => CellValue::None,
    }
}

fn group_value<R: ListRow>(row: &R, session: &Session) -> CellValue {
    sensor_value(row, session, |sensor| match sensor.group {
        Some(id) => join_value(&session.lists.joins.group(id), |group: &Group| (&group.name).into()),
        None => CellValue::None,
    })
}

/// How a signature was judged; what is bad about it stands out.
pub(super) fn signature_value(binary: &Binary) -> CellValue {
    let signature = &binary.signature;
    match signature.is_valid() {
        Some(is_good) => CellValue::Rated(signature.result.clone(), is_good),
        None => CellValue::Unavailable,
    }
}

fn clock_offset_value(process: &Process, sensor: &Sensor) -> CellValue {
    let Some(seconds) = sensor.clock_delta else {
        return CellValue::Unavailable;
    };
    if !model::is_skewed(seconds) {
        return CellValue::Word("in sync");
    }
    let words = model::describe_skew(seconds, process.clock_lean(seconds));
    // The pane beside says how it is known.
    let short = words.strip_suffix(" (vs server)");
    let short = short.or_else(|| words.strip_suffix(" (derived)"));
    let words = short.unwrap_or(&words);
    CellValue::Rated(words.into(), false)
}

fn isolation_value(sensor: &Sensor) -> CellValue {
    let isolation = sensor.isolation();
    match isolation {
        Isolation::Unknown => CellValue::Unavailable,
        known => CellValue::Rated(known.to_string().into(), known == Isolation::No),
    }
}
