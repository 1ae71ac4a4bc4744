//! The `simulate` command: runs the simulated server until ctrl-c.

use std::{fs, io, time::Duration};

use tokio::select;

use super::{CommandCx, Exit, Failure, signals::wait_for_shutdown};
use crate::cli::{Demo, Simulate};
use crate::sim::{self, Options};

/// The delay of the search index: long enough for a user to notice; a real server takes longer.
const INDEX_LAG: Duration = Duration::from_millis(1_500);

/// Runs `simulate`.
pub(super) async fn simulate(args: Simulate, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let running = sim::start(options(&args)).await.map_err(start_failure)?;
    if let (Some(file), Some(certificate)) = (&args.cert_out, &running.certificate) {
        fs::write(file, certificate)
            .map_err(|error| Failure::new(Exit::Failed, format!("cannot write {}: {error}", file.display())))?;
    }
    let out = &mut *cx.streams.out;
    writeln!(out, "url: {}", running.url)?;
    writeln!(out, "token: {}", running.token)?;
    // The process that started it waits for these two lines.
    out.flush()?;
    select! {
        result = running.wait_stopped() => {
            result.map_err(start_failure)?;
            Err(Failure::new(Exit::Failed, "the simulator stopped unexpectedly"))
        }
        result = wait_for_shutdown() => {
            result.map_err(start_failure)?;
            Ok(Exit::Done)
        }
    }
}

/// Returns the simulator options that `demo` and `simulate` share.
pub(super) fn world_options(demo: &Demo) -> Options {
    let default = Options::default();
    Options {
        seed: demo.seed.unwrap_or(default.seed),
        processes: demo.processes.unwrap_or(default.processes),
        index_lag: INDEX_LAG,
        latency: demo.latency.map_or(default.latency, Duration::from_millis),
        ..default
    }
}

/// Returns the failure of a simulator that could not run.
#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
pub(super) fn start_failure(error: io::Error) -> Failure {
    Failure::new(Exit::Failed, format!("cannot run the simulator: {error}"))
}

fn options(args: &Simulate) -> Options {
    let world = world_options(&args.world);
    Options {
        listen: args.listen.unwrap_or(world.listen),
        tls: args.tls,
        sensors: args.sensors.unwrap_or(world.sensors),
        alerts: args.alerts.unwrap_or(world.alerts),
        token: args.token.clone().or(world.token),
        checkin: args.checkin.map_or(world.checkin, Duration::from_millis),
        index_lag: args.index_lag.map_or(world.index_lag, Duration::from_millis),
        max_rows: args.max_rows.or(world.max_rows),
        hostile: !args.no_hostile,
        validates: args.validate_payloads,
        server_version: args.server_version.clone().unwrap_or(world.server_version),
        ..world
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::cli::{Cli, Command};

    #[test]
    fn payload_validation_is_off_by_default() {
        for (args, validates) in
            [(&["lampblack", "simulate"][..], false), (&["lampblack", "simulate", "--validate-payloads"], true)]
        {
            let cli = Cli::try_parse_from(args).unwrap();
            let Some(Command::Simulate(simulate)) = cli.command else {
                panic!("{args:?}");
            };
            assert_eq!(options(&simulate).validates, validates, "{args:?}");
        }
    }

    #[test]
    fn the_help_names_the_actual_defaults() {
        let default = Options::default();
        let defaults = [
            ("seed", default.seed.to_string()),
            ("processes", default.processes.to_string()),
            ("latency", default.latency.as_millis().to_string()),
            ("listen", default.listen.to_string()),
            ("sensors", default.sensors.to_string()),
            ("alerts", default.alerts.to_string()),
            ("checkin", default.checkin.as_millis().to_string()),
            ("index_lag", INDEX_LAG.as_millis().to_string()),
            ("server_version", default.server_version),
        ];
        let cli = Cli::command();
        let simulate = cli.find_subcommand("simulate").unwrap();
        for (id, value) in defaults {
            let mut options = simulate.get_arguments();
            let option = options.find(|option| option.get_id() == id).unwrap();
            let help = option.get_help().unwrap().to_string();
            assert!(help.ends_with(&format!("[default: {value}]")), "{help}");
        }
    }
}
