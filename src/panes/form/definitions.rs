//! The fields of each form, and the changes that it results in.

use super::{FormPane, field::FormField};
use crate::changes::{
    AdminChange, AlertChange, Change, Disposition, FeedChange, NewUser, NewWatchlist, Password, WatchlistChange,
    WatchlistDraft, WatchlistEdit,
};
use crate::model::{ActionKind, AlertId, Group, GroupId, StoredIndex, Team, WatchAction, Watchlist, WatchlistId};
use crate::query::{self, Index, StoredQuery};
use crate::text;

/// The purpose of a form.
#[derive(Debug)]
pub(super) enum FormKind {
    Assign(Vec<AlertId>),
    NewWatchlist(StoredIndex),
    EditWatchlist(Box<Watchlist>),
    AddAction(WatchlistId),
    RemoveAction(WatchlistId, Vec<WatchAction>),
    Feed,
    Group,
    EditGroup(GroupId),
    User(Vec<(u64, String)>),
    Team,
}

/// An error message with the index of its field.
type FieldError = (usize, String);

impl FormPane {
    /// Creates the form to assign alerts to a user.
    pub fn new_assignment(alerts: Vec<AlertId>) -> Self {
        let lines = vec![FormField::text("user", "")];
        let notes = vec!["Sets owner and status In Progress".into()];
        Self::new(FormKind::Assign(alerts), lines, notes)
    }

    /// Creates the form for a new watchlist. `lost` lists what a watchlist cannot store of the search.
    pub fn new_watchlist(index: StoredIndex, query: &str, lost: Vec<String>) -> Self {
        let lines = vec![
            FormField::text("name", ""),
            FormField::text("description", ""),
            FormField::query("query", index_of(&index), query),
            FormField::choice("create alerts"),
        ];
        Self::new(FormKind::NewWatchlist(index), lines, lost)
    }

    /// Creates the form to edit a watchlist.
    pub fn edit_watchlist(watchlist: &Watchlist) -> Self {
        let stored = StoredQuery::parse(watchlist.search_query.raw());
        let lines = vec![
            FormField::text("name", watchlist.name.raw()),
            FormField::text("description", watchlist.description.raw()),
            FormField::query("query", index_of(&watchlist.index), &stored.text),
        ];
        let limits = stored.facet_filters.iter();
        let limits = limits.map(|(name, value)| {
            let filter = format!("{name}={value}");
            format!("Stays limited to {}", text::make_visible(&filter.as_str().into()))
        });
        let form = FormKind::EditWatchlist(Box::new(watchlist.clone()));
        Self::new(form, lines, limits.collect())
    }

    /// Creates the form to add an action to a watchlist.
    pub fn add_action(id: WatchlistId) -> Self {
        let lines = vec![
            FormField::text("action (alert, email, syslog)", ""),
            FormField::text("email recipients (user IDs)", ""),
        ];
        let notes = vec!["User IDs are not available via the API; look them up in the web console".into()];
        Self::new(FormKind::AddAction(id), lines, notes)
    }

    /// Creates the form to remove one of `actions` from a watchlist.
    pub fn remove_action(id: WatchlistId, actions: Vec<WatchAction>) -> Self {
        let only = match &actions[..] {
            [only] => only.id.to_string(),
            _ => String::new(),
        };
        let notes = actions.iter().map(|action| format!("{}  {}", action.id, action.kind)).collect();
        let lines = vec![FormField::text("action ID", &only)];
        Self::new(FormKind::RemoveAction(id, actions), lines, notes)
    }

    /// Creates the form to add a feed.
    pub fn new_feed() -> Self {
        let lines = vec![FormField::text("URL", "")];
        let notes = vec!["The server fetches it immediately (https://, http:// or file://)".into()];
        Self::new(FormKind::Feed, lines, notes)
    }

    /// Creates the form for a new sensor group.
    pub fn new_group() -> Self {
        let lines = vec![FormField::text("name", ""), FormField::text("site ID", "1")];
        Self::new(FormKind::Group, lines, Vec::new())
    }

    /// Creates the form to edit a sensor group.
    pub fn edit_group(group: &Group) -> Self {
        let site = group.site.map_or(String::new(), |site| site.to_string());
        let lines = vec![FormField::text("name", group.name.raw()), FormField::text("site ID", &site)];
        Self::new(FormKind::EditGroup(group.id), lines, Vec::new())
    }

    /// Creates the form for a new user, who may be in one of `teams`.
    pub fn new_user<'a>(teams: impl Iterator<Item = &'a Team>) -> Self {
        let teams: Vec<_> = teams.map(|team| (team.id, team.name.raw().to_owned())).collect();
        let lines = vec![
            FormField::text("username", ""),
            FormField::text("first name", ""),
            FormField::text("last name", ""),
            FormField::text("email", ""),
            FormField::text("team", ""),
            FormField::choice("global administrator"),
            FormField::secret("password"),
            FormField::secret("confirm password"),
        ];
        let names = teams.iter().map(|(_, name)| text::make_visible(&name.as_str().into()));
        let names: Vec<_> = names.collect();
        let notes = match names.len() {
            0 => Vec::new(),
            _ => vec![format!("teams: {}", names.join(", "))],
        };
        Self::new(FormKind::User(teams), lines, notes)
    }

    /// Creates the form for a new team.
    pub fn new_team() -> Self {
        Self::new(FormKind::Team, vec![FormField::text("name", "")], Vec::new())
    }
}

impl FormKind {
    pub(super) fn title(&self) -> String {
        match self {
            Self::Assign(alerts) => match alerts.len() {
                1 => "Assign alert".into(),
                n => format!("Assign {n} alerts"),
            },
            Self::NewWatchlist(StoredIndex::Modules) => "New binary watchlist".into(),
            Self::NewWatchlist(_) => "New process watchlist".into(),
            Self::EditWatchlist(watchlist) => format!("Edit watchlist {}", watchlist.id),
            Self::AddAction(id) => format!("Add action to watchlist {id}"),
            Self::RemoveAction(id, _) => format!("Remove action from watchlist {id}"),
            Self::Feed => "New feed".into(),
            Self::Group => "New sensor group".into(),
            Self::EditGroup(id) => format!("Edit sensor group {id}"),
            Self::User(_) => "New user".into(),
            Self::Team => "New team".into(),
        }
    }

    /// Returns the changes that the form requests, or an error in one of its fields.
    pub(super) fn changes(&self, lines: &[FormField]) -> Result<Vec<Change>, FieldError> {
        let value = |at: usize| lines.get(at).map(FormField::value).unwrap_or_default();
        let required = |at: usize| {
            let text = value(at);
            let label = lines.get(at).map_or("", |line| line.label);
            if text.is_empty() { Err((at, format!("{label}: required"))) } else { Ok(text) }
        };
        let number = |at: usize| {
            let text = required(at)?;
            text.parse::<u64>().map_err(|_| (at, format!("{text:?} is not a number")))
        };
        // Fields that were not edited are left out: others may have changed them meanwhile.
        let is_edited = |at: usize| lines.get(at).is_some_and(FormField::is_changed);
        let change = match self {
            Self::Assign(alerts) => {
                let blocks = AlertChange::batches(alerts, &Disposition::Assigned(required(0)?));
                return Ok(blocks.into_iter().map(Change::Triage).collect());
            }
            Self::NewWatchlist(index) => {
                let alert = lines.get(3).is_some_and(FormField::is_yes);
                Change::Watch(WatchlistChange::Create(NewWatchlist {
                    draft: WatchlistDraft {
                        name: required(0)?,
                        description: value(1),
                        search_query: replace_stored_query("", &required(2)?),
                    },
                    index: index.clone(),
                    actions: alert.then_some(ActionKind::Alert).into_iter().collect(),
                    is_enabled: true,
                }))
            }
            Self::EditWatchlist(watchlist) => {
                let search = || Ok(replace_stored_query(watchlist.search_query.raw(), &required(2)?));
                let edit = WatchlistEdit {
                    name: is_edited(0).then(|| required(0)).transpose()?,
                    description: is_edited(1).then(|| value(1)),
                    search_query: is_edited(2).then(search).transpose()?,
                };
                Change::Watch(WatchlistChange::Edit { id: watchlist.id, change: Box::new(edit) })
            }
            Self::AddAction(id) => {
                let kind = value(0);
                let kind = ActionKind::CHOICES
                    .into_iter()
                    .find(|choice| choice.to_string() == kind.to_lowercase())
                    .ok_or((0, format!("{kind:?} is not an action: write alert, email or syslog")))?;
                let recipients = parse_recipients(&value(1))?;
                if kind == ActionKind::Email && recipients.is_empty() {
                    return Err((1, "an email needs at least one recipient".into()));
                }
                Change::Watch(WatchlistChange::AddAction { id: *id, kind, recipients })
            }
            Self::RemoveAction(id, actions) => {
                let action = number(0)?;
                if actions.iter().all(|known| known.id != action) {
                    return Err((0, format!("the watchlist has no action {action}")));
                }
                Change::Watch(WatchlistChange::RemoveAction { id: *id, action })
            }
            Self::Feed => Change::Feed(FeedChange::Add { url: required(0)?, is_enabled: true }),
            Self::Group => Change::Admin(AdminChange::CreateGroup { name: required(0)?, site: number(1)? }),
            Self::EditGroup(id) => Change::Admin(AdminChange::EditGroup {
                id: *id,
                name: is_edited(0).then(|| required(0)).transpose()?,
                site: is_edited(1).then(|| number(1)).transpose()?,
            }),
            Self::User(teams) => Change::Admin(AdminChange::CreateUser(Box::new(NewUser {
                username: required(0)?,
                first_name: required(1)?,
                last_name: required(2)?,
                email: required(3)?,
                teams: find_team(&value(4), teams)?,
                is_admin: lines.get(5).is_some_and(FormField::is_yes),
                password: parse_password(&required(6)?, &value(7))?,
            }))),
            Self::Team => Change::Admin(AdminChange::CreateTeam { name: required(0)? }),
        };
        Ok(vec![change])
    }
}

/// Returns the index that a watchlist searches.
fn index_of(stored: &StoredIndex) -> Index {
    match stored {
        StoredIndex::Modules => Index::Binary,
        StoredIndex::Events | StoredIndex::Other(_) => Index::Process,
    }
}

/// Replaces the query of a stored search. Newer servers refuse a plain slash (reference 2.10, "The `search_query`
/// encoding").
fn replace_stored_query(stored: &str, query: &str) -> String {
    query::replace_query(stored, query).replace('/', "%2F")
}

fn parse_recipients(text: &str) -> Result<Vec<u64>, FieldError> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    let numbers = words.map(|word| word.parse().map_err(|_| (1, format!("{word:?} is not a user ID"))));
    numbers.collect()
}

fn find_team(name: &str, teams: &[(u64, String)]) -> Result<Vec<(u64, String)>, FieldError> {
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let team = teams.iter().find(|(_, team_name)| team_name.eq_ignore_ascii_case(name));
    match team {
        Some(team) => Ok(vec![team.clone()]),
        None => Err((4, format!("no team is named {name:?}"))),
    }
}

fn parse_password(once: &str, again: &str) -> Result<Password, FieldError> {
    if once == again { Ok(Password::new(once.to_owned())) } else { Err((7, "the passwords do not match".into())) }
}
