//! The `lr sessions` and `lr close` commands.

use crate::cli::OutputArgs;
use crate::commands::{
    CommandCx, Exit, Failure, hosts,
    print_list::{self, Names},
    time_args,
};
use crate::model::LiveSession;
use crate::output::{Align, OutputCell, OutputColumn, OutputRow};

const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("id", Align::Right),
    OutputColumn::new("host", Align::Left).min_width(12),
    OutputColumn::new("sensor", Align::Right),
    OutputColumn::new("status", Align::Left),
    OutputColumn::new("created", Align::Left),
    OutputColumn::new("address", Align::Left).rank(1),
    OutputColumn::new("stored_bytes", Align::Right).rank(2),
];

/// Runs `lr sessions`.
pub(super) async fn list(output: OutputArgs, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let mut page = cx.client()?.live_sessions().await?;
    // Servers before 6.3 list closed sessions too.
    page.rows.retain(|session| session.status.is_open());
    let names = Names { plural: "sessions", empty_message: "no Live Response session is open" };
    print_list::print(&page, names, COLUMNS, output, row, cx)
}

/// Runs `lr close`.
pub(super) async fn close(host: &str, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let client = cx.client()?;
    let sensor = hosts::resolve_sensor(host, &client, cx).await?;
    let sessions = client.live_sessions().await?;
    let open = sessions.rows.iter().find(|session| session.status.is_open() && session.sensor == Some(sensor));
    let Some(session) = open else {
        cx.note(&format!("no Live Response session with sensor {sensor} is open"));
        return Ok(Exit::NoResults);
    };
    client.close_live_session(session).await?;
    cx.note(&format!("session {} with sensor {sensor} is closed", session.id));
    Ok(Exit::Done)
}

fn row(session: &LiveSession) -> OutputRow {
    OutputRow {
        cells: vec![
            OutputCell::from_value(Some(session.id)),
            OutputCell::from_untrusted(&session.host),
            OutputCell::from_value(session.sensor),
            OutputCell::from_untrusted(&session.status.label()),
            OutputCell::from_value(session.created.map(time_args::format_time)),
            OutputCell::from_value(session.address),
            OutputCell::from_value(session.storage_size),
        ],
        json: session.document.json().to_owned(),
    }
}
