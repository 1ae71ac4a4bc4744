//! `ban`: hashes that sensors stop from running.

use super::{
    CommandCx, Exit, Failure,
    apply::{PlannedTarget, apply_changes},
    args, change, print_list, time_args,
};
use crate::api::Client;
use crate::changes::{self, Change, PlanContext};
use crate::cli::{HashArgs, OutputArgs, WaitLimit};
use crate::config::Access;
use crate::model::{Ban, HashList, Link, Md5};
use crate::output::{Align, OutputCell, OutputColumn, OutputRow};
use crate::text;

/// What a hash to be banned looks like.
const ADVICE: &str = "an MD5 has 32 hex digits; servers ban by nothing else";

/// The columns of bans.
const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("md5", Align::Left),
    OutputColumn::new("state", Align::Left),
    OutputColumn::new("created", Align::Left).rank(2),
    OutputColumn::new("by", Align::Left).rank(1),
    OutputColumn::new("blocks", Align::Right),
    OutputColumn::new("last_block", Align::Left).rank(3),
    OutputColumn::new("last_host", Align::Left).rank(4),
    OutputColumn::new("text", Align::Left).min_width(12),
];

/// Runs `ban list`.
pub(super) async fn list(reading: OutputArgs, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let page = caller.client()?.bans().await?;
    let names = print_list::Names { plural: "bans", empty_message: "nothing was ever banned" };
    print_list::print(&page, names, COLUMNS, reading, row, caller)
}

/// The deed that bans a hash; the reason is what the ban says.
pub(super) fn ban_change(md5: Md5) -> Change {
    Change::Ban { md5, note: None }
}

/// Runs `ban add` and `ban remove`.
pub(super) async fn change(
    deed: impl Fn(Md5) -> Change,
    args: &HashArgs,
    caller: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let hashes = hashes(args, caller)?;
    let (client, access) = caller.connect()?;
    let meant = plan_targets(hashes, deed, (&client, &access), caller).await?;
    // A ban is what the server holds; that is read back at once, and nobody else is waited for.
    let server = (&client, &access);
    apply_changes(meant, &args.justification, WaitLimit::None, server, caller).await
}

/// The hashes that are named, each once. What is named as a word must be one; of a list, the rest is left out.
fn hashes(args: &HashArgs, caller: &mut CommandCx<'_>) -> Result<Vec<Md5>, Failure> {
    let is_list = |word: &&String| *word == "-";
    let named = args.hashes.iter().filter(|word| !is_list(word));
    let mut words: Vec<String> = named.cloned().collect();
    if args.hashes.iter().any(|word| is_list(&word)) {
        let list = HashList::parse(&args::read_stdin(caller)?);
        let rest = describe_rejected(&list);
        if let Some(rest) = &rest
            && (args.strict || list.md5s.is_empty() && words.is_empty())
        {
            let none = if list.md5s.is_empty() { "there is no MD5: " } else { "" };
            return Err(Failure::usage(format!("{none}{rest}")).with_hint(format!("{ADVICE}. Nothing was sent")));
        }
        if let Some(rest) = rest {
            caller.warn(&format!("left out: {rest}"));
        }
        if list.n_duplicates > 0 {
            caller.note(&format!("{} named twice", text::pluralize(list.n_duplicates, "hash is", "hashes are")));
        }
        words.extend(list.md5s.iter().map(ToString::to_string));
    }
    let reading = args::ArgParser { noun: "MD5", advice: ADVICE };
    reading.parse_all(&words, Link::md5, caller)
}

/// What of a list is no MD5, in words; none if all of it is.
fn describe_rejected(list: &HashList) -> Option<String> {
    /// As many are named.
    const NAMED: usize = 5;
    /// Cells of a word.
    const WIDE: usize = 40;
    let n = list.other_words.len();
    let named = list.other_words.iter().take(NAMED);
    let named: Vec<_> = named.map(|word| format!("{:?}", text::fit(&word.as_str().into(), WIDE))).collect();
    let words = match (n, n.saturating_sub(NAMED)) {
        (0, _) => None,
        (n, 0) => Some(format!("{} no MD5: {}", text::pluralize(n, "word is", "words are"), named.join(", "))),
        (n, more) => Some(format!("{n} words are no MD5: {} and {more} more", named.join(", "))),
    };
    let sha256s = (list.sha256s > 0).then(|| {
        let n = text::pluralize(list.sha256s, "SHA-256", "SHA-256");
        format!("{n}, by which no server bans")
    });
    let both: Vec<_> = words.into_iter().chain(sha256s).collect();
    (!both.is_empty()).then(|| both.join("; "))
}

/// What is meant for each hash. Of many, the bans are read as one list.
async fn plan_targets(
    hashes: Vec<Md5>,
    deed: impl Fn(Md5) -> Change,
    (client, access): (&Client, &Access),
    caller: &mut CommandCx<'_>,
) -> Result<Vec<PlannedTarget>, Failure> {
    let deeds: Vec<_> = hashes.into_iter().map(deed).collect();
    let Some(cost) = changes::batch_cost(&deeds) else {
        return Ok(deeds.into_iter().map(PlannedTarget::from).collect());
    };
    caller.note(&cost);
    let estate = PlanContext::new(client.clone(), change::policy(access));
    let states = changes::read_ban_batch(&deeds, &estate).await?;
    let meant = deeds.into_iter().zip(states);
    Ok(meant.map(|(deed, state)| PlannedTarget { change: deed, state }).collect())
}

fn row(ban: &Ban) -> OutputRow {
    let state = match ban.is_enabled {
        Some(true) => "banned",
        Some(false) => "lifted",
        None => "unknown",
    };
    OutputRow {
        cells: vec![
            OutputCell::from_value(Some(ban.md5)),
            OutputCell::from_value(Some(state)),
            OutputCell::from_value(ban.created.map(time_args::format_time)),
            OutputCell::from_untrusted(&ban.username),
            OutputCell::from_value(ban.blocks),
            OutputCell::from_value(ban.last_block.map(time_args::format_time)),
            OutputCell::from_untrusted(&ban.last_host),
            OutputCell::from_untrusted(&ban.text),
        ],
        json: ban.document.json().to_owned(),
    }
}
