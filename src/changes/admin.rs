//! Sensor groups, users and teams (reference 2.7, 2.8).

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{Plan, PlanContext, Prepared, Rejection, Snapshot, Target, unreadable_rows};
use crate::api::{Client, Error, WriteRequest};
use crate::model::{Group, GroupId};
use crate::text::{self, Untrusted};

/// Something that is done to a sensor group, a user or a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminChange {
    /// A new sensor group.
    CreateGroup {
        /// What people call it.
        name: String,
        /// The number of its site.
        site: u64,
    },
    /// A group gets another name, or belongs to another site.
    EditGroup {
        /// Which one.
        id: GroupId,
        /// Its name, if it is to change.
        name: Option<String>,
        /// Its site, if that is to change.
        site: Option<u64>,
    },
    /// A new user of the server's console.
    CreateUser(Box<NewUser>),
    /// A new team, which may see everything in the groups that are there.
    CreateTeam {
        /// What people call it.
        name: String,
    },
}

/// A user who is to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewUser {
    /// The name to log in with.
    pub username: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Where mail for them goes.
    pub email: String,
    /// Whether they may do everything.
    pub is_admin: bool,
    /// Their teams: number and name.
    pub teams: Vec<(u64, String)>,
    /// What they log in with.
    pub password: Password,
}

/// A password on its way to the server: shown, logged and compared nowhere.
#[derive(Clone, Default)]
pub struct Password(SecretString);

impl Password {
    /// Takes it over.
    pub fn new(text: String) -> Self {
        Self(text.into())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }
}

impl PartialEq for Password {
    /// What is made is the same user, whatever the password.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Password {}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// What the server has of a group, a user or a team.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AdminSnapshot {
    /// The group, if it is about one that is there.
    pub group: Option<Group>,
    /// What a new one is, if there is one of this name: all that is told of it.
    found: Option<Value>,
    /// How many others could not be read.
    n_unread: usize,
    name: Untrusted,
}

impl AdminChange {
    pub(super) fn verb(&self) -> &'static str {
        match self {
            Self::CreateGroup { .. } => "create group",
            Self::EditGroup { .. } => "edit group",
            Self::CreateUser(_) => "create user",
            Self::CreateTeam { .. } => "create team",
        }
    }

    pub(super) fn target(&self) -> Target {
        match self {
            Self::CreateGroup { name, .. } => Target::New("group", name.clone()),
            Self::EditGroup { id, .. } => Target::Group(*id),
            Self::CreateUser(user) => Target::New("user", user.username.clone()),
            Self::CreateTeam { name } => Target::New("team", name.clone()),
        }
    }

    pub(super) fn desired(&self) -> Value {
        match self {
            Self::CreateGroup { name, site } => json!({"name": name, "site_id": site}),
            Self::EditGroup { name, site, .. } => members(name.as_deref(), *site),
            Self::CreateUser(user) => user.redact(),
            Self::CreateTeam { name } => json!({"name": name}),
        }
    }

    /// Reads what the server has, past every cache.
    pub(super) async fn read(&self, client: &Client) -> Result<AdminSnapshot, Error> {
        let mut now = AdminSnapshot { name: self.target().id().as_str().into(), ..AdminSnapshot::default() };
        match self {
            Self::CreateGroup { name, .. } => {
                let all = client.groups().await?;
                now.n_unread = all.n_unreadable;
                let found = all.rows.into_iter().find(|group| group.name.eq_ignore_case(name));
                now.found = found.map(|group| {
                    let site = group.site;
                    json!({"id": group.id.0, "name": group.name.raw(), "site_id": site})
                });
            }
            Self::EditGroup { id, .. } => match client.group(*id).await {
                Ok(group) => {
                    now.name = group.name.clone();
                    now.group = Some(group);
                }
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            },
            Self::CreateUser(user) => {
                let all = client.users().await?;
                now.n_unread = all.n_unreadable;
                let mut all = all.rows.into_iter();
                let found = all.find(|one| one.username.eq_ignore_case(&user.username));
                now.found = found.map(|one| {
                    json!({
                        "username": one.username.raw(),
                        "first_name": one.first_name.raw(),
                        "last_name": one.last_name.raw(),
                        "email": one.email.raw(),
                        "global_admin": one.is_admin,
                    })
                });
            }
            Self::CreateTeam { name } => {
                let all = client.teams().await?;
                now.n_unread = all.n_unreadable;
                let found = all.rows.into_iter().find(|team| team.name.eq_ignore_case(name));
                now.found = found.map(|team| json!({"id": team.id, "name": team.name.raw()}));
            }
        }
        Ok(now)
    }

    pub(super) fn write_requests(&self, now: &AdminSnapshot) -> Vec<WriteRequest> {
        let change = match (self, &now.group) {
            (Self::EditGroup { name, site, .. }, Some(group)) => {
                WriteRequest::sensor_group(group, members(name.as_deref(), *site))
            }
            (Self::EditGroup { .. }, None) => return Vec::new(),
            _ if now.found.is_some() => return Vec::new(),
            (Self::CreateGroup { name, site }, _) => WriteRequest::new_group(name, *site),
            (Self::CreateUser(user), _) => WriteRequest::new_user(user.body()),
            (Self::CreateTeam { name }, _) => WriteRequest::new_team(name, &json!([])),
        };
        vec![change]
    }

    /// Whether the server holds it.
    pub(super) fn is_satisfied_by(&self, now: &AdminSnapshot) -> Option<bool> {
        let Self::EditGroup { name, site, .. } = self else {
            let is_known = now.found.is_some() || now.n_unread == 0;
            return is_known.then(|| now.found.is_some() && self.difference(now).is_none());
        };
        let group = now.group.as_ref()?;
        let is_named = name.as_ref().is_none_or(|name| group.name.raw() == name);
        Some(is_named && site.is_none_or(|site| group.site == Some(site)))
    }

    pub(super) fn no_op_reason(&self, now: &AdminSnapshot) -> Option<String> {
        let said = match self {
            Self::EditGroup { .. } => "already has these settings",
            Self::CreateUser(_) => "already exists; its password and teams stay as they are",
            _ => "already exists",
        };
        (self.is_satisfied_by(now) == Some(true)).then(|| said.into())
    }

    /// What sets the one of this name that is there apart from the one that is wanted.
    fn difference(&self, now: &AdminSnapshot) -> Option<(&'static str, &'static str)> {
        let found = now.found.as_ref()?;
        let wanted = self.desired();
        // What a server does not tell is no difference, and addresses are often kept in small letters.
        let is_other = |member: &str| match (&found[member], &wanted[member]) {
            (Value::Null, _) => false,
            (Value::String(found), Value::String(wanted)) => {
                !found.is_empty() && found.to_lowercase() != wanted.to_lowercase()
            }
            (found, wanted) => found != wanted,
        };
        match self {
            Self::CreateUser(_) if is_other("email") => {
                Some(("already exists with a different email address", "give the new user another name"))
            }
            Self::CreateUser(_) if is_other("first_name") || is_other("last_name") => {
                Some(("already exists with a different name", "give the new user another name to log in with"))
            }
            Self::CreateUser(_) if is_other("global_admin") => {
                Some(("already exists with different rights", "give the new user another name"))
            }
            Self::CreateGroup { .. } if is_other("site_id") => {
                Some(("already exists on a different site", "edit that group, or give the new one another name"))
            }
            _ => None,
        }
    }

    pub(super) fn rejection(&self, now: &AdminSnapshot) -> Option<(&'static str, &'static str)> {
        if let Some(difference) = self.difference(now) {
            return Some(difference);
        }
        let is_gone = matches!(self, Self::EditGroup { .. }) && now.group.is_none();
        is_gone.then_some(("no longer exists", "reload the groups (r)"))
    }

    pub(super) fn describe(&self, now: &AdminSnapshot) -> String {
        match (self, &now.group, &now.found) {
            (Self::EditGroup { .. }, Some(group), _) => {
                let site = group.site.map_or("?".into(), |site| site.to_string());
                format!("{}, site {site}", text::fit(&group.name, 60))
            }
            (_, _, Some(_)) => "it exists".into(),
            _ if now.n_unread > 0 => "it is not among those that could be read".into(),
            _ => "it does not exist".into(),
        }
    }

    /// Finds out what it would do.
    pub(super) fn prepare(self, now: AdminSnapshot, estate: &PlanContext) -> Prepared {
        if let Some(refusal) = self.invalid_reason() {
            return Prepared::Rejected(refusal);
        }
        let name = text::make_visible(&now.name);
        let names = match &self {
            Self::CreateUser(_) => ("user", "users"),
            Self::CreateTeam { .. } => ("team", "teams"),
            _ => ("group", "groups"),
        };
        let doubt = unreadable_rows::unreadable_rows_warning(now.n_unread, names, "have this name");
        let mut notes: Vec<_> = doubt.into_iter().collect();
        let effects = match &self {
            Self::CreateGroup { site, .. } => {
                vec![format!("{name}: new sensor group on site {site}, with the server's default settings")]
            }
            Self::EditGroup { name: to, site, .. } => {
                let to = to.as_ref().map(|to| format!("{name} -> {}", display_name(to)));
                let site = site.map(|site| format!("{name}: move to site {site}"));
                to.into_iter().chain(site).collect()
            }
            Self::CreateUser(user) => {
                if user.is_admin {
                    notes.push("A global administrator has every right on this server".into());
                } else if user.teams.is_empty() {
                    notes.push("Without a team the user may see nothing".into());
                }
                let teams: Vec<_> = user.teams.iter().map(|(_, name)| display_name(name)).collect();
                vec![
                    format!(
                        "{name}: new user, {} {}, {}",
                        display_name(&user.first_name),
                        display_name(&user.last_name),
                        display_name(&user.email)
                    ),
                    format!("teams: {}", if teams.is_empty() { "none".into() } else { teams.join(", ") }),
                ]
            }
            Self::CreateTeam { .. } => {
                notes.push("Its members see nothing until the team has access to a sensor group".into());
                vec![format!("{name}: new team")]
            }
        };
        let state = Snapshot::Admin(Box::new(now));
        Prepared::Ready(Box::new(Plan { effects, notes, ..Plan::new(super::Change::Admin(self), state, estate) }))
    }

    /// What no server takes.
    fn invalid_reason(&self) -> Option<Rejection> {
        let is_nameless = match self {
            Self::CreateGroup { name, .. } | Self::CreateTeam { name } => name.trim().is_empty(),
            Self::EditGroup { name, .. } => name.as_ref().is_some_and(|name| name.trim().is_empty()),
            Self::CreateUser(user) => user.username.trim().is_empty(),
        };
        let (why, hint) = match self {
            _ if is_nameless => ("the name is empty", "enter a name"),
            Self::CreateUser(user) if user.password.is_empty() => {
                ("the password is empty", "enter one when asked; it is not shown")
            }
            _ => return None,
        };
        Some(Rejection { why: why.into(), hint, is_policy: false })
    }
}

impl NewUser {
    /// What may be told of it.
    fn redact(&self) -> Value {
        json!({
            "username": self.username,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "email": self.email,
            "global_admin": self.is_admin,
            "teams": self.teams.iter().map(|(id, _)| id).collect::<Vec<_>>(),
        })
    }

    /// What is sent: the password as well.
    fn body(&self) -> Value {
        let mut body = self.redact();
        body["password"] = self.password.0.expose_secret().into();
        body
    }
}

impl AdminSnapshot {
    /// What people call it.
    pub(super) fn target_name(&self) -> &Untrusted {
        &self.name
    }

    /// What counts of it, for the log.
    pub(super) fn snapshot_json(&self) -> Value {
        match (&self.group, &self.found) {
            (Some(group), _) => json!({"name": group.name.raw(), "site_id": group.site}),
            (None, Some(found)) => found.clone(),
            (None, None) => json!({"exists": false}),
        }
    }
}

fn members(name: Option<&str>, site: Option<u64>) -> Value {
    let name = name.map(|name| ("name".to_owned(), name.into()));
    let site = site.map(|site| ("site_id".to_owned(), site.into()));
    Value::Object(name.into_iter().chain(site).collect())
}

fn display_name(text: &str) -> String {
    /// Cells of a name.
    const NAME: usize = 60;
    text::fit(&text.into(), NAME)
}
