//! `user`: who may use the server.

use super::{
    CommandCx, Exit, Failure,
    apply::apply_changes,
    change, print_list,
    resolve::{self, Noun, Numbered},
};
use crate::api::Client;
use crate::changes::{AdminChange, Change, NewUser, Password};
use crate::cli::{self, OutputArgs, WaitLimit};
use crate::model::{Team, User};
use crate::output::{Align, OutputCell, OutputColumn, OutputRow};
use crate::text::{self, Untrusted};

/// The columns of users.
const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("id", Align::Right),
    OutputColumn::new("username", Align::Left),
    OutputColumn::new("first_name", Align::Left).min_width(8),
    OutputColumn::new("last_name", Align::Left).min_width(8),
    OutputColumn::new("email", Align::Left).min_width(12).rank(1),
    OutputColumn::new("admin", Align::Left),
    OutputColumn::new("teams", Align::Left).min_width(12),
];

/// What teams are called.
const TEAM: Noun = Noun { singular: "team", plural: "teams", list: None };

impl Numbered for Team {
    fn number(&self) -> u64 {
        self.id
    }

    fn names(&self) -> Vec<&Untrusted> {
        vec![&self.name]
    }
}

/// Runs what makes users, or shows them.
pub(super) async fn run(command: cli::User, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    match command {
        cli::User::List { reading } => list(reading, caller).await,
        cli::User::Create(args) => create(&args, caller).await,
    }
}

/// Runs `user list`.
async fn list(reading: OutputArgs, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let page = caller.client()?.users().await?;
    let names = print_list::Names { plural: "users", empty_message: "there is no user to see" };
    print_list::print(&page, names, COLUMNS, reading, row, caller)
}

/// Runs `user create`.
async fn create(args: &cli::NewUser, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let given = |name: &str, text: &str| match text.trim() {
        "" => Err(Failure::usage(format!("there is no {name}"))),
        text => Ok(text.to_owned()),
    };
    let mut user = NewUser {
        username: given("username", &args.username)?,
        first_name: given("first name", &args.first_name)?,
        last_name: given("last name", &args.last_name)?,
        email: given("e-mail address", &args.email)?,
        is_admin: args.admin,
        ..NewUser::default()
    };
    let (client, access) = caller.connect()?;
    change::check_may_change(&access)?;
    user.teams = teams(&args.team, &client, caller).await?;
    let users = client.users().await?.rows;
    let is_there = users.iter().any(|one| one.username.eq_ignore_case(&user.username));
    user.password = if args.justification.dry_run {
        // It is not sent, and would not be shown.
        Password::new("********".into())
    } else if is_there {
        // Nobody is made, and without one nobody can be.
        Password::default()
    } else {
        password(&user.username, caller)?
    };
    let deeds = vec![Change::Admin(AdminChange::CreateUser(Box::new(user)))];
    let server = (&client, &access);
    apply_changes(deeds, &args.justification, WaitLimit::None, server, caller).await
}

/// The teams of these names, each once.
async fn teams(names: &[String], client: &Client, caller: &mut CommandCx<'_>) -> Result<Vec<(u64, String)>, Failure> {
    let mut found: Vec<(u64, String)> = Vec::new();
    if names.is_empty() {
        return Ok(found);
    }
    let all = client.teams().await?;
    for name in names {
        let team = resolve::resolve(name, all.clone(), TEAM, caller)?;
        if found.iter().any(|(id, _)| *id == team.id) {
            caller.note(&format!("{name} is named twice"));
        } else {
            found.push((team.id, team.name.raw().to_owned()));
        }
    }
    Ok(found)
}

/// The password, typed twice where nobody sees it, or the first line of standard input.
fn password(username: &str, caller: &mut CommandCx<'_>) -> Result<Password, Failure> {
    let none = |error: &str| {
        Failure::usage(error).with_hint("type it at a terminal, or give it as the first line of standard input")
    };
    let Some(hidden) = caller.streams.read_password else {
        let mut line = caller.read_line();
        if line.ends_with(b"\r") {
            line.pop();
        }
        let line = String::from_utf8(line).map_err(|_| none("the password is no UTF-8"))?;
        if line.is_empty() {
            return Err(none("there is no password"));
        }
        return Ok(Password::new(line));
    };
    let name = text::make_visible(&username.into());
    let ask = |question: String| {
        let line = hidden(&question);
        let line = line.map_err(|error| none(&format!("the password cannot be asked for: {error}")))?;
        line.filter(|line| !line.is_empty()).ok_or_else(|| none("there is no password"))
    };
    let password = ask(format!("Password for {name}:"))?;
    if ask("The same again:".into())? != password {
        return Err(none("these are two passwords"));
    }
    Ok(Password::new(password))
}

fn row(user: &User) -> OutputRow {
    let teams: Vec<_> = user.teams.iter().map(text::make_visible).collect();
    OutputRow {
        cells: vec![
            OutputCell::from_value(user.id),
            OutputCell::from_untrusted(&user.username),
            OutputCell::from_untrusted(&user.first_name),
            OutputCell::from_untrusted(&user.last_name),
            OutputCell::from_untrusted(&user.email),
            OutputCell::from_value(user.is_admin.map(|is| if is { "yes" } else { "no" })),
            OutputCell::from_value(Some(teams.join(", "))),
        ],
        json: user.document.json().to_owned(),
    }
}
