//! `group`: sensor groups, by which policies and rights are given.

use super::{Caller, Exit, Failure, apply::perform, change, completeness::missing, print_list};
use crate::api::{Client, Error};
use crate::changes::{Admin, Deed};
use crate::cli::{self, Patience, Reading};
use crate::model::Group;
use crate::output::{Align, Cell, Column, Row};
use crate::text;

/// The columns of sensor groups.
const COLUMNS: &[Column] = &[
    Column::new("id", Align::Right),
    Column::new("name", Align::Left).least(16),
    Column::new("site", Align::Right),
    Column::new("hosts", Align::Right),
    Column::new("bans", Align::Left).rank(1),
    Column::new("reachable_when_isolated", Align::Left).least(16).rank(2),
];

/// Runs what makes sensor groups, or shows them.
pub(super) async fn run(command: cli::Group, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    match command {
        cli::Group::List { reading } => list(reading, caller).await,
        cli::Group::Create { name, site, grounds } => create(&name, site, &grounds, caller).await,
    }
}

/// Runs `group list`.
async fn list(reading: Reading, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let page = caller.client()?.groups().await?;
    let names = print_list::Names { several: "groups", none: "there is no group to see" };
    print_list::print(&page, names, COLUMNS, reading, row, caller)
}

/// Runs `group create`.
async fn create(name: &str, site: u64, grounds: &cli::Grounds, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err(Failure::usage("the group has no name").hint("give it one"));
    }
    let (client, access) = caller.reach()?;
    change::may_change(&access)?;
    has_site(site, &client, caller).await?;
    let deeds = vec![Deed::Admin(Admin::CreateGroup { name, site })];
    let server = (&client, &access);
    perform(deeds, grounds, Patience::None, server, caller).await
}

/// Fails if there is no such site.
async fn has_site(site: u64, client: &Client, caller: &mut Caller<'_>) -> Result<(), Failure> {
    let sites = match client.sites().await {
        Ok(page) => page,
        Err(error @ (Error::Forbidden { .. } | Error::NotFound { .. })) => {
            caller.warn(&format!("whether there is a site {site} is not known: {error}"));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    if sites.rows.iter().any(|one| one.id == site) {
        return Ok(());
    }
    let there = sites.rows.iter().map(|one| format!("{} {}", one.id, text::visible(&one.name)));
    let there = there.collect::<Vec<_>>().join(", ");
    let why = format!("there is no site {site}");
    Err(missing(why, sites.broken, "sites").hint(format!("there are: {there}")))
}

fn row(group: &Group) -> Row {
    let bans = group.banning_enabled.map(|is| if is { "stopped" } else { "not stopped" });
    let reachable: Vec<_> = group.isolation_exclusions.iter().map(text::visible).collect();
    Row {
        cells: vec![
            Cell::from(Some(group.id)),
            Cell::of(&group.name),
            Cell::from(group.site),
            Cell::from(group.hosts),
            Cell::from(bans),
            Cell::from(Some(reachable.join(" "))),
        ],
        json: group.document.json().to_owned(),
    }
}
