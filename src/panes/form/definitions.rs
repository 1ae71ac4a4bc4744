//! What is written in each form, and the deeds that are made of it.

use super::{FormPane, field::Written};
use crate::changes::{
    Admin, Deed, Feeding, NewUser, NewWatchlist, Password, Triage, Verdict, Watching, WatchlistChange, WatchlistDraft,
};
use crate::model::{ActionKind, AlertId, Group, GroupId, StoredIndex, Team, WatchAction, Watchlist, WatchlistId};
use crate::query::{self, Index, Stored};
use crate::text;

/// What a form is for.
#[derive(Debug)]
pub(super) enum Form {
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
type Trouble = (usize, String);

impl FormPane {
    /// To whom alerts are given.
    pub fn assign(alerts: Vec<AlertId>) -> Self {
        let lines = vec![Written::text("user", "")];
        let notes = vec!["Sets owner and status In Progress".into()];
        Self::new(Form::Assign(alerts), lines, notes)
    }

    /// A watchlist of a query; `lost` is what a watchlist cannot hold of the search.
    pub fn new_watchlist(index: StoredIndex, query: &str, lost: Vec<String>) -> Self {
        let lines = vec![
            Written::text("name", ""),
            Written::text("description", ""),
            Written::query("query", index_of(&index), query),
            Written::choice("create alerts", false),
        ];
        Self::new(Form::NewWatchlist(index), lines, lost)
    }

    /// What a watchlist says.
    pub fn edit_watchlist(watchlist: &Watchlist) -> Self {
        let stored = Stored::read(watchlist.search_query.raw());
        let lines = vec![
            Written::text("name", watchlist.name.raw()),
            Written::text("description", watchlist.description.raw()),
            Written::query("query", index_of(&watchlist.index), &stored.text),
        ];
        let kept = stored.facets.iter();
        let kept = kept.map(|(name, value)| {
            let filter = format!("{name}={value}");
            format!("Stays limited to {}", text::visible(&filter.as_str().into()))
        });
        let form = Form::EditWatchlist(Box::new(watchlist.clone()));
        Self::new(form, lines, kept.collect())
    }

    /// What a watchlist sets off besides what it does.
    pub fn add_action(id: WatchlistId) -> Self {
        let lines = vec![
            Written::text("action (alert, email, syslog)", "alert"),
            Written::text("email recipients (user IDs)", ""),
        ];
        let notes = vec!["User IDs are not available via the API; look them up in the web console".into()];
        Self::new(Form::AddAction(id), lines, notes)
    }

    /// What a watchlist sets off no longer.
    pub fn remove_action(id: WatchlistId, actions: Vec<WatchAction>) -> Self {
        let only = match &actions[..] {
            [only] => only.id.to_string(),
            _ => String::new(),
        };
        let notes = actions.iter().map(|one| format!("{}  {}", one.id, one.kind));
        let notes = notes.collect();
        let lines = vec![Written::text("action ID", &only)];
        Self::new(Form::RemoveAction(id, actions), lines, notes)
    }

    /// Where a feed is read.
    pub fn new_feed() -> Self {
        let lines = vec![Written::text("URL", "")];
        let notes = vec!["The server fetches it immediately (https://, http:// or file://)".into()];
        Self::new(Form::Feed, lines, notes)
    }

    /// A new sensor group.
    pub fn new_group() -> Self {
        let lines = vec![Written::text("name", ""), Written::text("site ID", "1")];
        Self::new(Form::Group, lines, Vec::new())
    }

    /// What a sensor group is called, and where it belongs.
    pub fn edit_group(group: &Group) -> Self {
        let site = group.site.map_or(String::new(), |site| site.to_string());
        let lines = vec![Written::text("name", group.name.raw()), Written::text("site ID", &site)];
        Self::new(Form::EditGroup(group.id), lines, Vec::new())
    }

    /// A new user, in one of these teams or none.
    pub fn new_user<'a>(teams: impl Iterator<Item = &'a Team>) -> Self {
        let teams: Vec<_> = teams.map(|team| (team.id, team.name.raw().to_owned())).collect();
        let lines = vec![
            Written::text("username", ""),
            Written::text("first name", ""),
            Written::text("last name", ""),
            Written::text("email", ""),
            Written::text("team", ""),
            Written::choice("global administrator", false),
            Written::secret("password"),
            Written::secret("confirm password"),
        ];
        let names = teams.iter().map(|(_, name)| text::visible(&name.as_str().into()));
        let names: Vec<_> = names.collect();
        let notes = match names.len() {
            0 => Vec::new(),
            _ => vec![format!("teams: {}", names.join(", "))],
        };
        Self::new(Form::User(teams), lines, notes)
    }

    /// A new team.
    pub fn new_team() -> Self {
        Self::new(Form::Team, vec![Written::text("name", "")], Vec::new())
    }
}

impl Form {
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
    pub(super) fn deeds(&self, lines: &[Written]) -> Result<Vec<Deed>, Trouble> {
        let said = |at: usize| lines.get(at).map(Written::said).unwrap_or_default();
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
        let touched = |at: usize| lines.get(at).is_some_and(Written::is_touched);
        let deed = match self {
            Self::Assign(alerts) => {
                let blocks = Triage::blocks(alerts, &Verdict::Assigned(needed(0)?));
                return Ok(blocks.into_iter().map(Deed::Triage).collect());
            }
            Self::NewWatchlist(index) => {
                let alert = lines.get(3).is_some_and(Written::is_yes);
                Deed::Watch(Watching::Create(NewWatchlist {
                    draft: WatchlistDraft {
                        name: needed(0)?,
                        description: said(1),
                        search_query: search_query("", &needed(2)?),
                    },
                    index: index.clone(),
                    sets_off: alert.then_some(ActionKind::Alert).into_iter().collect(),
                    is_enabled: true,
                }))
            }
            Self::EditWatchlist(one) => {
                let search = || Ok(search_query(one.search_query.raw(), &needed(2)?));
                let change = WatchlistChange {
                    name: touched(0).then(|| needed(0)).transpose()?,
                    description: touched(1).then(|| said(1)),
                    search_query: touched(2).then(search).transpose()?,
                };
                Deed::Watch(Watching::Edit { id: one.id, change: Box::new(change) })
            }
            Self::AddAction(id) => {
                let kind = said(0);
                let choices = ActionKind::CHOICES.into_iter();
                let mut found = choices.filter(|one| one.to_string() == kind.to_lowercase());
                let kind =
                    found.next().ok_or((0, format!("{kind:?} is not an action: write alert, email or syslog")))?;
                let recipients = recipients(&said(1))?;
                if kind == ActionKind::Email && recipients.is_empty() {
                    return Err((1, "an email needs at least one recipient".into()));
                }
                Deed::Watch(Watching::AddAction { id: *id, kind, recipients })
            }
            Self::RemoveAction(id, actions) => {
                let action = number(0)?;
                if actions.iter().all(|one| one.id != action) {
                    return Err((0, format!("the watchlist has no action {action}")));
                }
                Deed::Watch(Watching::RemoveAction { id: *id, action })
            }
            Self::Feed => Deed::Feed(Feeding::Add { url: needed(0)?, is_enabled: true }),
            Self::Group => Deed::Admin(Admin::CreateGroup { name: needed(0)?, site: number(1)? }),
            Self::EditGroup(id) => Deed::Admin(Admin::EditGroup {
                id: *id,
                name: touched(0).then(|| needed(0)).transpose()?,
                site: touched(1).then(|| number(1)).transpose()?,
            }),
            Self::User(teams) => Deed::Admin(Admin::CreateUser(Box::new(NewUser {
                username: needed(0)?,
                first_name: needed(1)?,
                last_name: needed(2)?,
                email: needed(3)?,
                teams: team(&said(4), teams)?,
                is_admin: lines.get(5).is_some_and(Written::is_yes),
                password: password(&needed(6)?, &said(7))?,
            }))),
            Self::Team => Deed::Admin(Admin::CreateTeam { name: needed(0)? }),
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
fn search_query(stored: &str, query: &str) -> String {
    query::replace_query(stored, query).replace('/', "%2F")
}

fn recipients(text: &str) -> Result<Vec<u64>, Trouble> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    let numbers = words.map(|word| word.parse().map_err(|_| (1, format!("{word:?} is not a user ID"))));
    numbers.collect()
}

fn team(name: &str, teams: &[(u64, String)]) -> Result<Vec<(u64, String)>, Trouble> {
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let found = teams.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
    match found {
        Some(team) => Ok(vec![team.clone()]),
        None => Err((4, format!("no team is named {name:?}"))),
    }
}

fn password(once: &str, again: &str) -> Result<Password, Trouble> {
    if once == again { Ok(Password::new(once.to_owned())) } else { Err((7, "the passwords do not match".into())) }
}
