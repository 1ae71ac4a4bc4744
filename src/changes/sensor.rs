//! Changes of a sensor (reference 2.6): each sets one member of its record.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Aspect, Justification, PlanContext, Rejection, Target,
    assessment::Assessment,
    blast_radius::ImpactSubject,
    isolation, members,
    operation::{NOTHING_LOGGED, Operation, WriteContext},
    protection::HostProtection,
    role::HostRole,
    snapshot::Snapshot,
};
use crate::api::{Client, Error, WriteRequest};
use crate::audit::LoggedStage;
use crate::model::{Group, GroupId, Isolation, Sensor, SensorId};
use crate::text::{self, Untrusted};

/// Why an uninstallation has no undo.
const UNINSTALLED: &str = "once it has checked in, only an installer on the host brings the sensor back";

/// A change of a sensor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensorChange {
    /// Isolates a host from the network, except for the server and the exclusions of its group.
    Isolate(SensorId),
    Unisolate(SensorId),
    /// Moves a sensor to another group.
    Move {
        sensor: SensorId,
        group: GroupId,
    },
    /// Lets a sensor send all queued events at once, without throttling.
    Flush {
        sensor: SensorId,
        /// Until when, in UTC; the server ends the flush earlier once all events are sent.
        until: Timestamp,
    },
    /// Restarts the service of a sensor at its next check-in.
    Restart(SensorId),
    /// Replaces the notes of a sensor.
    Annotate {
        sensor: SensorId,
        notes: String,
    },
    /// Uninstalls a sensor at its next check-in.
    Uninstall(SensorId),
}

impl SensorChange {
    /// Returns the ID of the sensor.
    fn sensor(&self) -> SensorId {
        match self {
            Self::Isolate(sensor)
            | Self::Unisolate(sensor)
            | Self::Move { sensor, .. }
            | Self::Flush { sensor, .. }
            | Self::Restart(sensor)
            | Self::Annotate { sensor, .. }
            | Self::Uninstall(sensor) => *sensor,
        }
    }

    /// Returns whether the server has recorded the change, and whether the sensor has applied it. `None` if the record
    /// does not say: a member that vanishes once the sensor has acted on it looks as if it was never set.
    fn is_satisfied_by(&self, sensor: &Sensor) -> (Option<bool>, Option<bool>) {
        let same = |is_satisfied: Option<bool>| (is_satisfied, is_satisfied);
        match self {
            Self::Isolate(_) => (sensor.isolation_wanted, sensor.is_isolating),
            Self::Unisolate(_) => (sensor.isolation_wanted.map(|is| !is), sensor.is_isolating.map(|is| !is)),
            Self::Move { group, .. } => same(sensor.group.map(|is| is == *group)),
            Self::Flush { .. } => same((!sensor.flush_until.is_empty()).then_some(true)),
            Self::Restart(_) => same(sensor.restart_queued.filter(|is| *is)),
            Self::Annotate { notes, .. } => same(Some(sensor.notes.raw() == notes)),
            Self::Uninstall(_) if sensor.is_uninstalled() => same(Some(true)),
            Self::Uninstall(_) => (sensor.uninstall, Some(false)),
        }
    }

    fn effects(&self, sensor: &Sensor, group: Option<&Group>, destination: &str) -> Vec<String> {
        let name = text::make_visible(&sensor.computer_name);
        let group_name = group.map_or("unknown".into(), |group| text::make_visible(&group.name));
        let status = text::make_visible(&sensor.status).to_lowercase();
        let transition = match self {
            Self::Isolate(_) => format!("{} -> isolated", sensor.isolation()),
            Self::Unisolate(_) => format!("{} -> not isolated", sensor.isolation()),
            Self::Move { .. } => format!("move to {destination}"),
            Self::Flush { .. } => "send all queued events now (no throttling)".into(),
            Self::Restart(_) => "its service restarts at the next check-in".into(),
            Self::Annotate { notes, .. } => {
                format!("notes {:?} -> {:?}", text::fit(&sensor.notes, 40), text::fit(&notes.as_str().into(), 40))
            }
            Self::Uninstall(_) => "the sensor uninstalls itself at its next check-in".into(),
        };
        let mut effects = vec![format!("{name}  sensor {}, {status}, group {group_name}: {transition}", sensor.id)];
        match self {
            Self::Isolate(_) => effects.extend(isolation::effects(sensor, group)),
            Self::Flush { .. } => effects.push(format!(
                "Queued on the host: {} of events, {} of files",
                describe_size(sensor.eventlog_bytes),
                describe_size(sensor.storefile_bytes)
            )),
            Self::Uninstall(_) => effects.extend([
                "Then no events, bans, isolation or Live Response on this host".to_owned(),
                "The server keeps its events and lists it as uninstalled".to_owned(),
            ]),
            _ => {}
        }
        effects
    }

    fn notes(&self, sensor: &Sensor) -> Vec<String> {
        let mut notes = Vec::new();
        let is_for_sensor = !matches!(self, Self::Annotate { .. });
        if is_for_sensor && !sensor.status.raw().eq_ignore_ascii_case("online") {
            notes.push(format!(
                "{}: queued until it checks in, last seen {}",
                text::make_visible(&sensor.status),
                last_seen(sensor)
            ));
        }
        if is_for_sensor && sensor.uninstall == Some(true) {
            notes.push("The sensor will be uninstalled at its next check-in".into());
        }
        match self {
            Self::Isolate(_) | Self::Unisolate(_) if sensor.isolation() == Isolation::Unknown => {
                notes.push("The server does not say whether it is isolated".into());
            }
            Self::Unisolate(_) if !sensor.notes.is_empty() => {
                notes.push(format!("Host notes: {}", text::fit(&sensor.notes, 120)));
            }
            Self::Move { group, .. } if sensor.isolation() == Isolation::Yes => {
                notes.push(lost_exclusions(*group));
            }
            Self::Uninstall(_) if sensor.isolation() == Isolation::Yes => {
                notes.push("It is isolated: without its sensor nothing keeps it isolated".into());
            }
            _ => {}
        }
        notes
    }
}

impl Operation for SensorChange {
    type State = Sensor;

    fn verb(&self) -> &'static str {
        match self {
            Self::Isolate(_) => "isolate",
            Self::Unisolate(_) => "release",
            Self::Move { .. } => "move",
            Self::Flush { .. } => "flush",
            Self::Restart(_) => "restart",
            Self::Annotate { .. } => "annotate",
            Self::Uninstall(_) => "uninstall",
        }
    }

    fn aspect(&self) -> Aspect {
        match self {
            Self::Isolate(_) | Self::Unisolate(_) => Aspect::Isolation,
            Self::Move { .. } => Aspect::Group,
            Self::Flush { .. } => Aspect::Flush,
            Self::Restart(_) => Aspect::Restart,
            Self::Annotate { .. } => Aspect::Notes,
            Self::Uninstall(_) => Aspect::Deletion,
        }
    }

    fn target(&self) -> Target {
        Target::Sensor(self.sensor())
    }

    fn needs_reason(&self) -> bool {
        matches!(self, Self::Isolate(_) | Self::Unisolate(_) | Self::Uninstall(_))
    }

    fn loss(&self) -> Option<&'static str> {
        matches!(self, Self::Uninstall(_)).then_some(UNINSTALLED)
    }

    fn desired(&self, _: &Justification) -> Value {
        match self {
            Self::Isolate(_) => json!({"is_isolating": true}),
            Self::Unisolate(_) => json!({"is_isolating": false}),
            Self::Move { group, .. } => json!({"group_id": group.0}),
            Self::Flush { until, .. } => json!({"event_log_flush_time": until}),
            Self::Restart(_) => json!({"restart_queued": true}),
            Self::Annotate { notes, .. } => json!({"notes": notes}),
            Self::Uninstall(_) => json!({"uninstall": true}),
        }
    }

    async fn read(&self, client: &Client) -> Result<Sensor, Error> {
        client.sensor(self.sensor()).await
    }

    fn write_requests(&self, sensor: &Sensor, context: &WriteContext<'_>) -> Vec<WriteRequest> {
        let request = match self {
            Self::Isolate(_) => WriteRequest::isolate(sensor),
            Self::Unisolate(_) => WriteRequest::unisolate(sensor),
            Self::Move { group, .. } => WriteRequest::sensor(sensor, "group_id", group.0),
            Self::Flush { until, .. } => WriteRequest::flush(sensor, *until, context.release),
            Self::Restart(_) => WriteRequest::sensor(sensor, "restart_queued", true),
            Self::Annotate { notes, .. } => WriteRequest::sensor(sensor, "notes", notes.as_str()),
            Self::Uninstall(_) => WriteRequest::sensor(sensor, "uninstall", true)
                .with_permission("uninstall sensors", "the enhanced permission to uninstall"),
        };
        vec![request]
    }

    fn stage(&self, sensor: &Sensor) -> LoggedStage {
        let is_isolation = matches!(self, Self::Isolate(_) | Self::Unisolate(_));
        match self.is_satisfied_by(sensor) {
            // Without its sensor, no host applies what is still pending.
            (Some(true), Some(false) | None) if is_isolation && sensor.is_uninstalled() => LoggedStage::NotApplied,
            (Some(true), Some(true)) => LoggedStage::Confirmed,
            (Some(true), _) => LoggedStage::Accepted,
            (Some(false), _) => LoggedStage::NotApplied,
            (None, _) => LoggedStage::Unknown,
        }
    }

    fn is_pending(&self, sensor: &Sensor) -> bool {
        self.stage(sensor) == LoggedStage::Accepted
    }

    fn describe(&self, sensor: &Sensor) -> String {
        match self {
            _ if sensor.is_uninstalled() => "uninstalled".into(),
            Self::Isolate(_) | Self::Unisolate(_) => sensor.isolation().to_string(),
            Self::Move { .. } => sensor.group.map_or("no group".into(), |group| format!("group {group}")),
            Self::Flush { .. } if sensor.flush_until.is_empty() => {
                "no flush queued: already done, or ignored by the server".into()
            }
            Self::Flush { .. } => "flush queued for the next check-in".into(),
            Self::Restart(_) if sensor.restart_queued == Some(true) => "restart queued for the next check-in".into(),
            Self::Restart(_) => "no restart queued: already done, or ignored by the server".into(),
            Self::Annotate { .. } if sensor.notes.is_empty() => "no notes".into(),
            Self::Annotate { .. } => format!("notes: {}", text::fit(&sensor.notes, 60)),
            Self::Uninstall(_) => match sensor.uninstall {
                Some(true) => "uninstall queued for the next check-in".into(),
                Some(false) => "no uninstall queued".into(),
                None => "the server does not say whether an uninstall is queued".into(),
            },
        }
    }

    fn describe_wait(&self, sensor: &Sensor) -> String {
        format!("; the sensor was last seen {}", last_seen(sensor))
    }

    fn replaced_members(&self) -> Option<Value> {
        match self {
            Self::Move { group, .. } => Some(json!({"group_id": group.0})),
            Self::Annotate { notes, .. } => Some(json!({"notes": notes})),
            Self::Isolate(_) | Self::Unisolate(_) | Self::Flush { .. } | Self::Restart(_) | Self::Uninstall(_) => None,
        }
    }

    fn inverse(&self, before: &Value, _: &Value) -> Result<Self, &'static str> {
        match *self {
            Self::Isolate(sensor) => Ok(Self::Unisolate(sensor)),
            Self::Unisolate(sensor) => Ok(Self::Isolate(sensor)),
            Self::Move { sensor, .. } => {
                let group = members::number(before, "group_id").ok_or(NOTHING_LOGGED)?;
                Ok(Self::Move { sensor, group: GroupId(group) })
            }
            Self::Annotate { sensor, .. } => {
                Ok(Self::Annotate { sensor, notes: members::text(before, "notes").unwrap_or_default() })
            }
            Self::Flush { .. } => Err("what a sensor has sent stays on the server"),
            Self::Restart(_) => Err("a restart changes nothing that could be restored"),
            Self::Uninstall(_) => Err(UNINSTALLED),
        }
    }

    fn no_op_reason(&self, sensor: &Sensor) -> Option<String> {
        let is_waiting =
            |action: &str| format!("is already waiting to be {action}; the sensor was last seen {}", last_seen(sensor));
        let reason = match self {
            Self::Uninstall(_) if sensor.is_uninstalled() => "is already uninstalled".into(),
            // Without a sensor nothing is applied, even if the record still has the desired state.
            _ if sensor.is_uninstalled() => return None,
            Self::Move { group, .. } if sensor.group == Some(*group) => {
                return Some("is already in that group".into());
            }
            Self::Annotate { notes, .. } if sensor.notes.raw() == notes => {
                return Some("already has these notes".into());
            }
            Self::Flush { .. } if !sensor.flush_until.is_empty() => is_waiting("flushed"),
            Self::Restart(_) if sensor.restart_queued == Some(true) => is_waiting("restarted"),
            Self::Uninstall(_) if sensor.uninstall == Some(true) => is_waiting("uninstalled"),
            Self::Isolate(_) => match sensor.isolation() {
                Isolation::Yes => "is already isolated".into(),
                Isolation::Pending => is_waiting("isolated"),
                _ => return None,
            },
            Self::Unisolate(_) => match sensor.isolation() {
                Isolation::No => "is not isolated".into(),
                Isolation::Lifting => is_waiting("unisolated"),
                _ => return None,
            },
            _ => return None,
        };
        Some(reason)
    }

    fn rejection(&self, sensor: &Sensor) -> Option<(&'static str, &'static str)> {
        let is_isolation = matches!(self, Self::Isolate(_));
        let elsewhere = if is_isolation { "isolate the host on the network" } else { "no action can reach it" };
        if sensor.is_uninstalled() {
            return Some(("no longer has a sensor: it was uninstalled", elsewhere));
        }
        if is_isolation && sensor.supports_isolation == Some(false) {
            return Some(("has a sensor that cannot isolate", elsewhere));
        }
        None
    }

    async fn assess(&self, sensor: &Sensor, context: &PlanContext) -> Result<Result<Assessment, Rejection>, Error> {
        let PlanContext { client, policy, .. } = context;
        // The server's version decides how a time is written.
        if matches!(self, Self::Flush { .. }) && client.release().is_none() {
            client.info().await?;
        }
        let group = match (self, sensor.group) {
            (_, None) => None,
            // When several hosts are moved, many leave one group and all enter one.
            (Self::Move { .. }, Some(id)) => Some(context.group(id).await),
            (_, Some(id)) => Some(client.group(id).await),
        };
        let needs_role = matches!(self, Self::Isolate(_)) || policy.protected_roles().next().is_some();
        let role = if needs_role { Some(HostRole::read(sensor, client).await) } else { None };
        let HostProtection { reason, name_doubt, mut notes, group } =
            HostProtection::of(sensor, group, role.as_ref(), policy);
        let destination_name = match self {
            Self::Move { group: destination, .. } => match context.group(*destination).await {
                Ok(group) => format!("group {}", text::make_visible(&group.name)),
                Err(Error::NotFound { what }) => {
                    return Ok(Err(Rejection {
                        why: format!("{what} not found on the server"),
                        hint: "`lampblack sensor show HOST` shows the group of a host",
                        is_policy: false,
                    }));
                }
                Err(error) => return Err(error),
            },
            _ => String::new(),
        };
        notes.extend(self.notes(sensor));
        let impact = role.filter(|_| matches!(self, Self::Isolate(_)));
        let impact = impact.map(|role| ImpactSubject::Host { sensor: Box::new(sensor.clone()), role });
        Ok(Ok(Assessment {
            effects: self.effects(sensor, group.as_ref(), &destination_name),
            warnings: name_doubt.into_iter().collect(),
            notes,
            protection: reason,
            impact: impact.unwrap_or_default(),
        }))
    }
}

impl Snapshot for Sensor {
    fn target_name(&self) -> Untrusted {
        self.computer_name.clone()
    }

    fn snapshot_json(&self) -> Value {
        json!({
            "network_isolation_enabled": self.isolation_wanted,
            "is_isolating": self.is_isolating,
            "group_id": self.group.map(|group| group.0),
            "restart_queued": self.restart_queued,
            "uninstall": self.uninstall,
            "uninstalled": self.uninstalled,
            "event_log_flush_time": self.flush_until.non_empty().map(Untrusted::raw),
            "notes": self.notes.non_empty().map(Untrusted::raw),
        })
    }
}

fn describe_size(bytes: Option<u64>) -> String {
    bytes.map_or("?".into(), text::format_size)
}

fn lost_exclusions(group: GroupId) -> String {
    format!("It is isolated: after the move, the isolation exclusions of group {group} apply")
}

/// Returns the time of the last check-in, in UTC, or "never".
fn last_seen(sensor: &Sensor) -> String {
    sensor.last_checkin.map_or("never".into(), |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}
