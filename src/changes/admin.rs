//! Changes of sensor groups, users, teams and ingress filters (reference 2.7, 2.8).

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Aspect, Justification, PlanContext, Rejection, Target,
    assessment::Assessment,
    ingress_filter::{assess_disabled_filter, assess_enabled_filter, filter_members},
    members,
    operation::{Operation, WriteContext, immediate_stage},
    snapshot::Snapshot,
    unreadable_rows,
};
use crate::api::{Client, Error, WriteRequest};
use crate::audit::LoggedStage;
use crate::model::{Group, GroupId, IngressFilter, IngressFilterId};
use crate::text::{self, Untrusted};

/// A change of a sensor group, a user, a team or an ingress filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdminChange {
    /// Creates a sensor group.
    CreateGroup {
        name: String,
        /// The ID of its site.
        site: u64,
    },
    /// Renames a sensor group, or moves it to another site.
    EditGroup {
        id: GroupId,
        /// The new name; `None` to leave it.
        name: Option<String>,
        /// The ID of the new site; `None` to leave it.
        site: Option<u64>,
    },
    /// Creates a user of the server's web console.
    CreateUser(Box<NewUser>),
    /// Creates a team without access to any sensor group.
    CreateTeam { name: String },
    /// Enables or disables an ingress filter.
    SwitchIngressFilter { id: IngressFilterId, is_enabled: bool },
}

/// A user to be created.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUser {
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    /// Whether the user is a global administrator.
    pub is_admin: bool,
    /// The ID and the name of each team.
    pub teams: Vec<(u64, String)>,
    /// Never written to the audit log.
    #[serde(skip)]
    pub password: Password,
}

/// A password on its way to the server: never shown, logged or compared.
#[derive(Clone, Default)]
pub struct Password(SecretString);

impl Password {
    /// Wraps a password.
    pub fn new(text: String) -> Self {
        Self(text.into())
    }

    /// Returns whether the password is empty.
    pub fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }
}

impl PartialEq for Password {
    /// Users are compared by everything but their passwords.
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

/// A sensor group, a user, a team or an ingress filter on the server, or its absence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AdminSnapshot {
    /// The group to be edited.
    pub group: Option<Group>,
    /// The ingress filter to be enabled or disabled.
    pub filter: Option<IngressFilter>,
    /// The record of an object with the name of the new one: the members that are logged and compared.
    found: Option<Value>,
    /// The number of records that could not be read.
    n_unreadable: usize,
    name: Untrusted,
}

impl AdminChange {
    /// Returns the members that the change sets, without secrets.
    fn desired_members(&self) -> Value {
        match self {
            Self::CreateGroup { name, site } => json!({"name": name, "site_id": site}),
            Self::EditGroup { name, site, .. } => settings(name.as_deref(), *site),
            Self::CreateUser(user) => user.redact(),
            Self::CreateTeam { name } => json!({"name": name}),
            Self::SwitchIngressFilter { is_enabled, .. } => json!({"enabled": is_enabled}),
        }
    }

    /// Returns whether the object on the server satisfies the change; `None` if an unreadable record may be that
    /// object.
    fn is_satisfied_by(&self, current: &AdminSnapshot) -> Option<bool> {
        if let Self::SwitchIngressFilter { is_enabled, .. } = self {
            let Some(filter) = &current.filter else { return Some(false) };
            return filter.is_enabled.map(|is| is == *is_enabled);
        }
        let Self::EditGroup { name, site, .. } = self else {
            let is_known = current.found.is_some() || current.n_unreadable == 0;
            return is_known.then(|| current.found.is_some() && self.difference(current).is_none());
        };
        let group = current.group.as_ref()?;
        let is_named = name.as_ref().is_none_or(|name| group.name.raw() == name);
        Some(is_named && site.is_none_or(|site| group.site == Some(site)))
    }

    /// Returns how the object that already has this name differs from the one to be created, with a hint.
    fn difference(&self, current: &AdminSnapshot) -> Option<(&'static str, &'static str)> {
        let existing = current.found.as_ref()?;
        let desired = self.desired_members();
        // A member that the server does not return is no difference, and servers often store addresses in lower case.
        let is_other = |member: &str| match (&existing[member], &desired[member]) {
            (Value::Null, _) => false,
            (Value::String(existing), Value::String(desired)) => {
                !existing.is_empty() && existing.to_lowercase() != desired.to_lowercase()
            }
            (existing, desired) => existing != desired,
        };
        match self {
            Self::CreateUser(_) if is_other("email") => {
                Some(("already exists with a different email address", "use a different name"))
            }
            Self::CreateUser(_) if is_other("first_name") || is_other("last_name") => {
                Some(("already exists with a different name", "use a different username"))
            }
            Self::CreateUser(_) if is_other("global_admin") => {
                Some(("already exists with different permissions", "use a different name"))
            }
            Self::CreateGroup { .. } if is_other("site_id") => {
                Some(("already exists on a different site", "edit that group, or use a different name"))
            }
            _ => None,
        }
    }

    /// Returns why no server would accept the change.
    fn invalid_reason(&self) -> Option<Rejection> {
        let is_nameless = match self {
            Self::CreateGroup { name, .. } | Self::CreateTeam { name } => name.trim().is_empty(),
            Self::EditGroup { name, .. } => name.as_ref().is_some_and(|name| name.trim().is_empty()),
            Self::CreateUser(user) => user.username.trim().is_empty(),
            Self::SwitchIngressFilter { .. } => false,
        };
        let (why, hint) = match self {
            _ if is_nameless => ("the name is empty", "enter a name"),
            Self::CreateUser(user) if user.password.is_empty() => {
                ("the password is empty", "enter a password at the prompt; it is not shown")
            }
            _ => return None,
        };
        Some(Rejection { why: why.into(), hint, is_policy: false })
    }
}

impl Operation for AdminChange {
    type State = AdminSnapshot;

    fn verb(&self) -> &'static str {
        match self {
            Self::CreateGroup { .. } => "create group",
            Self::EditGroup { .. } => "edit group",
            Self::CreateUser(_) => "create user",
            Self::CreateTeam { .. } => "create team",
            Self::SwitchIngressFilter { is_enabled: true, .. } => "enable ingress filter",
            Self::SwitchIngressFilter { is_enabled: false, .. } => "disable ingress filter",
        }
    }

    fn aspect(&self) -> Aspect {
        match self {
            Self::CreateGroup { .. } | Self::CreateUser(_) | Self::CreateTeam { .. } => Aspect::Creation,
            Self::EditGroup { .. } => Aspect::Settings,
            Self::SwitchIngressFilter { .. } => Aspect::Switch,
        }
    }

    fn needs_reason(&self) -> bool {
        matches!(self, Self::SwitchIngressFilter { is_enabled: true, .. })
    }

    fn target(&self) -> Target {
        match self {
            Self::CreateGroup { name, .. } => Target::New("group", name.clone()),
            Self::EditGroup { id, .. } => Target::Group(*id),
            Self::CreateUser(user) => Target::New("user", user.username.clone()),
            Self::CreateTeam { name } => Target::New("team", name.clone()),
            Self::SwitchIngressFilter { id, .. } => Target::IngressFilter(id.clone()),
        }
    }

    fn desired(&self, _: &Justification) -> Value {
        self.desired_members()
    }

    fn replaced_members(&self) -> Option<Value> {
        match self {
            Self::EditGroup { .. } => Some(self.desired_members()),
            // What the filter hides was confirmed as well.
            Self::SwitchIngressFilter { .. } => Some(json!({
                "enabled": null,
                "hides": null,
                "applies_to": null,
                "systems": null,
                "children": null,
                "filters_on": null,
            })),
            _ => None,
        }
    }

    fn inverse(&self, before: &Value, _: &Value) -> Result<Self, &'static str> {
        match self {
            Self::EditGroup { id, name, site } => Ok(Self::EditGroup {
                id: *id,
                name: name.as_ref().and_then(|_| members::text(before, "name")),
                site: site.and_then(|_| members::number(before, "site_id")),
            }),
            Self::SwitchIngressFilter { id, is_enabled } => {
                Ok(Self::SwitchIngressFilter { id: id.clone(), is_enabled: !is_enabled })
            }
            Self::CreateGroup { .. } | Self::CreateUser(_) | Self::CreateTeam { .. } => {
                Err("what was created is deleted in the web console")
            }
        }
    }

    async fn read(&self, client: &Client) -> Result<AdminSnapshot, Error> {
        let mut current = AdminSnapshot { name: self.target().id().as_str().into(), ..AdminSnapshot::default() };
        match self {
            Self::CreateGroup { name, .. } => {
                let all = client.groups().await?;
                current.n_unreadable = all.n_unreadable;
                let found = all.rows.into_iter().find(|group| group.name.eq_ignore_case(name));
                current.found = found.map(|group| {
                    let site = group.site;
                    json!({"id": group.id.0, "name": group.name.raw(), "site_id": site})
                });
            }
            Self::EditGroup { id, .. } => match client.group(*id).await {
                Ok(group) => {
                    current.name = group.name.clone();
                    current.group = Some(group);
                }
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            },
            Self::CreateUser(new_user) => {
                let all = client.users().await?;
                current.n_unreadable = all.n_unreadable;
                let mut all = all.rows.into_iter();
                let found = all.find(|user| user.username.eq_ignore_case(&new_user.username));
                current.found = found.map(|user| {
                    json!({
                        "username": user.username.raw(),
                        "first_name": user.first_name.raw(),
                        "last_name": user.last_name.raw(),
                        "email": user.email.raw(),
                        "global_admin": user.is_admin,
                    })
                });
            }
            Self::SwitchIngressFilter { id, .. } => match client.ingress_filter(id).await {
                Ok(filter) => {
                    current.name = filter.title().clone();
                    current.filter = Some(filter);
                }
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            },
            Self::CreateTeam { name } => {
                let all = client.teams().await?;
                current.n_unreadable = all.n_unreadable;
                let found = all.rows.into_iter().find(|team| team.name.eq_ignore_case(name));
                current.found = found.map(|team| json!({"id": team.id, "name": team.name.raw()}));
            }
        }
        Ok(current)
    }

    fn write_requests(&self, current: &AdminSnapshot, _: &WriteContext<'_>) -> Vec<WriteRequest> {
        if let Self::SwitchIngressFilter { .. } = self {
            let filter = current.filter.iter();
            return filter.map(|filter| WriteRequest::ingress_filter(filter, self.desired_members())).collect();
        }
        let request = match (self, &current.group) {
            (Self::EditGroup { name, site, .. }, Some(group)) => {
                WriteRequest::sensor_group(group, settings(name.as_deref(), *site))
            }
            (Self::EditGroup { .. } | Self::SwitchIngressFilter { .. }, _) => return Vec::new(),
            _ if current.found.is_some() => return Vec::new(),
            (Self::CreateGroup { name, site }, _) => WriteRequest::new_group(name, *site),
            (Self::CreateUser(user), _) => WriteRequest::new_user(user.body()),
            (Self::CreateTeam { name }, _) => WriteRequest::new_team(name, &json!([])),
        };
        vec![request]
    }

    fn stage(&self, current: &AdminSnapshot) -> LoggedStage {
        immediate_stage(self.is_satisfied_by(current))
    }

    fn no_op_reason(&self, current: &AdminSnapshot) -> Option<String> {
        let text = match self {
            Self::EditGroup { .. } => "already has these settings",
            Self::SwitchIngressFilter { is_enabled: true, .. } => "is enabled already",
            Self::SwitchIngressFilter { is_enabled: false, .. } => "is disabled already",
            Self::CreateUser(_) => "already exists; its password and teams do not change",
            _ => "already exists",
        };
        (self.is_satisfied_by(current) == Some(true)).then(|| text.into())
    }

    fn rejection(&self, current: &AdminSnapshot) -> Option<(&'static str, &'static str)> {
        if let Some(difference) = self.difference(current) {
            return Some(difference);
        }
        match self {
            Self::EditGroup { .. } if current.group.is_none() => Some(("no longer exists", "reload the groups (r)")),
            Self::SwitchIngressFilter { .. } if current.filter.is_none() => {
                Some(("no longer exists", "reload the ingress filters (r)"))
            }
            _ => None,
        }
    }

    fn describe(&self, current: &AdminSnapshot) -> String {
        match (self, &current.group, &current.found) {
            (Self::EditGroup { .. }, Some(group), _) => {
                let site = group.site.map_or("?".into(), |site| site.to_string());
                format!("{}, site {site}", text::fit(&group.name, 60))
            }
            (Self::SwitchIngressFilter { .. }, ..) => match current.filter.as_ref().map(|filter| filter.is_enabled) {
                Some(Some(true)) => "enabled".into(),
                Some(Some(false)) => "disabled".into(),
                Some(None) => "unknown whether it is enabled".into(),
                None => "no such ingress filter".into(),
            },
            (_, _, Some(_)) => "it exists".into(),
            _ if current.n_unreadable > 0 => "it is not among those that could be read".into(),
            _ => "it does not exist".into(),
        }
    }

    async fn assess(
        &self,
        current: &AdminSnapshot,
        context: &PlanContext,
    ) -> Result<Result<Assessment, Rejection>, Error> {
        if let Some(rejection) = self.invalid_reason() {
            return Ok(Err(rejection));
        }
        if let (Self::SwitchIngressFilter { is_enabled, .. }, Some(filter)) = (self, &current.filter) {
            let groups = context.client.groups().await;
            let assess = if *is_enabled { assess_enabled_filter } else { assess_disabled_filter };
            return Ok(Ok(assess(filter, &groups)));
        }
        let name = text::make_visible(&current.name);
        let names = match self {
            Self::CreateUser(_) => ("user", "users"),
            Self::CreateTeam { .. } => ("team", "teams"),
            _ => ("group", "groups"),
        };
        let unreadable_warning =
            unreadable_rows::unreadable_rows_warning(current.n_unreadable, names, "have this name");
        let mut notes: Vec<_> = unreadable_warning.into_iter().collect();
        let effects = match self {
            Self::CreateGroup { site, .. } => {
                vec![format!("{name}: new sensor group on site {site}, with the server's default settings")]
            }
            Self::EditGroup { name: new_name, site, .. } => {
                let new_name = new_name.as_ref().map(|new_name| format!("{name} -> {}", display_name(new_name)));
                let site = site.map(|site| format!("{name}: move to site {site}"));
                new_name.into_iter().chain(site).collect()
            }
            Self::CreateUser(user) => {
                if user.is_admin {
                    notes.push("A global administrator may do everything on this server".into());
                } else if user.teams.is_empty() {
                    notes.push("Without a team the user has no access".into());
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
            Self::SwitchIngressFilter { .. } => Vec::new(),
            Self::CreateTeam { .. } => {
                notes.push("Its members see nothing until the team has access to a sensor group".into());
                vec![format!("{name}: new team")]
            }
        };
        Ok(Ok(Assessment { effects, notes, ..Assessment::default() }))
    }
}

impl NewUser {
    /// Returns the user without the password, for the log.
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

    /// Returns the request body, with the password.
    fn body(&self) -> Value {
        let mut body = self.redact();
        body["password"] = self.password.0.expose_secret().into();
        body
    }
}

impl Snapshot for AdminSnapshot {
    fn target_name(&self) -> Untrusted {
        self.name.clone()
    }

    fn snapshot_json(&self) -> Value {
        match (&self.group, &self.found) {
            _ if self.filter.is_some() => self.filter.as_ref().map_or(Value::Null, filter_members),
            (Some(group), _) => json!({"name": group.name.raw(), "site_id": group.site}),
            (None, Some(found)) => found.clone(),
            (None, None) => json!({"exists": false}),
        }
    }
}

fn settings(name: Option<&str>, site: Option<u64>) -> Value {
    let name = name.map(|name| ("name".to_owned(), name.into()));
    let site = site.map(|site| ("site_id".to_owned(), site.into()));
    Value::Object(name.into_iter().chain(site).collect())
}

fn display_name(text: &str) -> String {
    /// Maximum width of a name, in cells.
    const NAME: usize = 60;
    text::fit(&text.into(), NAME)
}
