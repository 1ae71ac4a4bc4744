//! Who started whom and when, in the ordinary life of the fleet: twenty-four bytes a process.
//!
//! Everything else about a process is drawn anew, from the seed and its number, each time it is asked for.

use std::ops::Range;

use super::{
    fleet::{Fleet, Host, Os},
    rng::Rng,
    template::ProcessTemplates,
};

const SALT_SIZE: u64 = 0x0517e;
const SALT_BOOT: u64 = 0xb007;
const SALT_LIFE: u64 = 0x11fe;
/// More than this is not a world but a mistyped number.
const MAX_PROCESSES: u64 = 50_000_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

/// One process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Skeleton {
    /// When it started, in milliseconds since 1970, on the host's clock.
    pub(crate) start: i64,
    /// How long it ran, in milliseconds; [`STILL_RUNNING`] when it still does.
    pub(crate) lifetime: u32,
    /// The number of its parent, or [`NO_PARENT`].
    pub(crate) parent: u32,
    /// The sensor that saw it.
    pub(crate) host: u32,
    /// The position of its kind.
    pub(crate) template: u16,
    /// How many processes it started.
    pub(crate) children: u16,
}

/// The life of what still runs.
pub(crate) const STILL_RUNNING: u32 = u32::MAX;
/// The parent of what has none.
pub(crate) const NO_PARENT: u32 = u32::MAX;

/// All of them, one host after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Background {
    pub(crate) processes: Vec<Skeleton>,
    /// The numbers of each host's processes; host `id` stands at `id - 1`.
    pub(crate) hosts: Vec<Range<u32>>,
}

impl Background {
    /// `count` processes spread over the fleet, at the least what every host starts when it boots.
    pub(crate) fn new(seed: u64, fleet: &Fleet, kinds: &ProcessTemplates, count: u64, now: i64) -> Self {
        let weigh = |host: &Host| {
            let size = 60 + Rng::new(seed, SALT_SIZE, u64::from(host.id)).next_below(80);
            if host.has_no_background { 0 } else { size }
        };
        let sum: u64 = fleet.hosts.iter().map(weigh).sum();
        let count = count.min(MAX_PROCESSES);
        let mut noise = Self::default();
        let mut before = 0;
        for host in &fleet.hosts {
            let first = noise.next_number();
            let upto = before + weigh(host);
            // Differences of rounded positions, so that the shares add up to the count.
            let share = count * upto / sum.max(1) - count * before / sum.max(1);
            before = upto;
            if !host.has_no_background {
                Growth { seed, kinds, host, now, background: &mut noise }.add_boots(share);
            }
            noise.hosts.push(first..noise.next_number());
        }
        noise
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.processes.len()).unwrap_or(NO_PARENT)
    }
}

/// The processes of one host while they are being added.
struct Growth<'w> {
    seed: u64,
    kinds: &'w ProcessTemplates,
    host: &'w Host,
    now: i64,
    background: &'w mut Background,
}

impl Growth<'_> {
    fn add_boots(&mut self, share: u64) {
        let now = self.now - self.host.silent_for.unwrap_or(0);
        let boots = 1 + (share / 5_000).min(7);
        let mut dice = Rng::new(self.seed, SALT_BOOT, u64::from(self.host.id));
        let mut times: Vec<i64> = (0..boots)
            .map(|at| {
                let age = i64::try_from(boots - at).unwrap_or(1) * (3 * DAY + DAY / 2) + 3 * DAY;
                now - age + dice.below_ms(DAY / 4)
            })
            .collect();
        times.push(now);
        for (at, pair) in times.windows(2).enumerate() {
            let at = u64::try_from(at).unwrap_or(0);
            let part = share * (at + 1) / boots - share * at / boots;
            let is_last = at + 1 == boots;
            // Down for two minutes between two boots.
            let until = if is_last { pair[1] } else { pair[1] - 2 * MINUTE };
            self.add_boot(part, pair[0], until, is_last);
        }
    }

    /// One boot and the days that follow it.
    fn add_boot(&mut self, share: u64, from: i64, until: i64, is_last: bool) {
        let first = self.background.processes.len();
        let mut roots = vec![NO_PARENT; self.kinds.templates.len()];
        let mut at = from;
        for (place, kind) in self.kinds.templates.iter().enumerate() {
            if kind.os != self.host.os || !kind.is_boot {
                continue;
            }
            at += 40 + self.next_rng().below_ms(900);
            let parent = kind.parent.map_or(NO_PARENT, |under| roots[under]);
            roots[place] = self.add_process(place, parent, at, until, is_last);
        }
        let weights: Vec<(usize, u64)> = self
            .kinds
            .templates
            .iter()
            .enumerate()
            .filter(|(_, kind)| kind.os == self.host.os && kind.weight > 0)
            .map(|(place, kind)| (place, kind.weight))
            .collect();
        let sum = weights.iter().map(|(_, weight)| weight).sum();
        let share = usize::try_from(share).unwrap_or(usize::MAX);
        let span = (until - from - 5 * MINUTE).max(1);
        while self.background.processes.len() - first < share {
            let done = self.background.processes.len() - first;
            let fraction = i64::try_from(done).unwrap_or(0) * 1_000 / i64::try_from(share).unwrap_or(1);
            let mut dice = self.next_rng();
            let even = from + 3 * MINUTE + span / 1_000 * fraction + dice.below_ms(span / 1_000);
            let at = to_working_hours(&mut dice, even, from + 3 * MINUTE, until - MINUTE);
            let mut left = dice.next_below(sum);
            let kind = weights.iter().find(|(_, weight)| match left.checked_sub(*weight) {
                Some(rest) => {
                    left = rest;
                    false
                }
                None => true,
            });
            let Some(&(kind, _)) = kind else { break };
            let parent = self.kinds.templates[kind].parent.map_or(NO_PARENT, |under| roots[under]);
            self.add_burst(kind, parent, at, until, is_last);
        }
    }

    /// A process and what it starts.
    fn add_burst(&mut self, kind: usize, parent: u32, at: i64, until: i64, is_last: bool) {
        let number = self.add_process(kind, parent, at, until, is_last);
        let life = self.kinds.templates[kind].lifetime.unwrap_or(20_000).min(20_000);
        for place in 0..self.kinds.templates[kind].children.len() {
            let (child, most) = self.kinds.templates[kind].children[place];
            for _ in 0..self.next_rng().next_below(most + 1) {
                let later = at + 20 + self.next_rng().below_ms(life / 3 + 1);
                self.add_process(child, number, later, until, is_last);
            }
        }
    }

    fn add_process(&mut self, kind: usize, parent: u32, at: i64, until: i64, is_last: bool) -> u32 {
        let number = self.background.next_number();
        let life = self.kinds.templates[kind].lifetime.map(|life| {
            let spread = life / 2 + self.next_rng().below_ms(life.max(1));
            spread.max(3)
        });
        let life = match life {
            Some(life) if at + life < until => u32::try_from(life).unwrap_or(STILL_RUNNING - 1),
            _ if is_last => STILL_RUNNING,
            _ => u32::try_from((until - at).max(1)).unwrap_or(STILL_RUNNING - 1),
        };
        if let Some(parent) = usize::try_from(parent).ok().and_then(|parent| self.background.processes.get_mut(parent))
        {
            parent.children = parent.children.saturating_add(1);
        }
        self.background.processes.push(Skeleton {
            start: at,
            lifetime: life,
            parent,
            host: self.host.id,
            template: u16::try_from(kind).unwrap_or(u16::MAX),
            children: 0,
        });
        number
    }

    /// Draws for the process that comes next.
    fn next_rng(&self) -> Rng {
        Rng::new(self.seed, SALT_LIFE, u64::from(self.background.next_number()))
    }
}

/// Moves most of the day's work into working hours (08:00 to 18:00, four hours behind UTC).
fn to_working_hours(dice: &mut Rng, even: i64, from: i64, until: i64) -> i64 {
    if dice.is_one_in(5) {
        return even.clamp(from, until.max(from));
    }
    let moved = even - even.rem_euclid(DAY) + 12 * 60 * MINUTE + dice.below_ms(10 * 60 * MINUTE);
    if (from..until).contains(&moved) { moved } else { even.clamp(from, until.max(from)) }
}

/// The most recent process of a kind that ran on a host at a time.
pub(crate) fn running_process(
    noise: &Background,
    kinds: &ProcessTemplates,
    host: u32,
    os: Os,
    key: &str,
    at: i64,
) -> Option<u32> {
    let kind = kinds.template_index(os, key)?;
    let range = noise.hosts.get(usize::try_from(host).ok()?.checked_sub(1)?)?.clone();
    range.rev().find(|&number| {
        usize::try_from(number)
            .ok()
            .and_then(|number| noise.processes.get(number))
            .is_some_and(|process| usize::from(process.template) == kind && process.start <= at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    fn noise(seed: u64, count: u64) -> Background {
        Background::new(seed, &Fleet::new(seed, 20), &ProcessTemplates::load_embedded(), count, NOW)
    }

    #[test]
    fn a_parent_comes_first_is_on_the_same_host_and_still_runs() {
        let noise = noise(1, 20_000);
        for process in &noise.processes {
            assert!(process.start < NOW, "a process from the future");
            let Some(parent) = noise.processes.get(usize::try_from(process.parent).unwrap()) else {
                assert_eq!(process.parent, NO_PARENT);
                continue;
            };
            assert_eq!(parent.host, process.host);
            assert!(parent.start <= process.start);
        }
        let orphans = noise.processes.iter().filter(|process| process.parent == NO_PARENT).count();
        assert!(orphans < 200, "{orphans} processes are roots");
    }

    #[test]
    fn there_are_as_many_as_asked_for() {
        for count in [20_000, 50_000] {
            let got = noise(3, count).processes.len();
            // A burst may overshoot its boot's share by its own size.
            assert!((count..count + 2_000).contains(&u64::try_from(got).unwrap()), "{got}");
        }
    }

    #[test]
    fn a_skeleton_stays_small() {
        assert_eq!(size_of::<Skeleton>(), 24);
    }
}
