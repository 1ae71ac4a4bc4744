//! The `lr sessions` and `lr close` commands.

use crate::changes::{Change, CommandLimit, HostChange, HostCommand};
use crate::cli::{CloseSession, OutputArgs, WaitLimit};
use crate::columns::{live_session, members};
use crate::commands::{
    CommandCx, Exit, Failure,
    apply::apply_changes,
    change, hosts,
    print_list::{self, Names},
};
use crate::model::LiveSession;
use crate::output::{Align, OutputColumn, RowFormat};

const FORMAT: RowFormat<LiveSession> = RowFormat {
    fields: live_session::FIELDS,
    columns: &[
        OutputColumn::new("id", Align::Right).of(live_session::field("id")),
        OutputColumn::new("host", Align::Left).min_width(12).of(live_session::field("hostname")),
        OutputColumn::new("sensor", Align::Right).of(live_session::field("sensor_id")),
        OutputColumn::new("status", Align::Left).of(live_session::field("status")),
        OutputColumn::new("created", Align::Left).of(live_session::field("create_time")),
        OutputColumn::new("address", Align::Left).rank(1).of(live_session::field("address")),
        OutputColumn::new("stored_bytes", Align::Right).rank(2).of(live_session::field("storage_size")),
    ],
    members: members::LIVE_SESSION,
    json: |session| session.document.json().into(),
};

/// Runs `lr sessions`.
pub(super) async fn list(output: OutputArgs, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let mut page = cx.client()?.live_sessions().await?;
    // Servers before 6.3 list closed sessions too.
    page.rows.retain(|session| session.status.is_open());
    let names = Names { plural: "sessions", empty_message: "no Live Response session is open" };
    print_list::print(&page, names, &FORMAT, &output, cx)
}

/// Runs `lr close`.
pub(super) async fn close(args: &CloseSession, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let (client, access) = cx.connect()?;
    change::check_may_change(&access)?;
    change::require_reason(&args.justification)?;
    let sensor = hosts::resolve_sensor(&args.host, &client, cx).await?;
    let sessions = client.live_sessions().await?;
    let open = sessions.rows.iter().find(|session| session.status.is_open() && session.sensor == Some(sensor));
    let Some(session) = open else {
        cx.note(&format!("no Live Response session with sensor {sensor} is open"));
        return Ok(Exit::NoResults);
    };
    let action = HostCommand::CloseSession { session: session.id.0 };
    let change = Change::Host(HostChange { sensor, action, limit: CommandLimit::default() });
    apply_changes(vec![change], &args.justification, WaitLimit::None, (&client, &access), cx).await
}
