//! The `ban` command: hashes that sensors block.

use super::{
    CommandCx, Exit, Failure,
    apply::{PlannedTarget, apply_changes},
    args, change, print_list, stdin,
};
use crate::api::Client;
use crate::changes::{self, BanChange, Change, PlanContext};
use crate::cli::{HashArgs, OutputArgs, WaitLimit};
use crate::columns::{CellValue, ban, members};
use crate::config::Access;
use crate::model::{Ban, HashList, Link, Md5};
use crate::output::{Align, OutputColumn, RowFormat};
use crate::text;

/// The hint for an invalid hash.
const ADVICE: &str = "an MD5 has 32 hex digits; servers ban by MD5 only";

/// The columns of bans.
const FORMAT: RowFormat<Ban> = RowFormat {
    fields: ban::FIELDS,
    columns: &[
        OutputColumn::new("md5", Align::Left).of(ban::field("md5hash")),
        OutputColumn::new("state", Align::Left).of(ban::field("enabled")).with_value(|ban| {
            CellValue::Word(match ban.is_enabled {
                Some(true) => "banned",
                Some(false) => "lifted",
                None => "unknown",
            })
        }),
        OutputColumn::new("created", Align::Left).rank(2).of(ban::field("timestamp")),
        OutputColumn::new("by", Align::Left).rank(1).of(ban::field("username")),
        OutputColumn::new("blocks", Align::Right).of(ban::field("block_count")),
        OutputColumn::new("last_block", Align::Left).rank(3).of(ban::field("last_block_time")),
        OutputColumn::new("last_host", Align::Left).rank(4).of(ban::field("last_block_hostname")),
        OutputColumn::new("text", Align::Left).min_width(12).of(ban::field("text")),
    ],
    members: members::BAN,
    json: |ban| ban.document.json().into(),
};

/// Runs `ban list`.
pub(super) async fn list(output: OutputArgs, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let page = cx.client()?.bans().await?;
    let names = print_list::Names { plural: "bans", empty_message: "no hash was ever banned" };
    print_list::print(&page, names, &FORMAT, &output, cx)
}

/// Returns the change that bans a hash, with the reason as its note.
pub(super) fn ban_change(md5: Md5) -> BanChange {
    BanChange::Ban { md5, note: None }
}

/// Runs `ban add` and `ban remove`.
pub(super) async fn change(
    change: impl Fn(Md5) -> BanChange,
    args: &HashArgs,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let hashes = hashes(args, cx)?;
    let (client, access) = cx.connect()?;
    let targets = plan_targets(hashes, change, (&client, &access), cx).await?;
    // The server's ban list is the result: it is read back at once, and no sensor has to check in.
    let server = (&client, &access);
    apply_changes(targets, &args.justification, WaitLimit::None, server, cx).await
}

/// Returns the hashes, without duplicates. Invalid arguments are an error; invalid words of a list are left out.
fn hashes(args: &HashArgs, cx: &mut CommandCx<'_>) -> Result<Vec<Md5>, Failure> {
    let is_list = |word: &&String| *word == "-";
    let hashes = args.hashes.iter().filter(|word| !is_list(word));
    let mut words: Vec<String> = hashes.cloned().collect();
    if args.hashes.iter().any(|word| is_list(&word)) {
        let list = HashList::parse(&stdin::read_stdin(cx)?);
        let rejected = describe_rejected(&list);
        if let Some(rejected) = &rejected
            && (args.strict || list.md5s.is_empty() && words.is_empty())
        {
            let none = if list.md5s.is_empty() { "no MD5 given: " } else { "" };
            return Err(Failure::usage(format!("{none}{rejected}")).with_hint(format!("{ADVICE}. Nothing was sent")));
        }
        if let Some(rejected) = rejected {
            cx.warn(&format!("skipped: {rejected}"));
        }
        if list.n_duplicates > 0 {
            cx.note(&format!("{} given twice", text::pluralize(list.n_duplicates, "hash is", "hashes are")));
        }
        words.extend(list.md5s.iter().map(ToString::to_string));
    }
    let parser = args::ArgParser { noun: "MD5", advice: ADVICE };
    parser.parse_all(&words, Link::md5, cx)
}

/// Describes the words of a list that are no MD5; `None` if all are.
fn describe_rejected(list: &HashList) -> Option<String> {
    /// The maximum number of words that are listed.
    const NAMED: usize = 5;
    /// Maximum width of a word, in cells.
    const WIDE: usize = 40;
    let n = list.other_words.len();
    let shown: Vec<_> = list
        .other_words
        .iter()
        .take(NAMED)
        .map(|word| format!("{:?}", text::fit(&word.as_str().into(), WIDE)))
        .collect();
    let words = match (n, n.saturating_sub(NAMED)) {
        (0, _) => None,
        (n, 0) => Some(format!("{} not an MD5: {}", text::pluralize(n, "entry is", "entries are"), shown.join(", "))),
        (n, more) => Some(format!("{n} entries are not an MD5: {} and {more} more", shown.join(", "))),
    };
    let sha256s = (list.sha256s > 0).then(|| {
        let n = text::pluralize(list.sha256s, "SHA-256", "SHA-256");
        format!("{n}: servers ban by MD5 only")
    });
    let parts: Vec<_> = words.into_iter().chain(sha256s).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Returns the change of each hash. For many hashes, the ban list is read once.
async fn plan_targets(
    hashes: Vec<Md5>,
    change: impl Fn(Md5) -> BanChange,
    (client, access): (&Client, &Access),
    cx: &mut CommandCx<'_>,
) -> Result<Vec<PlannedTarget>, Failure> {
    let changes: Vec<_> = hashes.into_iter().map(|md5| Change::Ban(change(md5))).collect();
    let Some(cost) = changes::batch_cost(&changes) else {
        return Ok(changes.into_iter().map(PlannedTarget::from).collect());
    };
    cx.note(&cost);
    let context = PlanContext::new(client.clone(), change::policy(access));
    let readings = changes::read_ban_batch(&changes, &context).await?;
    let targets = changes.into_iter().zip(readings);
    Ok(targets.map(|(change, reading)| reading.map_or(PlannedTarget::Unread(change), PlannedTarget::Read)).collect())
}
