//! Fields of rows that only another object has: their sensor, its group, their file.

use super::{Field, Value};
use crate::fetch::Related;
use crate::model::{self, Binary, Group, Isolation, Process, Sensor};
use crate::session::{Found, Listed, Session};
use crate::widgets::Column;

/// The joined fields of a kind of rows.
pub(super) struct Joined<R>(std::marker::PhantomData<R>);

impl<R: Listed> Joined<R> {
    /// Who vouches for the file, in the server's word.
    pub(super) const VERDICT: Field<R> = Field::new(
        "signed",
        Column::left("SIGNED", 8, 14, 4),
        |theme| theme.text,
        |row, session| of_binary(row, session, verdict),
    )
    .needing(&[Related::Binary]);

    /// Who signed the file.
    pub(super) const PUBLISHER: Field<R> = Field::new(
        "publisher",
        Column::left("PUBLISHER", 12, 24, 5),
        |theme| theme.text,
        |row, session| of_binary(row, session, |binary| (&binary.signature.publisher).into()),
    )
    .needing(&[Related::Binary]);

    /// How many hosts have seen the file.
    pub(super) const HOSTS: Field<R> = Field::new(
        "host_count",
        Column::right("HOSTS", 5, 6, 5),
        |theme| theme.number,
        |row, session| of_binary(row, session, |binary| binary.hosts.into()),
    )
    .needing(&[Related::Binary]);

    /// Whether the sensor reports.
    pub(super) const STATUS: Field<R> = Field::new(
        "host_status",
        Column::left("SENSOR", 8, 10, 6),
        |theme| theme.text,
        |row, session| of_sensor(row, session, |sensor| (&sensor.status).into()),
    )
    .needing(&[Related::Sensor]);

    /// Whether the host is cut off.
    pub(super) const ISOLATION: Field<R> = Field::new(
        "isolation",
        Column::left("ISOLATION", 12, 17, 6),
        |theme| theme.text,
        |row, session| of_sensor(row, session, isolation),
    )
    .needing(&[Related::Sensor]);

    /// The group that the sensor is in now.
    pub(super) const GROUP: Field<R> =
        Field::new("sensor_group", Column::left("GROUP NOW", 10, 16, 7), |theme| theme.text, group)
            .needing(&[Related::Sensor, Related::Group]);
}

impl<R: Listed> Joined<R> {
    /// `S` is signed, `U` is not, `B` is signed by somebody whom nobody should trust.
    pub(super) fn letter(row: &R, session: &Session) -> Value {
        of_binary(row, session, |binary| {
            let signature = &binary.signature;
            match signature.is_good() {
                None => Value::Missing,
                Some(true) => Value::Judged("S".into(), true),
                Some(false) if signature.result.is_like("unsigned") => Value::Judged("U".into(), false),
                Some(false) => Value::Judged("B".into(), false),
            }
        })
    }
}

/// How far the clock is off by which the host dates what happens.
pub(super) const CLOCK: Field<Process> = Field::new(
    "clock_delta",
    Column::left("CLOCK", 9, 13, 2),
    |theme| theme.text,
    |process: &Process, session| of_sensor(process, session, |sensor| clock(process, sensor)),
)
.needing(&[Related::Sensor]);

/// How long before its start the file of a process was signed.
pub(super) const DAYS_SIGNED: Field<Process> = Field::new(
    "days_signed",
    Column::right("DAYS SIGNED", 11, 11, 6),
    |theme| theme.number,
    |process: &Process, session| {
        of_binary(process, session, |binary| {
            let start = process.started;
            let days = start.and_then(|start| binary.signature.days_before(start));
            let days = days.map(|days| days.to_string().into());
            days.map_or(Value::None, Value::Text)
        })
    },
)
.needing(&[Related::Binary]);

/// What is said of an object, or why nothing is.
fn said<T>(found: &Found<'_, T>, say: impl FnOnce(&T) -> Value) -> Value {
    match found {
        Found::Here(object) => say(object),
        Found::Unasked | Found::Coming => Value::Coming,
        Found::Missing => Value::Missing,
    }
}

fn of_binary<R: Listed>(row: &R, session: &Session, say: impl FnOnce(&Binary) -> Value) -> Value {
    match row.md5() {
        Some(md5) => said(&session.related.binary(md5), say),
        None => Value::None,
    }
}

fn of_sensor<R: Listed>(row: &R, session: &Session, say: impl FnOnce(&Sensor) -> Value) -> Value {
    match row.sensor() {
        Some(id) => said(&session.related.sensor(id), say),
        None => Value::None,
    }
}

fn group<R: Listed>(row: &R, session: &Session) -> Value {
    of_sensor(row, session, |sensor| match sensor.group {
        Some(id) => said(&session.related.group(id), |group: &Group| (&group.name).into()),
        None => Value::None,
    })
}

/// How a signature was judged; what is bad about it stands out.
pub(super) fn verdict(binary: &Binary) -> Value {
    let signature = &binary.signature;
    match signature.is_good() {
        Some(is_good) => Value::Judged(signature.result.clone(), is_good),
        None => Value::Missing,
    }
}

fn clock(process: &Process, sensor: &Sensor) -> Value {
    let Some(seconds) = sensor.clock_delta else {
        return Value::Missing;
    };
    if !model::is_skewed(seconds) {
        return Value::Word("in sync");
    }
    let words = model::skew(seconds, process.clock_lean(seconds));
    // The pane beside says how it is known.
    let short = words.strip_suffix(" (vs server)");
    let short = short.or_else(|| words.strip_suffix(" (derived)"));
    let words = short.unwrap_or(&words);
    Value::Judged(words.into(), false)
}

fn isolation(sensor: &Sensor) -> Value {
    let isolation = sensor.isolation();
    match isolation {
        Isolation::Unknown => Value::Missing,
        known => Value::Judged(known.to_string().into(), known == Isolation::No),
    }
}
