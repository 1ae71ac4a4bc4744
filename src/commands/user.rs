//! The `user` command: users of the server's web console.

use super::{
    CommandCx, Exit, Failure,
    apply::apply_changes,
    change, print_list,
    resolve::{self, Identified, ObjectKind},
};
use crate::api::Client;
use crate::changes::{AdminChange, Change, NewUser, Password};
use crate::cli::{self, OutputArgs, WaitLimit};
use crate::columns::{CellValue, admin, members};
use crate::model::{Team, User};
use crate::output::{Align, OutputColumn, RowFormat};
use crate::text::{self, Untrusted};

/// The columns of users.
const FORMAT: RowFormat<User> = RowFormat {
    fields: admin::USER_FIELDS,
    columns: &[
        OutputColumn::new("id", Align::Right).of(admin::user_field("id")),
        OutputColumn::new("username", Align::Left).of(admin::user_field("username")),
        OutputColumn::new("first_name", Align::Left).min_width(8).of(admin::user_field("first_name")),
        OutputColumn::new("last_name", Align::Left).min_width(8).of(admin::user_field("last_name")),
        OutputColumn::new("email", Align::Left).min_width(12).rank(1).of(admin::user_field("email")),
        OutputColumn::new("admin", Align::Left)
            .of(admin::user_field("global_admin"))
            .with_value(|user| CellValue::text_of(user.is_admin.map(|is| if is { "yes" } else { "no" }))),
        OutputColumn::new("teams", Align::Left)
            .min_width(12)
            .of(admin::user_field("teams"))
            .with_value(|user| CellValue::comma_list(user.teams.iter().map(text::make_visible))),
    ],
    members: members::USER,
    json: |user| user.document.json().into(),
};

/// The words for teams in messages.
const TEAM: ObjectKind = ObjectKind { singular: "team", plural: "teams", list: None };

impl Identified for Team {
    fn id(&self) -> String {
        self.id.to_string()
    }

    fn names(&self) -> Vec<&Untrusted> {
        vec![&self.name]
    }
}

/// Runs `user`.
pub(super) async fn run(command: cli::User, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    match command {
        cli::User::List { output } => list(output, cx).await,
        cli::User::Create(args) => create(&args, cx).await,
    }
}

/// Runs `user list`.
async fn list(output: OutputArgs, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let page = cx.client()?.users().await?;
    let names = print_list::Names { plural: "users", empty_message: "this token cannot list users" };
    print_list::print(&page, names, &FORMAT, &output, cx)
}

/// Runs `user create`.
async fn create(args: &cli::NewUser, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let required = |name: &str, text: &str| match text.trim() {
        "" => Err(Failure::usage(format!("no {name} given"))),
        text => Ok(text.to_owned()),
    };
    let mut user = NewUser {
        username: required("username", &args.username)?,
        first_name: required("first name", &args.first_name)?,
        last_name: required("last name", &args.last_name)?,
        email: required("email address", &args.email)?,
        is_admin: args.admin,
        ..NewUser::default()
    };
    let (client, access) = cx.connect()?;
    change::check_may_change(&access)?;
    user.teams = teams(&args.team, &client, cx).await?;
    let users = client.users().await?.rows;
    let exists = users.iter().any(|one| one.username.eq_ignore_case(&user.username));
    user.password = if args.justification.dry_run {
        // A dry run neither sends nor shows the password.
        Password::new("********".into())
    } else if exists {
        // The user exists and is not created again, so that no password is needed.
        Password::default()
    } else {
        password(&user.username, cx)?
    };
    let changes = vec![Change::Admin(AdminChange::CreateUser(Box::new(user)))];
    let server = (&client, &access);
    apply_changes(changes, &args.justification, WaitLimit::None, server, cx).await
}

/// Finds the teams by name, without duplicates.
async fn teams(names: &[String], client: &Client, cx: &mut CommandCx<'_>) -> Result<Vec<(u64, String)>, Failure> {
    let mut teams: Vec<(u64, String)> = Vec::new();
    if names.is_empty() {
        return Ok(teams);
    }
    let existing = client.teams().await?;
    for name in names {
        let team = resolve::resolve(name, existing.clone(), TEAM, cx)?;
        if teams.iter().any(|(id, _)| *id == team.id) {
            cx.note(&format!("{name} is given twice"));
        } else {
            teams.push((team.id, team.name.raw().to_owned()));
        }
    }
    Ok(teams)
}

/// Reads the password: typed twice without echo, or from the first line of standard input.
fn password(username: &str, cx: &mut CommandCx<'_>) -> Result<Password, Failure> {
    let failure =
        |error: &str| Failure::usage(error).with_hint("type it at a terminal, or give it as the first line of stdin");
    let Some(read_password) = cx.streams.read_password else {
        let mut line = cx.read_line();
        if line.ends_with(b"\r") {
            line.pop();
        }
        let line = String::from_utf8(line).map_err(|_| failure("the password is not UTF-8"))?;
        if line.is_empty() {
            return Err(failure("no password given"));
        }
        return Ok(Password::new(line));
    };
    let name = text::make_visible(&username.into());
    let prompt = |question: String| {
        let line =
            read_password(&question).map_err(|error| failure(&format!("cannot prompt for the password: {error}")))?;
        line.filter(|line| !line.is_empty()).ok_or_else(|| failure("no password given"))
    };
    let password = prompt(format!("Password for {name}:"))?;
    if prompt("Confirm password:".into())? != password {
        return Err(failure("the passwords differ"));
    }
    Ok(Password::new(password))
}
