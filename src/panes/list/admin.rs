//! Lists of administrators: sensor groups, users, teams, sites, partitions of the event store, ingress filters.

use std::sync::Arc;

use super::{ListView, RowField};
use crate::changes::Target;
use crate::columns::{CellValue, admin};
use crate::fetch::{Fetch, IngressFiltersFetch, PartitionsFetch};
use crate::keys::{Action, Scope};
use crate::model::{
    Document, Group, IngressFilter, IngressFilterId, Partition, Precision, SensorFilter, Site, Team, User,
};
use crate::panes::{ActionResult, FormPane, pivot::Observables};
use crate::session::{Cx, Destination, ListRow, RowSource, Session};
use crate::text;
use crate::widgets::TableColumn;
use crate::worker::{List, Slot};

/// Shown after a request was cancelled.
const NOT_REQUESTED: &str = "Cancelled. r retries";

/// The list view of sensor groups.
#[derive(Debug)]
pub struct SensorGroups;

/// The list view of user accounts.
#[derive(Debug)]
pub struct Users;

/// The list view of teams: users and their permissions for sensor groups.
#[derive(Debug)]
pub struct Teams;

/// The list view of sites.
#[derive(Debug)]
pub struct Sites;

/// The list view of the partitions of the event store.
#[derive(Debug)]
pub struct Partitions;

/// The list view of ingress filters.
#[derive(Debug)]
pub struct IngressFilters;

impl ListView for SensorGroups {
    type Row = Group;

    const SCOPE: Scope = Scope::SensorGroups;
    const NAME: &'static str = "Sensor groups";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::SensorGroups, 0)];
    const NOT_REQUESTED: &'static str = NOT_REQUESTED;
    const EMPTY: &'static str = "This token cannot list sensor groups";
    const FIELDS: &'static [RowField<Group>] = GROUP_FIELDS;
    const DEFAULT_COLUMNS: usize = 6;

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.lists().load_once::<Group>();
    }

    fn destination(row: &Group) -> Option<Destination> {
        let filter = SensorFilter { group: Some(row.id), ..SensorFilter::default() };
        Some(Destination::Sensors(filter.to_string()))
    }

    fn observables(row: &Group) -> Observables {
        Observables::of_object(Target::Group(row.id), &row.name)
    }

    fn handle_action(
        action: Action,
        chosen: impl FnOnce(&Session) -> Vec<Arc<Group>>,
        cx: &mut Cx<'_>,
    ) -> ActionResult {
        match action {
            Action::New => ActionResult::open(FormPane::new_group()),
            // Without a row, the list says so.
            Action::Edit => chosen(cx.session())
                .first()
                .map_or(ActionResult::Ignored, |group| ActionResult::open_for_targets(FormPane::edit_group(group))),
            _ => ActionResult::Ignored,
        }
    }
}

impl ListView for Users {
    type Row = User;

    const SCOPE: Scope = Scope::Users;
    const NAME: &'static str = "Users";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Users, 0)];
    const NOT_REQUESTED: &'static str = NOT_REQUESTED;
    const EMPTY: &'static str = "This token cannot list users";
    const FIELDS: &'static [RowField<User>] = USER_FIELDS;
    const DEFAULT_COLUMNS: usize = 5;

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.lists().load_once::<User>();
    }

    fn handle_action(action: Action, _: impl FnOnce(&Session) -> Vec<Arc<User>>, cx: &mut Cx<'_>) -> ActionResult {
        let teams = cx.session().lists.pages::<Team>().loaded_rows().map(|(_, team)| &**team);
        ActionResult::open_if((action == Action::New).then(|| FormPane::new_user(teams)))
    }
}

impl ListView for Teams {
    type Row = Team;

    const SCOPE: Scope = Scope::Teams;
    const NAME: &'static str = "Teams";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Teams, 0)];
    const NOT_REQUESTED: &'static str = NOT_REQUESTED;
    const EMPTY: &'static str = "No teams";
    const FIELDS: &'static [RowField<Team>] = TEAM_FIELDS;
    const DEFAULT_COLUMNS: usize = 3;

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.lists().load_once::<Team>();
    }

    fn handle_action(action: Action, _: impl FnOnce(&Session) -> Vec<Arc<Team>>, _: &mut Cx<'_>) -> ActionResult {
        ActionResult::open_if((action == Action::New).then(FormPane::new_team))
    }
}

impl ListView for Sites {
    type Row = Site;

    const SCOPE: Scope = Scope::Sites;
    const NAME: &'static str = "Sites";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Sites, 0)];
    const NOT_REQUESTED: &'static str = NOT_REQUESTED;
    const EMPTY: &'static str = "No sites";
    const FIELDS: &'static [RowField<Site>] = SITE_FIELDS;
    const DEFAULT_COLUMNS: usize = 2;

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.lists().load_once::<Site>();
    }
}

impl ListView for Partitions {
    type Row = Partition;

    const SCOPE: Scope = Scope::Rows;
    const NAME: &'static str = "Partitions";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Partitions, 0)];
    const NOT_REQUESTED: &'static str = NOT_REQUESTED;
    const EMPTY: &'static str = "No partitions";
    const FIELDS: &'static [RowField<Partition>] = PARTITION_FIELDS;
    const DEFAULT_COLUMNS: usize = 7;
    const IS_TOTAL_EXACT: bool = true;

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.lists().load_once::<Partition>();
    }

    /// Returns since when searches find something, and how many partitions they do not reach.
    fn note(session: &Session) -> Option<String> {
        let rows = || session.lists.pages::<Partition>().loaded_rows().map(|(_, partition)| partition);
        let mounted = rows().filter(|partition| partition.is_mounted() == Some(true));
        let oldest = mounted.filter_map(|partition| partition.start).min()?;
        let since = session.connection.zone.format(oldest, Precision::Minute);
        let n_unmounted = rows().filter(|partition| partition.is_mounted() == Some(false)).count();
        let unmounted = if n_unmounted > 0 { format!(", {n_unmounted} not mounted") } else { String::new() };
        Some(format!("searches reach back to {since}{unmounted}"))
    }

    fn no_destination_reason(_: &Partition) -> String {
        "Nothing to open: p shows the record".into()
    }
}

impl ListRow for Partition {
    type Id = String;

    const LIST: List = List::Partitions;
    const SOURCE: RowSource = RowSource::Whole(Fetch::Partitions(PartitionsFetch));

    fn id(&self) -> String {
        self.name.raw().to_owned()
    }

    fn document(&self) -> &Document {
        &self.document
    }
}

impl ListView for IngressFilters {
    type Row = IngressFilter;

    const SCOPE: Scope = Scope::Switched;
    const NAME: &'static str = "Ingress filters";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::IngressFilters, 0)];
    const NOT_REQUESTED: &'static str = NOT_REQUESTED;
    const EMPTY: &'static str = "No ingress filters: everything that sensors send is stored";
    const FIELDS: &'static [RowField<IngressFilter>] = INGRESS_FILTER_FIELDS;
    const DEFAULT_COLUMNS: usize = 8;
    const IS_TOTAL_EXACT: bool = true;

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.lists().load_once::<IngressFilter>();
        // The names of the groups that filters apply to.
        cx.lists().load_once::<Group>();
    }

    /// Returns how many filters are enabled.
    fn note(session: &Session) -> Option<String> {
        let rows = || session.lists.pages::<IngressFilter>().loaded_rows().map(|(_, filter)| filter);
        let n_enabled = rows().filter(|filter| filter.is_enabled == Some(true)).count();
        rows().next()?;
        Some(format!("{n_enabled} enabled"))
    }

    fn observables(row: &IngressFilter) -> Observables {
        Observables::of_object(Target::IngressFilter(row.id.clone()), row.title())
    }

    fn no_destination_reason(_: &IngressFilter) -> String {
        "Nothing to open: p shows the record".into()
    }
}

impl ListRow for IngressFilter {
    type Id = IngressFilterId;

    const LIST: List = List::IngressFilters;
    const SOURCE: RowSource = RowSource::Whole(Fetch::IngressFilters(IngressFiltersFetch));

    fn id(&self) -> IngressFilterId {
        self.id.clone()
    }

    fn document(&self) -> &Document {
        &self.document
    }
}

/// Returns the name of the site of `group`, or its ID while the sites are not loaded.
fn site_name(group: &Group, session: &Session) -> CellValue {
    let Some(id) = group.site else {
        return CellValue::None;
    };
    let mut sites = session.lists.pages::<Site>().loaded_rows();
    match sites.find(|(_, site)| site.id == id) {
        Some((_, site)) => (&site.name).into(),
        None => CellValue::Text(format!("#{id}").into()),
    }
}

const GROUP_FIELDS: &[RowField<Group>] = &[
    RowField::of(admin::group_field("name"), TableColumn::left_aligned("GROUP", 18, 22, 0), |theme| theme.accent),
    RowField::of(admin::group_field("number_of_hosts"), TableColumn::right_aligned("HOSTS", 5, 6, 1), |theme| {
        theme.number
    }),
    RowField::of(admin::group_field("banning_enabled"), TableColumn::left_aligned("BANS", 4, 4, 2), |theme| theme.text),
    RowField::of(admin::group_field("alert_criticality"), TableColumn::right_aligned("CRITICAL", 8, 8, 3), |theme| {
        theme.number
    }),
    RowField::new("site", TableColumn::left_aligned("SITE", 8, 14, 4), |theme| theme.text, site_name),
    RowField::of(
        admin::group_field("isolation_exclusions"),
        TableColumn::left_aligned("ISOLATION EXCLUSIONS", 12, TableColumn::FILL, 2),
        |theme| theme.text,
    ),
    RowField::of(admin::group_field("id"), TableColumn::right_aligned("ID", 3, 5, 5), |theme| theme.number),
    RowField::of(
        admin::group_field("sensorbackend_server"),
        TableColumn::left_aligned("SERVER URL", 16, 40, 7),
        |theme| theme.text,
    ),
];

const USER_FIELDS: &[RowField<User>] = &[
    RowField::of(admin::user_field("username"), TableColumn::left_aligned("USER", 10, 16, 0), |theme| theme.accent),
    RowField::of(admin::user_field("global_admin"), TableColumn::left_aligned("ADMIN", 5, 5, 1), |theme| theme.caution),
    RowField::of(admin::user_field("name"), TableColumn::left_aligned("NAME", 12, 20, 2), |theme| theme.text),
    RowField::of(admin::user_field("teams"), TableColumn::left_aligned("TEAMS", 10, 18, 3), |theme| theme.text),
    RowField::of(admin::user_field("email"), TableColumn::left_aligned("EMAIL", 14, TableColumn::FILL, 4), |theme| {
        theme.text
    }),
];

const TEAM_FIELDS: &[RowField<Team>] = &[
    RowField::new(
        "name",
        TableColumn::left_aligned("TEAM", 10, 16, 0),
        |theme| theme.accent,
        |team, _| (&team.name).into(),
    ),
    RowField::new(
        "group_access",
        TableColumn::left_aligned("PERMISSIONS", 16, TableColumn::FILL, 1),
        |theme| theme.text,
        |team, _| {
            let access = team.access.iter();
            CellValue::comma_list(access.map(|access| format!("{}: {}", access.group.raw(), access.category.raw())))
        },
    ),
    RowField::new(
        "id",
        TableColumn::right_aligned("ID", 3, 5, 2),
        |theme| theme.number,
        |team, _| CellValue::Number(team.id),
    ),
];

const SITE_FIELDS: &[RowField<Site>] = &[
    RowField::new(
        "name",
        TableColumn::left_aligned("SITE", 10, TableColumn::FILL, 0),
        |theme| theme.accent,
        |site, _| (&site.name).into(),
    ),
    RowField::new(
        "id",
        TableColumn::right_aligned("ID", 3, 5, 1),
        |theme| theme.number,
        |site, _| CellValue::Number(site.id),
    ),
];

const PARTITION_FIELDS: &[RowField<Partition>] = &[
    RowField::new(
        "name",
        TableColumn::left_aligned("PARTITION", 24, 28, 0),
        |theme| theme.accent,
        |partition, _| (&partition.name).into(),
    ),
    RowField::new(
        "mounted",
        TableColumn::left_aligned("MOUNTED", 7, 7, 1),
        |theme| theme.text,
        |partition, _| match partition.is_mounted() {
            Some(true) => CellValue::Rated("yes".into(), true),
            Some(false) => CellValue::Rated("NO".into(), false),
            None => CellValue::Unavailable,
        },
    ),
    RowField::time("info.startDate", "FROM", 2, |partition, _| {
        partition.start.map_or(CellValue::None, CellValue::Time)
    }),
    RowField::time("info.endDate", "TO", 3, |partition, _| match partition.end {
        Some(end) => CellValue::Time(end),
        None if partition.status.eq_ignore_case("hot") => CellValue::Word("now"),
        None => CellValue::None,
    }),
    RowField::new(
        "info.numDocs",
        TableColumn::right_aligned("RECORDS", 9, 12, 4),
        |theme| theme.number,
        |partition, _| partition.documents.into(),
    ),
    RowField::new(
        "info.sizeInBytes",
        TableColumn::right_aligned("SIZE", 9, 12, 5),
        |theme| theme.number,
        |partition, _| {
            partition.bytes.map_or(CellValue::None, |bytes| CellValue::Text(text::format_size(bytes).into()))
        },
    ),
    RowField::new(
        "status",
        TableColumn::left_aligned("STATE", 5, TableColumn::FILL, 6),
        |theme| theme.text,
        |partition, _| (&partition.status).into(),
    ),
];

const INGRESS_FILTER_FIELDS: &[RowField<IngressFilter>] = &[
    RowField::of(admin::ingress_filter_field("enabled"), TableColumn::left_aligned("ON", 3, 3, 0), |theme| theme.text),
    RowField::of(admin::ingress_filter_field("name"), TableColumn::left_aligned("NAME", 14, 24, 0), |theme| {
        theme.accent
    }),
    RowField::of(
        admin::ingress_filter_field("process_filters"),
        TableColumn::left_aligned("PROCESSES", 20, TableColumn::FILL, 1),
        |theme| theme.text,
    ),
    RowField::of(
        admin::ingress_filter_field("filtered_events"),
        TableColumn::left_aligned("NOT STORED", 10, 24, 2),
        |theme| theme.caution,
    ),
    RowField::new(
        "scope",
        TableColumn::left_aligned("APPLIES TO", 10, 20, 3),
        |theme| theme.text,
        |filter, session| (&filter.scope(|id| session.group_name(id).cloned())).into(),
    ),
    RowField::of(admin::ingress_filter_field("os_mask"), TableColumn::left_aligned("SYSTEM", 7, 14, 5), |theme| {
        theme.text
    }),
    RowField::of(
        admin::ingress_filter_field("descendant_filtering_level"),
        TableColumn::left_aligned("CHILDREN", 8, 8, 6),
        |theme| theme.text,
    ),
    RowField::of(admin::ingress_filter_field("hit_rate"), TableColumn::right_aligned("HIT RATE", 8, 10, 4), |theme| {
        theme.number
    }),
    RowField::of(
        admin::ingress_filter_field("filter_on"),
        TableColumn::left_aligned("FILTERS ON", 10, 17, 7),
        |theme| theme.text,
    ),
    RowField::of(admin::ingress_filter_field("priority"), TableColumn::right_aligned("PRIORITY", 8, 8, 8), |theme| {
        theme.number
    }),
    RowField::of(admin::ingress_filter_field("id"), TableColumn::left_aligned("ID", 10, 20, 7), |theme| theme.text),
    RowField::of(
        admin::ingress_filter_field("description"),
        TableColumn::left_aligned("DESCRIPTION", 16, 40, 8),
        |theme| theme.text,
    ),
];
