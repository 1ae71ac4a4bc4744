//! lampblack is a terminal incident console for Carbon Black EDR (CB Response).
//!
//! One crate, one event loop, one worker task. A dozen words carry the whole design:
//!
//! > **Input** comes in · **Action** is what a key means · **Pane** acts on it · **Session** holds the state ·
//! > **Effect** goes out · **Fetch** names an answer · **Slot** is where it belongs · **Ticket** tells fresh from
//! > stale · **Remote** holds it · **Reply** brings it · **View** is a screen of panes · **Theme** colors it.
//!
//! # How a key becomes an answer
//!
//! [`runtime`] waits for a key, a reply or a signal and hands it to [`app`] as an *input*. The keymap ([`keys`]) turns
//! the key into an *action*, the focused pane ([`panes`]) acts on it through a `Cx`, which changes the [`session`] and
//! leaves *effects*. `runtime` carries the effects out: a request goes to the [`worker`], which drives a
//! [`fetch::Fetcher`] (client, cache, requests in flight) and sends a *reply* back. The session stores the reply, the
//! screen is drawn, and everything sleeps again. The headless [`commands`] drive the same fetcher without a screen.
//!
//! Rows that the server gives page by page are one mechanism, whatever they are: `session::Pages` holds the pages that
//! are loaded, a list pane shows them, and a `ListView` says which fields the rows have. The navigation history keeps
//! *locations* to go back to. A key that opens something names its *destination*, and `app` goes there. The values of a
//! row, an event or an ancestor that can be searched for elsewhere are its *observables*.
//!
//! What is not a list is put together by the session from answers that come one by one: the *relatives* of a process, the
//! *timeline* of its segments, the *facet counts* of a search, the objects joined to the rows of a list
//! (`session::JoinStore`). Each answer has a slot of its own, so that a part that fails is a gap with a name, and the rest
//! stays usable. The alert queue is read whole and reduced once for each answer (`model::AlertDigest`): its *alert groups*
//! are a list like any other, and the *alert context* shows what else is known around an alert. Live updates are requests
//! that the worker sends later; they move no row.
//!
//! What changes a server is not fetched. A pane names the target by its observables, and the *confirmation* has a
//! [`changes::Change`] previewed for each target: what it does, its blast radius, the requests. Only what the confirmation
//! shows is applied: the worker logs, sends once, logs, reads back, and follows open changes, whatever is shown, and again
//! after a restart. The audit log is read as a *change history*, whose *logged changes* are a list like any other.
//!
//! # Invariants
//!
//! 1. **Only `runtime` touches the terminal and the channels.** `app`, `panes`, `session` and `widgets` do no I/O,
//!    never wait, and read the time only from what they are given. The whole screen is a function of a list of inputs.
//! 2. **Only `fetch` fetches, only `changes` changes.** The fetcher is owned by one task and holds client, cache and what is
//!    in flight. No lock is shared between the screen and the network; there is no `Mutex` outside `sim`. A change of the
//!    server is planned and applied by [`changes`] alone: never cached, never sent twice, logged before it leaves.
//! 3. **Messages are data.** Inputs, effects, requests and replies derive `Debug`; no closure, future or `Box<dyn …>`
//!    crosses a channel.
//! 4. **A slot awaits at most one answer.** A newer request supersedes the older; an answer whose ticket is not the
//!    expected one is dropped.
//! 5. **A pane is about one thing.** What it draws and what a key there acts on come from one value: the row under the
//!    cursor, and answers that are found only by what they are about. A failed refresh marks a pane and keeps it; an
//!    answer about *another* thing is gone as soon as another thing is selected, whether its own answer arrives or not
//!    (`tests/it/targets` walks through every view).
//! 6. **Keys are written once.** Dispatch, hints, help, the page of keys and the `keys` subcommand read the same table.
//! 7. **No color outside `theme`.** Widgets ask for roles.
//! 8. **JSON stops at `wire` and begins at `sim`.** Everything else uses `model`; a list that shows members of a record
//!    which the model has no name for asks [`wire::RecordMembers`] for their text. The simulator writes its JSON by hand
//!    from the reference and never shares a type with `wire`: two readings of the same page cannot share a mistake.
//! 9. **Nothing prints.** The screen is drawn by ratatui, commands write to a `Write` they are given, diagnostics go to
//!    the log.
//! 10. **Modules depend downwards** (`tests/it/layers.rs` holds the diagram and enforces it).
//! 11. **The data is written by the attacker.** A string from the wire is a [`text::Untrusted`], which has no `Display`:
//!     it reaches the terminal, the clipboard, a table or a CSV cell only through [`text`].
//! 12. **Every age says of when.** No clock on the screen, no "12 s ago" that ages unseen: facts carry the time of the
//!     answer they come from.
//! 13. **Delays are data.** Backoff, jitter, debounce and time-outs are one [`model::Timings`] value, and the clock is a
//!     [`model::Clock`]: minutes for a user, milliseconds for a test. Besides, only the spinner sleeps between its
//!     turns, and the simulator before it listens again.

pub mod files;
pub mod keys;
pub mod log;
pub mod model;
pub mod query;
pub mod text;
pub mod theme;

pub mod archive;
pub mod audit;
pub mod storage;
pub mod widgets;
pub mod wire;

pub mod api;
pub mod changes;
pub mod config;
pub mod download;
pub mod fetch;
pub mod output;
pub mod worker;

pub mod app;
pub mod panes;
pub mod runtime;
pub mod session;

pub mod cli;
pub mod commands;
pub mod sim;
