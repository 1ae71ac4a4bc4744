//! What is written in each form, and the deeds that are made of it.

use super::{FormPane, field::FormField};
use crate::changes::{
    AdminChange, AlertChange, Change, Disposition, FeedChange, NewUser, NewWatchlist, Password, WatchlistChange,
    WatchlistDraft, WatchlistEdit,
};
use crate::model::{ActionKind, AlertId, Group, GroupId, StoredIndex, Team, WatchAction, Watchlist, WatchlistId};
use crate::query::{self, Index, StoredQuery};
use crate::text;

/// What a form is for.
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

/// What is wrong, and with which line.
type FieldError = (usize, String);

impl FormPane {
    /// To whom alerts are given.
    pub fn new_assignment(alerts: Vec<AlertId>) -> Self {
        let lines = vec![FormField::text("user", "")];
        let notes = vec!["Sets owner and status In Progress".into()];
        Self::new(FormKind::Assign(alerts), lines, notes)
    }

    /// A watchlist of a query; `lost` is what a watchlist cannot hold of the search.
    pub fn new_watchlist(index: StoredIndex, query: &str, lost: Vec<String>) -> Self {
        let lines = vec![
            FormField::text("name", ""),
            FormField::text("description", ""),
            FormField::query("query", index_of(&index), query),
            FormField::choice("create alerts", false),
        ];
        Self::new(FormKind::NewWatchlist(index), lines, lost)
    }

    /// What a watchlist says.
    pub fn edit_watchlist(watchlist: &Watchlist) -> Self {
        let stored = StoredQuery::parse(watchlist.search_query.raw());
        let lines = vec![
            FormField::text("name", watchlist.name.raw()),
            FormField::text("description", watchlist.description.raw()),
            FormField::query("query", index_of(&watchlist.index), &stored.text),
        ];
        let kept = stored.facet_filters.iter();
        let kept = kept.map(|(name, value)| {
            let filter = format!("{name}={value}");
            format!("Stays limited to {}", text::make_visible(&filter.as_str().into()))
        });
        let form = FormKind::EditWatchlist(Box::new(watchlist.clone()));
        Self::new(form, lines, kept.collect())
    }

    /// What a watchlist sets off besides what it does.
    pub fn add_action(id: WatchlistId) -> Self {
        let lines = vec![
            FormField::text("action (alert, email, syslog)", "alert"),
            FormField::text("email recipients (user IDs)", ""),
        ];
        let notes = vec!["User IDs are not available via the API; look them up in the web console".into()];
        Self::new(FormKind::AddAction(id), lines, notes)
    }

    /// What a watchlist sets off no longer.
    pub fn remove_action(id: WatchlistId, actions: Vec<WatchAction>) -> Self {
        let only = match &actions[..] {
            [only] => only.id.to_string(),
            _ => String::new(),
        };
        let notes = actions.iter().map(|one| format!("{}  {}", one.id, one.kind));
        let notes = notes.collect();
        let lines = vec![FormField::text("action ID", &only)];
        Self::new(FormKind::RemoveAction(id, actions), lines, notes)
    }

    /// Where a feed is read.
    pub fn new_feed() -> Self {
        let lines = vec![FormField::text("URL", "")];
        let notes = vec!["The server fetches it immediately (https://, http:// or file://)".into()];
        Self::new(FormKind::Feed, lines, notes)
    }

    /// A new sensor group.
    pub fn new_group() -> Self {
        let lines = vec![FormField::text("name", ""), FormField::text("site ID", "1")];
        Self::new(FormKind::Group, lines, Vec::new())
    }

    /// What a sensor group is called, and where it belongs.
    pub fn edit_group(group: &Group) -> Self {
        let site = group.site.map_or(String::new(), |site| site.to_string());
        let lines = vec![FormField::text("name", group.name.raw()), FormField::text("site ID", &site)];
        Self::new(FormKind::EditGroup(group.id), lines, Vec::new())
    }

    /// A new user, in one of these teams or none.
    pub fn new_user<'a>(teams: impl Iterator<Item = &'a Team>) -> Self {
        let teams: Vec<_> = teams.map(|team| (team.id, team.name.raw().to_owned())).collect();
        let lines = vec![
            FormField::text("username", ""),
            FormField::text("first name", ""),
            FormField::text("last name", ""),
            FormField::text("email", ""),
            FormField::text("team", ""),
            FormField::choice("global administrator", false),
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

    /// A new team.
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
            Self::EditWatchlist(one) => format!("Edit watchlist {}", one.id),
            Self::AddAction(id) => format!("Add action to watchlist {id}"),
            Self::RemoveAction(id, _) => format!("Remove action from watchlist {id}"),
            Self::Feed => "New feed".into(),
            Self::Group => "New sensor group".into(),
            Self::EditGroup(id) => format!("Edit sensor group {id}"),
            Self::User(_) => "New user".into(),
            Self::Team => "New team".into(),
        }
    }

    /// What is to be done; or what is wrong, and with which line.
    pub(super) fn changes(&self, lines: &[FormField]) -> Result<Vec<Change>, FieldError> {
        let said = |at: usize| lines.get(at).map(FormField::value).unwrap_or_default();
        let needed = |at: usize| {
            let text = said(at);
            let label = lines.get(at).map_or("", |line| line.label);
            if text.is_empty() { Err((at, format!("{label}: required"))) } else { Ok(text) }
        };
        let number = |at: usize| {
            let text = needed(at)?;
            text.parse::<u64>().map_err(|_| (at, format!("{text:?} is not a number")))
        };
        // What nobody touched may have been changed by others meanwhile, and is not written back.
        let touched = |at: usize| lines.get(at).is_some_and(FormField::is_changed);
        let deed = match self {
            Self::Assign(alerts) => {
                let blocks = AlertChange::batches(alerts, &Disposition::Assigned(needed(0)?));
                return Ok(blocks.into_iter().map(Change::Triage).collect());
            }
            Self::NewWatchlist(index) => {
                let alert = lines.get(3).is_some_and(FormField::is_yes);
                Change::Watch(WatchlistChange::Create(NewWatchlist {
                    draft: WatchlistDraft {
                        name: needed(0)?,
                        description: said(1),
                        search_query: replace_stored_query("", &needed(2)?),
                    },
                    index: index.clone(),
                    actions: alert.then_some(ActionKind::Alert).into_iter().collect(),
                    is_enabled: true,
                }))
            }
            Self::EditWatchlist(one) => {
                let search = || Ok(replace_stored_query(one.search_query.raw(), &needed(2)?));
                let change = WatchlistEdit {
                    name: touched(0).then(|| needed(0)).transpose()?,
                    description: touched(1).then(|| said(1)),
                    search_query: touched(2).then(search).transpose()?,
                };
                Change::Watch(WatchlistChange::Edit { id: one.id, change: Box::new(change) })
            }
            Self::AddAction(id) => {
                let kind = said(0);
                let choices = ActionKind::CHOICES.into_iter();
                let mut found = choices.filter(|one| one.to_string() == kind.to_lowercase());
                let kind =
                    found.next().ok_or((0, format!("{kind:?} is not an action: write alert, email or syslog")))?;
                let recipients = parse_recipients(&said(1))?;
                if kind == ActionKind::Email && recipients.is_empty() {
                    return Err((1, "an email needs at least one recipient".into()));
                }
                Change::Watch(WatchlistChange::AddAction { id: *id, kind, recipients })
            }
            Self::RemoveAction(id, actions) => {
                let action = number(0)?;
                if actions.iter().all(|one| one.id != action) {
                    return Err((0, format!("the watchlist has no action {action}")));
                }
                Change::Watch(WatchlistChange::RemoveAction { id: *id, action })
            }
            Self::Feed => Change::Feed(FeedChange::Add { url: needed(0)?, is_enabled: true }),
            Self::Group => Change::Admin(AdminChange::CreateGroup { name: needed(0)?, site: number(1)? }),
            Self::EditGroup(id) => Change::Admin(AdminChange::EditGroup {
                id: *id,
                name: touched(0).then(|| needed(0)).transpose()?,
                site: touched(1).then(|| number(1)).transpose()?,
            }),
            Self::User(teams) => Change::Admin(AdminChange::CreateUser(Box::new(NewUser {
                username: needed(0)?,
                first_name: needed(1)?,
                last_name: needed(2)?,
                email: needed(3)?,
                teams: find_team(&said(4), teams)?,
                is_admin: lines.get(5).is_some_and(FormField::is_yes),
                password: parse_password(&needed(6)?, &said(7))?,
            }))),
            Self::Team => Change::Admin(AdminChange::CreateTeam { name: needed(0)? }),
        };
        Ok(vec![deed])
    }
}

/// What a watchlist searches.
fn index_of(stored: &StoredIndex) -> Index {
    match stored {
        StoredIndex::Modules => Index::Binary,
        StoredIndex::Events | StoredIndex::Other(_) => Index::Process,
    }
}

/// A stored search with another query. Newer servers refuse a slash as it is (reference 2.10, "The `search_query` encoding").
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
    let found = teams.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
    match found {
        Some(team) => Ok(vec![team.clone()]),
        None => Err((4, format!("no team is named {name:?}"))),
    }
}

fn parse_password(once: &str, again: &str) -> Result<Password, FieldError> {
    if once == again { Ok(Password::new(once.to_owned())) } else { Err((7, "the passwords do not match".into())) }
}
