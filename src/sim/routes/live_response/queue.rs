//! Commands that the hosts have yet to carry out.

use std::time::Instant;

use super::output;
use crate::sim::state::server::Server;

/// Has the hosts carry out the commands whose time has come, in its order.
pub(in crate::sim::routes) fn run_due(server: &Server) {
    server.with_live_response(|live| {
        while let Some((id, sensor, number, queued)) = live.take_due(Instant::now()) {
            let Some(host) = server.world.fleet.host(sensor) else {
                continue;
            };
            let at = server.now().as_millisecond() + host.skew * 1_000;
            let call = output::Call { body: &queued.body, at, refused: queued.refused };
            let outcome = output::run(live, (&server.world, &server.killed), host, (id, number), call);
            let run = live.session(id).and_then(|session| session.commands.iter_mut().find(|run| run.id == number));
            if let Some(run) = run {
                run.code = outcome.code;
                run.result = outcome.members;
            }
        }
    });
}
