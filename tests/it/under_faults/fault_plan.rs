//! What goes wrong while a change is done, drawn at random.

use std::time::Duration;

use lampblack::changes::{BanChange, Change, Target};
use lampblack::sim::{Fault, Mode};

use super::{TIMEOUT, support::random::Random};

/// How long after its time-out a request is carried out: a change has been read back by then.
const LATER: Duration = Duration::from_millis(80);

/// Answers in the place of the application's.
const REFUSALS: [Mode; 7] = [
    Mode::Unauthorized,
    Mode::Forbidden,
    Mode::NotFound,
    Mode::Internal,
    Mode::BadGateway,
    Mode::Unavailable,
    Mode::GatewayTimeout,
];

/// What can become of a read.
const READS: [Mode; 7] = [
    Mode::Internal,
    Mode::BadGateway,
    Mode::Unavailable,
    Mode::GatewayTimeout,
    Mode::Cut,
    Mode::BrokenJson,
    Mode::LostAnswer,
];

/// Where the server tells what it holds of a target.
pub(crate) fn record(target: Target) -> String {
    match target {
        Target::Sensor(id) => format!("/api/v1/sensor/{id}"),
        Target::Hash(md5) => format!("/api/v1/banning/blacklist/{md5}"),
        other => unreachable!("no script does anything to a {}", other.kind()),
    }
}

/// The faults that a change meets with. They are bound to its own addresses, so that they strike it and no other.
pub(crate) fn draw_faults(random: &mut Random, change: &Change) -> Vec<Fault> {
    let write = |mode| write_fault(change, mode);
    let reads = |random: &mut Random| read_fault(change, random.pick(&READS)).limit_times(1 + random.below(8));
    let mut faults = match random.below(12) {
        0..=2 => Vec::new(),
        3 => vec![write(Mode::LostAnswer)],
        4 => vec![write(Mode::Cut)],
        5 => vec![write(Mode::BrokenJson)],
        6 => vec![write(random.pick(&REFUSALS))],
        7 => vec![write(random.pick(&REFUSALS)).after_execution()],
        8 if random.one_in(2) => vec![write(Mode::Hang)],
        8 => vec![write(Mode::Hang).after_execution()],
        9 => vec![write(Mode::NeverConfirm)],
        10 => vec![reads(random)],
        _ => {
            let write = write(random.pick(&[Mode::LostAnswer, Mode::Internal, Mode::Hang]));
            vec![write.after_execution(), first_read_succeeds(change), reads(random)]
        }
    };
    // Late answers overtake each other.
    if random.one_in(3) {
        let late = Duration::from_millis(1 + random.below(15));
        let fault = Fault::new(Mode::Latency).with_delay(late).limit_times(3);
        faults.push(fault.for_target(&format!("^{}$", record(change.target()))));
    }
    // Of two requests, the second one can be the one that fails.
    if matches!(change, Change::Ban(BanChange::Unban(_))) && random.one_in(3) {
        let note = Fault::new(random.pick(&REFUSALS)).method("PUT").limit_times(1);
        faults.push(note.for_target(&format!("^{}$", record(change.target()))));
    }
    faults
}

/// Whoever asks is sent or cut off, and what is asked for is done [`LATER`] all the same. Sometimes the first look for it
/// fails, too.
pub(crate) fn late_faults(random: &mut Random, change: &Change) -> Vec<Fault> {
    let mode = random.pick(&[Mode::GatewayTimeout, Mode::LostAnswer, Mode::Hang]);
    let patience = match mode {
        Mode::Hang => TIMEOUT,
        _ => Duration::ZERO,
    };
    let mut faults = vec![write_fault(change, mode).with_late_execution(patience + LATER)];
    if random.one_in(2) {
        faults.extend([first_read_succeeds(change), read_fault(change, Mode::Internal).limit_times(1)]);
    }
    faults
}

/// A fault of the request that makes the change, once.
fn write_fault(change: &Change, mode: Mode) -> Fault {
    let fault = Fault::new(mode).limit_times(1);
    match change {
        Change::Ban(BanChange::Ban { .. }) => fault.method("POST").for_target("^/api/v1/banning/blacklist$"),
        Change::Ban(BanChange::Unban(_)) => {
            fault.method("DELETE").for_target(&format!("^{}$", record(change.target())))
        }
        _ => fault.method("PUT").for_target(&format!("^{}$", record(change.target()))),
    }
}

/// A fault that does nothing to a read, and is used up by it: the look before a change goes well.
fn first_read_succeeds(change: &Change) -> Fault {
    read_fault(change, Mode::NeverConfirm).limit_times(1)
}

/// A fault of reading what the server holds. The end is tied, so that the test itself can read past it.
fn read_fault(change: &Change, mode: Mode) -> Fault {
    let path = record(change.target());
    Fault::new(mode).method("GET").for_target(&format!("^{path}$"))
}
