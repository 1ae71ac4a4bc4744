//! Deeds: previewed, done, and what becomes of them.

use std::{collections::BTreeSet, sync::Arc};

use super::Cx;
use crate::api::Error;
use crate::changes::{self, Deed, Fact, Grounds, Journal, Plan, Prepared, Stage, Target};
use crate::fetch::Fetch;
use crate::model::{Alert, Ban, Feed, Group, Report, Sensor, SensorId, Severed, Team, User, Watchlist};
use crate::session::{Doing, Effect, Found, Preview, changes::KeptReason};
use crate::worker::{List, Object, Request, Slot, Step, Ticket, Urgency};

impl Cx<'_> {
    /// Finds out what deeds would do.
    pub fn preview(&mut self, deeds: Vec<Deed>) {
        self.drop_preview();
        let ticket = self.ticket();
        self.session.preview = Some(Preview {
            ticket,
            prepared: vec![None; deeds.len()],
            counts: vec![0; deeds.len()],
            facts: Vec::new(),
            deeds: deeds.clone(),
        });
        self.effects.push(Effect::Send(Request::Preview { ticket, deeds }));
    }

    /// Keeps a reason that was typed for deeds, until one is done.
    pub fn keep_reason(&mut self, deeds: &[Deed], reason: Option<String>) {
        self.session.kept_reason = reason.map(|reason| KeptReason::of(deeds, reason));
    }

    /// Waits no longer for the lines of a blast radius: what is not known by now is called so. A preview that is not even
    /// prepared goes; false if nothing was awaited.
    pub(super) fn give_up_preview(&mut self) -> bool {
        let Some(preview) = &mut self.session.preview else {
            return false;
        };
        if preview.n_pending() == 0 {
            return false;
        }
        if preview.prepared.iter().any(Option::is_none) {
            self.drop_preview();
            return true;
        }
        let ticket = preview.ticket;
        preview.give_up();
        self.effects.push(Effect::Send(Request::GiveUp(ticket)));
        true
    }

    /// Nobody looks at a preview any more.
    pub fn drop_preview(&mut self) {
        if let Some(preview) = self.session.preview.take()
            && preview.n_pending() > 0
        {
            self.effects.push(Effect::Send(Request::GiveUp(preview.ticket)));
        }
    }

    /// Does what was planned. It goes on whatever is shown.
    pub fn perform(&mut self, plans: Vec<Plan>, grounds: Grounds) {
        let ticket = self.ticket();
        for (at, plan) in plans.iter().enumerate() {
            self.session.doings.push(Doing {
                ticket,
                at,
                verb: plan.deed.verb(),
                target: plan.deed.target(),
                name: plan.state.name(),
                lists: shown_in(&plan.deed),
                step: Step::Sending,
                known_at: None,
            });
        }
        if grounds.ticket.is_some() {
            self.session.last_ticket.clone_from(&grounds.ticket);
        }
        self.effects.push(Effect::Send(Request::Do { ticket, plans, grounds }));
    }

    /// Sends nothing of what waits to be logged; false if nothing waits.
    pub(super) fn cancel_log_wait(&mut self) -> bool {
        let is_waiting = self.session.is_log_locked;
        if is_waiting {
            self.effects.push(Effect::Send(Request::CancelLogWait));
        }
        is_waiting
    }

    pub(super) fn log_locked(&mut self, is_locked: bool) {
        self.session.is_log_locked = is_locked;
        if is_locked {
            self.warn(
                "Waiting: another program has locked the audit log. Nothing is sent before it is logged; ^c cancels",
            );
        }
    }

    /// Has the action log read anew.
    pub fn read_journal(&mut self) {
        self.effects.push(Effect::Send(Request::Journal));
    }

    pub(super) fn prepared(&mut self, ticket: Ticket, at: usize, result: Result<Prepared, Error>) {
        if let Some(preview) = &mut self.session.preview
            && preview.ticket == ticket
            && let Some(one) = preview.prepared.get_mut(at)
            && let Some(count) = preview.counts.get_mut(at)
        {
            if let Ok(Prepared::Ready(plan)) = &result {
                *count = plan.count();
            }
            *one = Some(result);
        }
    }

    pub(super) fn reached(&mut self, ticket: Ticket, at: Option<usize>, facts: Vec<Fact>) {
        if let Some(preview) = &mut self.session.preview
            && preview.ticket == ticket
        {
            let facts = facts.into_iter().map(|fact| (at, fact));
            preview.facts.extend(facts);
        }
    }

    /// A deed has got farther. What it may have changed is asked for again, where it is shown.
    pub(super) fn stepped(&mut self, ticket: Ticket, at: usize, step: Step) {
        let mut doings = self.session.doings.iter_mut();
        let Some(doing) = doings.find(|doing| (doing.ticket, doing.at) == (ticket, at)) else {
            return;
        };
        let was_leaving = doing.is_leaving();
        doing.known_at = Some(self.now);
        doing.step = step.clone();
        let what = format!("{} {}", changes::label(doing.verb), doing.name);
        let target = doing.target.clone();
        match step {
            Step::Sending => return,
            Step::NotSent(why) => self.warn(format!("{what}: not sent: {why}")),
            Step::Known(outcome) => {
                if matches!(outcome.stage, Stage::Confirmed | Stage::Accepted) {
                    self.session.kept_reason = None;
                }
                let text = format!("{what}: {}", told(outcome.stage, &outcome.note));
                match outcome.stage {
                    Stage::Confirmed | Stage::Accepted if outcome.aside.is_empty() => {
                        self.notify(text);
                    }
                    Stage::Confirmed | Stage::Accepted => self.warn(text),
                    Stage::NotApplied | Stage::Partly | Stage::Pending | Stage::Unknown => {
                        self.warn(text);
                    }
                }
            }
        }
        // Of several, the last word of one must not hide that of another.
        if let Some((text, is_good)) = self.session.summary(ticket) {
            if is_good {
                self.notify(text);
            } else {
                self.warn(text);
            }
        }
        if let Target::Sensor(id) = target {
            self.look_again(id);
        }
        // What many share is asked for when nothing of it is leaving any more, and again when something settles late.
        let ours = self.session.doings.iter();
        let ours = ours.filter(|doing| doing.ticket == ticket);
        if ours.clone().any(Doing::is_leaving) {
            return;
        }
        let news = ours.filter(|doing| was_leaving || doing.at == at);
        let lists: BTreeSet<_> = news.flat_map(|doing| doing.lists.clone()).collect();
        for list in lists {
            self.renew_list(list);
        }
    }

    /// Asks again for what is shown of a host.
    fn look_again(&mut self, id: SensorId) {
        let fetch = Fetch::Sensor(id);
        if self.session.sensor.asked() == Some(&fetch) {
            self.fetch(fetch.clone(), Urgency::Fresh);
        }
        if let Found::Here(_) = self.session.related.sensor(id) {
            let slot = Slot::Related(Object::Sensor(id));
            self.fetch_for(slot, fetch, Urgency::Fresh);
        }
    }

    /// Asks again for what is shown of a list, and for what is told beside it of what may have been changed.
    fn renew_list(&mut self, list: List) {
        match list {
            List::Sensors => self.again::<Sensor>(),
            List::Isolated => self.again::<Severed>(),
            List::Bans => self.again::<Ban>(),
            List::Alerts => {
                self.again::<Alert>();
                self.read_queue_again();
                self.recount_alerts();
            }
            List::Watchlists => {
                self.again::<Watchlist>();
                self.renew_values(&[Slot::WatchActions]);
            }
            List::Feeds => self.again::<Feed>(),
            List::Reports => {
                self.again::<Report>();
                self.renew_values(&[Slot::Report]);
            }
            List::Groups => self.again::<Group>(),
            List::Users => self.again::<User>(),
            List::Teams => self.again::<Team>(),
            // No deed changes what is in these, or they are made of others.
            List::Processes | List::Binaries | List::Bundles | List::Acts | List::Calls | List::Sites => {}
        }
    }

    pub(super) fn journal(&mut self, journal: Arc<Journal>) {
        let acts = journal.acts.clone();
        self.session.acts.hold(acts, self.now);
        let host = &self.session.identity.host;
        let silent = journal.acts.iter().filter(|act| act.sending.server == *host);
        self.session.n_silent_acts = silent.filter(|act| act.steps.is_empty()).count();
        self.session.n_open_acts = journal.n_open(host);
        let was_locked = self.session.journal.as_ref();
        if journal.is_locked && !was_locked.is_some_and(|journal| journal.is_locked) {
            self.warn("Another program has locked the audit log; actions will wait until it is released");
        }
        self.session.journal = Some(journal);
    }
}

/// The lists in which a deed shows.
fn shown_in(deed: &Deed) -> Vec<List> {
    let list = match (deed, deed.target()) {
        // Whoever is cut off is looked for among all hosts: not after what leaves that as it is.
        (Deed::Isolate(_) | Deed::Release(_), _) => return vec![List::Sensors, List::Isolated],
        (_, Target::Sensor(_)) => List::Sensors,
        (_, Target::Hash(_)) => List::Bans,
        (_, Target::Alerts(_)) => List::Alerts,
        (_, Target::Watchlist(_) | Target::New("watchlist", _)) => List::Watchlists,
        (_, Target::Feed(_) | Target::New("feed", _)) => List::Feeds,
        (_, Target::Report(_)) => List::Reports,
        (_, Target::Group(_) | Target::New("group", _)) => List::Groups,
        (_, Target::New("user", _)) => List::Users,
        (_, Target::New(..)) => List::Teams,
    };
    vec![list]
}

/// How far a deed has got, and what is known of it.
fn told(stage: Stage, note: &str) -> String {
    let stage = match stage {
        Stage::Confirmed => "CONFIRMED",
        Stage::Accepted => "accepted, waiting",
        Stage::Pending => "PENDING",
        Stage::NotApplied => "NOT APPLIED",
        Stage::Partly => "PARTLY",
        Stage::Unknown => "OUTCOME UNKNOWN, check before retrying",
    };
    format!("{stage}; {note}")
}
