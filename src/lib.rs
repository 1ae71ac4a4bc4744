//! lampblack is a terminal incident console for Carbon Black EDR (CB Response).
//!
//! One crate, one event loop, one worker task. A dozen words carry the whole design:
//!
//! > **Input** comes in · **Action** is what a key is bound to · **Pane** handles it · **Session** holds the state ·
//! > **Effect** is carried out outside · **Fetch** is a question to the server · **Slot** is the place of an answer ·
//! > **Ticket** separates current answers from stale ones · **Remote** stores an answer · **Reply** delivers it ·
//! > **View** is a screen of panes · **Theme** has the colors.
//!
//! # How a key becomes an answer
//!
//! [`runtime`] waits for a key, a reply or a signal and passes it to [`app`] as an *input*. The keymap ([`keys`]) maps
//! the key to an *action*, and the focused pane ([`panes`]) handles it through a `Cx`, which changes the [`session`]
//! and collects *effects*. `runtime` carries the effects out: a request is sent to the [`worker`], which drives a
//! [`fetch::Fetcher`] (client, cache, requests in flight) and sends a *reply* back. The session stores the reply, the
//! screen is drawn, and the program sleeps again. The headless [`commands`] use a fetcher as well, without a screen.
//!
//! What can be fetched is a [`fetch::Resource`]: a question, the type of its answer, how it is sent, how long the
//! answer may be used, and whether a change may affect it. In the cache and on its way an answer has any type; it is
//! taken out by its type in one place, [`fetch::Answer::get`]. The session keeps the values in one store by slot, and
//! [`session::slots`] says which type of question each slot has.
//!
//! Lists that the server sends page by page share one mechanism: a `session::ListRow` says where its rows come from,
//! `session::Pages` holds the loaded pages, a list pane shows them, and a `ListView` defines the columns. The fields of
//! each kind of row have one table in [`columns`], which the tables of the commands and the exports read as well. The
//! navigation history stores *locations* to return to: what is searched, and the state that each pane saved. A table in
//! `app::views` says which panes a view has, how they are laid out, and what is fetched on entry. A pane answers an
//! action with a `panes::ActionResult`, on which `app` acts: it opens a popup over the others, or navigates to a
//! *destination*. One table in `app` says what handles each action. The values of a row, an event or an ancestor that
//! can be searched for elsewhere are its *observables*.
//!
//! Everything else is assembled by the session from several answers: the *relatives* of a process, the *timeline* of
//! its segments, the *facet counts* of a search, the objects joined to the rows of a list (`session::JoinStore`). Each
//! answer has a slot of its own, so that a failed part is a named gap and the rest stays usable. All alerts of a search
//! are fetched and reduced once per answer (`model::AlertDigest`): the *alert groups* are a list like any other, and
//! the *alert context* shows what else is known about an alert. Live updates are requests that the worker sends after a
//! delay; they move no row.
//!
//! Changes of the server are not fetches. A pane names the target by its observables, and the *confirmation* previews a
//! [`changes::Change`] for each target: its effect, its blast radius, its requests. Only what the confirmation shows is
//! applied: the worker logs the change, sends it once, logs the response, reads the result back, and polls open changes,
//! even when another view is shown, and again after a restart. Each family of changes implements one trait; a change and
//! the state of its target are one value, a `changes::ChangeReading`. The audit log holds the change itself, and is read
//! as a *change history*, whose *logged changes* are a list like any other.
//!
//! Live Response is a session with a host, which all users of the server share. [`live_response`] joins the open one or
//! opens one, polls its commands, opens a lost session again, and closes what it has opened. Reading is logged, and needs
//! no confirmation; a command that changes the host is a change like any other, whose state is read through a session.
//!
//! # Invariants
//!
//! 1. **Only `runtime` touches the terminal and the channels.** `app`, `panes`, `session` and `widgets` do no I/O,
//!    never wait, and get the time as an argument. The whole screen is a function of a list of inputs.
//! 2. **Only `fetch` fetches, only `changes` changes.** The fetcher is owned by one task and holds client, cache and
//!    requests in flight. No lock is shared between the screen and the network; there is no `Mutex` outside `sim`. A
//!    change of the server is planned and applied by [`changes`] alone: never cached, never sent twice, logged before it
//!    is sent.
//! 3. **Messages are data.** Inputs, effects, requests and replies derive `Debug`; no closure or future crosses a
//!    channel, and no `dyn` except the value in an answer, which can be shown, weighed and taken out, no more.
//! 4. **A slot awaits at most one answer.** A newer request supersedes the older; an answer whose ticket is not the
//!    expected one is dropped, as is one whose type is not that of the question.
//! 5. **A pane has one subject.** What it draws and what a key there acts on come from one value: the row under the
//!    cursor, and answers that are found only by their subject. A failed refresh marks a pane and retains its content;
//!    an answer about *another* subject is dropped as soon as the selection changes, whether or not a new answer arrives
//!    (`tests/it/targets` walks through every view).
//! 6. **Keys are defined once.** Dispatch, hints, help, the page of keys and the `keys` subcommand read one table.
//! 7. **No color outside `theme`.** Widgets ask for roles.
//! 8. **JSON stops at `wire` and begins at `sim`.** Everything else uses `model`; a list that shows members of a record
//!    for which the model has no field reads them through [`wire::RecordMembers`]. The simulator writes its JSON by hand
//!    from the API reference and shares no type with `wire`: two readings of one page cannot share a mistake.
//! 9. **Nothing prints.** The screen is drawn by ratatui, commands write to a `Write` argument, diagnostics are logged.
//! 10. **Modules depend downwards** (`tests/it/layers.rs` holds the diagram and enforces it).
//! 11. **The data is written by the attacker.** A string from the wire is a [`text::Untrusted`], which has no `Display`:
//!     it reaches the terminal, the clipboard, a table or a CSV cell only through [`text`].
//! 12. **Times are absolute.** No clock on the screen, no "12 s ago" that grows stale unseen: values carry the time of the
//!     answer they come from.
//! 13. **Delays are data.** Backoff, jitter, debounce and time-outs are one [`model::Timings`] value, and the clock is a
//!     [`model::Clock`]: minutes for a user, milliseconds for a test. Besides, only the spinner sleeps between its ticks,
//!     and the simulator before it listens again.

pub mod decode;
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
pub mod columns;
pub mod config;
pub mod download;
pub mod fetch;
pub mod live_response;
pub mod output;
pub mod worker;

pub mod app;
pub mod panes;
pub mod runtime;
pub mod session;

pub mod cli;
pub mod commands;
pub mod sim;
