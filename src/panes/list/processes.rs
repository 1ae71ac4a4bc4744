//! The processes found: their columns, and what is done with them.

use std::sync::Arc;

use super::{Field, Kind, Value};
use crate::keys::{Action, Scope};
use crate::model::Process;
use crate::panes::{
    PaneId,
    yank::{self, Copied},
};
use crate::query::Index;
use crate::session::{Cx, Session};
use crate::widgets::Column;
use crate::worker::Slot;

/// The processes of the hunt.
#[derive(Debug)]
pub struct Processes;

impl Kind for Processes {
    type Row = Process;

    const PANE: PaneId = PaneId::Results;
    const SCOPE: Scope = Scope::Results;
    const NAME: &'static str = "Processes";
    // A server that cannot be reached is told where the first look goes.
    const SLOTS: &'static [Slot] = &[Slot::Page(Index::Process, 0), Slot::Info];
    const UNASKED: &'static str = "nothing has been asked yet: write a query above and press enter";
    const EMPTY: &'static str =
        "no process matches; a wider time span, fewer terms or a wildcard may";
    const FIELDS: &'static [Field<Process>] = FIELDS;
    const SHOWN: usize = 8;

    fn unit(session: &Session) -> &'static str {
        if session.is_split { " segments" } else { "" }
    }

    fn rest(row: Option<&Arc<Process>>, cx: &mut Cx<'_>) {
        cx.inspect(row);
    }

    fn act(_: &Arc<Process>, action: Action, cx: &mut Cx<'_>) -> bool {
        if action == Action::SplitSegments {
            cx.split();
        }
        action == Action::SplitSegments
    }

    fn copied(row: &Process, action: Action) -> Option<Copied> {
        yank::process(row, action)
    }
}

const FIELDS: &[Field<Process>] = &[
    Field {
        name: "hit",
        column: Column::left("!", 1, 1, 4),
        style: |theme| theme.caution,
        value: |process, _| {
            let is_hit = !process.watchlists.is_empty() || !process.feeds.is_empty();
            if is_hit {
                Value::Word("!")
            } else {
                Value::None
            }
        },
    },
    Field {
        name: "start",
        column: Column::left("START (UTC)", 14, 19, 2),
        style: |theme| theme.time,
        value: |process, _| Value::time(process.started),
    },
    Field {
        name: "hostname",
        column: Column::left("HOST", 12, 16, 3),
        style: |theme| theme.text,
        value: |process, _| (&process.host).into(),
    },
    Field {
        name: "parent_name",
        column: Column::left("PARENT", 11, 14, 6),
        style: |theme| theme.muted,
        value: |process, _| (&process.parent_name).into(),
    },
    Field {
        name: "process_name",
        column: Column::left("PROCESS", 12, 14, 0),
        style: |theme| theme.accent,
        value: |process, _| (&process.name).into(),
    },
    Field {
        name: "process_pid",
        column: Column::right("PID", 5, 6, 8),
        style: |theme| theme.number,
        value: |process, _| {
            process
                .pid
                .map_or(Value::Word("?"), |pid| Value::Number(pid.into()))
        },
    },
    Field {
        name: "username",
        column: Column::left("USER", 10, 14, 7),
        style: |theme| theme.text,
        value: |process, _| (&process.user).into(),
    },
    Field {
        name: "cmdline",
        column: Column::left("CMDLINE", 16, Column::REST, 1),
        style: |theme| theme.text,
        value: |process, _| (&process.cmdline).into(),
    },
    Field {
        name: "last_update",
        column: Column::left("LAST EVENT (UTC)", 14, 19, 4),
        style: |theme| theme.time,
        value: |process, _| Value::time(process.last_update),
    },
    Field {
        name: "group",
        column: Column::left("GROUP", 10, 16, 6),
        style: |theme| theme.text,
        value: |process, _| (&process.group).into(),
    },
    Field {
        name: "path",
        column: Column::left("PATH", 16, 40, 5),
        style: |theme| theme.text,
        value: |process, _| (&process.path).into(),
    },
    Field {
        name: "process_md5",
        column: Column::left("MD5", 12, 32, 5),
        style: |theme| theme.number,
        value: |process, _| {
            process
                .md5
                .map_or(Value::None, |md5| Value::Text(md5.to_string().into()))
        },
    },
    Field {
        name: "id",
        column: Column::left("GUID", 12, 36, 9),
        style: |theme| theme.number,
        value: |process, _| Value::Text(process.id.to_string().into()),
    },
];
