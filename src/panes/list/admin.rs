//! What the administrators of a server keep: sensor groups, users, teams, sites.

use std::sync::Arc;

use super::{Field, Kind, Value, watchlists::switch};
use crate::keys::{Action, Scope};
use crate::model::{Group, SensorFilter, Site, Team, User};
use crate::panes::{FormPane, Pane, PaneId, pivot::Clues};
use crate::session::{Cx, Lead, Session};
use crate::text::Untrusted;
use crate::widgets::Column;
use crate::wire::Members;
use crate::worker::{List, Slot};

/// What is said where nobody asks any more.
const UNASKED: &str = "Cancelled. r retries";

/// The groups that hosts are in.
#[derive(Debug)]
pub struct SensorGroups;

/// Who may log in.
#[derive(Debug)]
pub struct Users;

/// Who may do what together.
#[derive(Debug)]
pub struct Teams;

/// Where hosts are.
#[derive(Debug)]
pub struct Sites;

impl Kind for SensorGroups {
    type Row = Group;

    const PANE: PaneId = PaneId::Groups;
    const SCOPE: Scope = Scope::SensorGroups;
    const NAME: &'static str = "Sensor groups";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Groups, 0)];
    const UNASKED: &'static str = UNASKED;
    const EMPTY: &'static str = "This token cannot list sensor groups";
    const FIELDS: &'static [Field<Group>] = GROUPS;
    const SHOWN: usize = 6;

    fn begin(cx: &mut Cx<'_>) {
        cx.load::<Group>();
    }

    fn lead(row: &Group) -> Option<Lead> {
        let filter = SensorFilter { group: Some(row.id), ..SensorFilter::default() };
        Some(Lead::Sensors(filter.to_string()))
    }

    fn clues(row: &Group) -> Clues {
        Clues::of_group(row.id)
    }

    fn popup(action: Action, chosen: impl FnOnce() -> Vec<Arc<Group>>, _: &Session) -> Option<Box<dyn Pane>> {
        let form = match action {
            Action::New => FormPane::new_group(),
            Action::Edit => FormPane::edit_group(&*chosen().into_iter().next()?),
            _ => return None,
        };
        Some(Box::new(form))
    }
}

impl Kind for Users {
    type Row = User;

    const PANE: PaneId = PaneId::Users;
    const SCOPE: Scope = Scope::Users;
    const NAME: &'static str = "Users";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Users, 0)];
    const UNASKED: &'static str = UNASKED;
    const EMPTY: &'static str = "This token cannot list users";
    const FIELDS: &'static [Field<User>] = USERS;
    const SHOWN: usize = 5;

    fn begin(cx: &mut Cx<'_>) {
        cx.load::<User>();
    }

    fn popup(action: Action, _: impl FnOnce() -> Vec<Arc<User>>, session: &Session) -> Option<Box<dyn Pane>> {
        let teams = session.teams.here().map(|(_, team)| &**team);
        (action == Action::New).then(|| Box::new(FormPane::new_user(teams)) as Box<dyn Pane>)
    }
}

impl Kind for Teams {
    type Row = Team;

    const PANE: PaneId = PaneId::Teams;
    const SCOPE: Scope = Scope::Teams;
    const NAME: &'static str = "Teams";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Teams, 0)];
    const UNASKED: &'static str = UNASKED;
    const EMPTY: &'static str = "No teams";
    const FIELDS: &'static [Field<Team>] = TEAMS;
    const SHOWN: usize = 3;

    fn begin(cx: &mut Cx<'_>) {
        cx.load::<Team>();
    }

    fn popup(action: Action, _: impl FnOnce() -> Vec<Arc<Team>>, _: &Session) -> Option<Box<dyn Pane>> {
        (action == Action::New).then(|| Box::new(FormPane::new_team()) as Box<dyn Pane>)
    }
}

impl Kind for Sites {
    type Row = Site;

    const PANE: PaneId = PaneId::Sites;
    const SCOPE: Scope = Scope::Sites;
    const NAME: &'static str = "Sites";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Sites, 0)];
    const UNASKED: &'static str = UNASKED;
    const EMPTY: &'static str = "No sites";
    const FIELDS: &'static [Field<Site>] = SITES;
    const SHOWN: usize = 2;

    fn begin(cx: &mut Cx<'_>) {
        cx.load::<Site>();
    }
}

/// What a site is called, if the sites are known.
fn site(group: &Group, session: &Session) -> Value {
    let Some(id) = group.site else {
        return Value::None;
    };
    let mut sites = session.sites.here();
    match sites.find(|(_, site)| site.id == id) {
        Some((_, site)) => (&site.name).into(),
        None => Value::Text(format!("#{id}").into()),
    }
}

/// A member of the record of a group.
fn member(group: &Group, name: &str) -> Value {
    let value = Members::of(&group.document).at(name);
    value.map_or(Value::None, Value::Text)
}

fn list(texts: impl Iterator<Item = String>) -> Value {
    let texts: Vec<_> = texts.collect();
    let text: Untrusted = texts.join(", ").into();
    (&text).into()
}

const GROUPS: &[Field<Group>] = &[
    Field::new("name", Column::left("GROUP", 18, 22, 0), |theme| theme.accent, |group, _| (&group.name).into()),
    Field::new("number_of_hosts", Column::right("HOSTS", 5, 6, 1), |theme| theme.number, |group, _| group.hosts.into()),
    Field::new(
        "banning_enabled",
        Column::left("BANS", 4, 4, 2),
        |theme| theme.text,
        |group, _| switch(group.banning_enabled),
    ),
    Field::new(
        "alert_criticality",
        Column::right("CRITICAL", 8, 8, 3),
        |theme| theme.number,
        |group, _| member(group, "alert_criticality"),
    ),
    Field::new("site", Column::left("SITE", 8, 14, 4), |theme| theme.text, site),
    Field::new(
        "isolation_exclusions",
        Column::left("ISOLATION EXCLUSIONS", 12, Column::REST, 2),
        |theme| theme.text,
        |group, _| {
            let exclusions = group.isolation_exclusions.iter();
            list(exclusions.map(|address| address.raw().to_owned()))
        },
    ),
    Field::new("id", Column::right("ID", 3, 5, 5), |theme| theme.number, |group, _| Value::Number(group.id.0)),
    Field::new(
        "sensorbackend_server",
        Column::left("SERVER URL", 16, 40, 7),
        |theme| theme.text,
        |group, _| member(group, "sensorbackend_server"),
    ),
];

const USERS: &[Field<User>] = &[
    Field::new("username", Column::left("USER", 10, 16, 0), |theme| theme.accent, |user, _| (&user.username).into()),
    Field::new(
        "global_admin",
        Column::left("ADMIN", 5, 5, 1),
        |theme| theme.caution,
        |user, _| match user.is_admin {
            Some(true) => Value::Word("admin"),
            Some(false) => Value::None,
            None => Value::Missing,
        },
    ),
    Field::new(
        "name",
        Column::left("NAME", 12, 20, 2),
        |theme| theme.text,
        |user, _| {
            let name = [user.first_name.raw(), user.last_name.raw()].join(" ");
            let name: Untrusted = name.trim().into();
            (&name).into()
        },
    ),
    Field::new(
        "teams",
        Column::left("TEAMS", 10, 18, 3),
        |theme| theme.text,
        |user, _| list(user.teams.iter().map(|team| team.raw().to_owned())),
    ),
    Field::new("email", Column::left("EMAIL", 14, Column::REST, 4), |theme| theme.text, |user, _| (&user.email).into()),
];

const TEAMS: &[Field<Team>] = &[
    Field::new("name", Column::left("TEAM", 10, 16, 0), |theme| theme.accent, |team, _| (&team.name).into()),
    Field::new(
        "group_access",
        Column::left("PERMISSIONS", 16, Column::REST, 1),
        |theme| theme.text,
        |team, _| {
            let access = team.access.iter();
            list(access.map(|access| format!("{}: {}", access.group.raw(), access.category.raw())))
        },
    ),
    Field::new("id", Column::right("ID", 3, 5, 2), |theme| theme.number, |team, _| Value::Number(team.id)),
];

const SITES: &[Field<Site>] = &[
    Field::new("name", Column::left("SITE", 10, Column::REST, 0), |theme| theme.accent, |site, _| (&site.name).into()),
    Field::new("id", Column::right("ID", 3, 5, 1), |theme| theme.number, |site, _| Value::Number(site.id)),
];
