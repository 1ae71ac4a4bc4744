//! The `group` command: sensor groups, which carry settings and permissions.

use super::{CommandCx, Exit, Failure, apply::apply_changes, change, completeness::not_found, print_list};
use crate::api::{Client, Error};
use crate::changes::{AdminChange, Change};
use crate::cli::{self, OutputArgs, WaitLimit};
use crate::columns::{CellValue, admin, members};
use crate::model::Group;
use crate::output::{Align, OutputColumn, RowFormat};
use crate::text;

/// The columns of sensor groups.
const FORMAT: RowFormat<Group> = RowFormat {
    fields: admin::GROUP_FIELDS,
    columns: &[
        OutputColumn::new("id", Align::Right).of(admin::group_field("id")),
        OutputColumn::new("name", Align::Left).min_width(16).of(admin::group_field("name")),
        OutputColumn::new("site", Align::Right).of(admin::group_field("site_id")),
        OutputColumn::new("hosts", Align::Right).of(admin::group_field("number_of_hosts")),
        OutputColumn::new("bans", Align::Left).rank(1).of(admin::group_field("banning_enabled")).with_value(|group| {
            CellValue::text_of(group.banning_enabled.map(|is| if is { "enforced" } else { "not enforced" }))
        }),
        OutputColumn::new("reachable_when_isolated", Align::Left)
            .min_width(16)
            .rank(2)
            .of(admin::group_field("isolation_exclusions"))
            .with_value(|group| {
                let reachable: Vec<_> = group.isolation_exclusions.iter().map(text::make_visible).collect();
                CellValue::text_of(Some(reachable.join(" ")))
            }),
    ],
    members: members::GROUP,
    json: |group| group.document.json().into(),
};

/// Runs `group`.
pub(super) async fn run(command: cli::Group, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    match command {
        cli::Group::List { output } => list(output, cx).await,
        cli::Group::Create { name, site, justification } => create(&name, site, &justification, cx).await,
    }
}

/// Runs `group list`.
async fn list(output: OutputArgs, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let page = cx.client()?.groups().await?;
    let names = print_list::Names { plural: "groups", empty_message: "no sensor groups visible" };
    print_list::print(&page, names, &FORMAT, &output, cx)
}

/// Runs `group create`.
async fn create(
    name: &str,
    site: u64,
    justification: &cli::ChangeArgs,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err(Failure::usage("the group needs a name").with_hint("give a name"));
    }
    let (client, access) = cx.connect()?;
    change::check_may_change(&access)?;
    check_site_exists(site, &client, cx).await?;
    let changes = vec![Change::Admin(AdminChange::CreateGroup { name, site })];
    let server = (&client, &access);
    apply_changes(changes, justification, WaitLimit::None, server, cx).await
}

/// Fails if the site does not exist.
async fn check_site_exists(site: u64, client: &Client, cx: &mut CommandCx<'_>) -> Result<(), Failure> {
    let sites = match client.sites().await {
        Ok(page) => page,
        Err(error @ (Error::Forbidden { .. } | Error::NotFound { .. })) => {
            cx.warn(&format!("cannot check whether site {site} exists: {error}"));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    if sites.rows.iter().any(|known_site| known_site.id == site) {
        return Ok(());
    }
    let available =
        sites.rows.iter().map(|known_site| format!("{} {}", known_site.id, text::make_visible(&known_site.name)));
    let available = available.collect::<Vec<_>>().join(", ");
    let why = format!("site {site} not found");
    Err(not_found(why, sites.n_unreadable, "sites").with_hint(format!("sites: {available}")))
}
