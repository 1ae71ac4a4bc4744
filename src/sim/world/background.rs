//! Who started whom and when, in the ordinary life of the fleet: twenty-four bytes a process.
//!
//! Everything else about a process is drawn anew, from the seed and its number, each time it is asked for.

use std::ops::Range;

use super::{
    fleet::{Fleet, Host, Os},
    rng::Dice,
    template::Kinds,
};

const SALT_SIZE: u64 = 0x0517e;
const SALT_BOOT: u64 = 0xb007;
const SALT_LIFE: u64 = 0x11fe;
/// More than this is not a world but a mistyped number.
const MOST: u64 = 50_000_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

/// One process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Skeleton {
    /// When it started, in milliseconds since 1970, on the host's clock.
    pub(crate) start: i64,
    /// How long it ran, in milliseconds; [`RUNNING`] when it still does.
    pub(crate) life: u32,
    /// The number of its parent, or [`NONE`].
    pub(crate) parent: u32,
    /// The sensor that saw it.
    pub(crate) host: u32,
    /// The position of its kind.
    pub(crate) kind: u16,
    /// How many processes it started.
    pub(crate) children: u16,
}

/// The life of what still runs.
pub(crate) const RUNNING: u32 = u32::MAX;
/// The parent of what has none.
pub(crate) const NONE: u32 = u32::MAX;

/// All of them, one host after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noise {
    pub(crate) all: Vec<Skeleton>,
    /// The numbers of each host's processes; host `id` stands at `id - 1`.
    pub(crate) hosts: Vec<Range<u32>>,
}

impl Noise {
    /// `count` processes spread over the fleet, at the least what every host starts when it boots.
    pub(crate) fn new(seed: u64, fleet: &Fleet, kinds: &Kinds, count: u64, now: i64) -> Self {
        let weigh = |host: &Host| {
            let size = 60 + Dice::new(seed, SALT_SIZE, u64::from(host.id)).below(80);
            if host.quiet { 0 } else { size }
        };
        let sum: u64 = fleet.hosts.iter().map(weigh).sum();
        let count = count.min(MOST);
        let mut noise = Self::default();
        let mut before = 0;
        for host in &fleet.hosts {
            let first = noise.next();
            let upto = before + weigh(host);
            // Differences of rounded positions, so that the shares add up to the count.
            let share = count * upto / sum.max(1) - count * before / sum.max(1);
            before = upto;
            if !host.quiet {
                Growth { seed, kinds, host, now, noise: &mut noise }.boots(share);
            }
            noise.hosts.push(first..noise.next());
        }
        noise
    }

    fn next(&self) -> u32 {
        u32::try_from(self.all.len()).unwrap_or(NONE)
    }
}

/// The processes of one host while they are being added.
struct Growth<'w> {
    seed: u64,
    kinds: &'w Kinds,
    host: &'w Host,
    now: i64,
    noise: &'w mut Noise,
}

impl Growth<'_> {
    fn boots(&mut self, share: u64) {
        let now = self.now - self.host.offline.unwrap_or(0);
        let boots = 1 + (share / 5_000).min(7);
        let mut dice = Dice::new(self.seed, SALT_BOOT, u64::from(self.host.id));
        let mut times: Vec<i64> = (0..boots)
            .map(|at| {
                let age = i64::try_from(boots - at).unwrap_or(1) * (3 * DAY + DAY / 2) + 3 * DAY;
                now - age + dice.moment(DAY / 4)
            })
            .collect();
        times.push(now);
        for (at, pair) in times.windows(2).enumerate() {
            let at = u64::try_from(at).unwrap_or(0);
            let part = share * (at + 1) / boots - share * at / boots;
            let is_last = at + 1 == boots;
            // Down for two minutes between two boots.
            let until = if is_last { pair[1] } else { pair[1] - 2 * MINUTE };
            self.boot(part, pair[0], until, is_last);
        }
    }

    /// One boot and the days that follow it.
    fn boot(&mut self, share: u64, from: i64, until: i64, is_last: bool) {
        let first = self.noise.all.len();
        let mut roots = vec![NONE; self.kinds.all.len()];
        let mut at = from;
        for (place, kind) in self.kinds.all.iter().enumerate() {
            if kind.os != self.host.os || !kind.is_boot {
                continue;
            }
            at += 40 + self.dice().moment(900);
            let parent = kind.under.map_or(NONE, |under| roots[under]);
            roots[place] = self.start(place, parent, at, until, is_last);
        }
        let weights: Vec<(usize, u64)> = self
            .kinds
            .all
            .iter()
            .enumerate()
            .filter(|(_, kind)| kind.os == self.host.os && kind.weight > 0)
            .map(|(place, kind)| (place, kind.weight))
            .collect();
        let sum = weights.iter().map(|(_, weight)| weight).sum();
        let share = usize::try_from(share).unwrap_or(usize::MAX);
        let span = (until - from - 5 * MINUTE).max(1);
        while self.noise.all.len() - first < share {
            let done = self.noise.all.len() - first;
            let fraction = i64::try_from(done).unwrap_or(0) * 1_000 / i64::try_from(share).unwrap_or(1);
            let mut dice = self.dice();
            let even = from + 3 * MINUTE + span / 1_000 * fraction + dice.moment(span / 1_000);
            let at = workday(&mut dice, even, from + 3 * MINUTE, until - MINUTE);
            let mut left = dice.below(sum);
            let kind = weights.iter().find(|(_, weight)| match left.checked_sub(*weight) {
                Some(rest) => {
                    left = rest;
                    false
                }
                None => true,
            });
            let Some(&(kind, _)) = kind else { break };
            let parent = self.kinds.all[kind].under.map_or(NONE, |under| roots[under]);
            self.burst(kind, parent, at, until, is_last);
        }
    }

    /// A process and what it starts.
    fn burst(&mut self, kind: usize, parent: u32, at: i64, until: i64, is_last: bool) {
        let number = self.start(kind, parent, at, until, is_last);
        let life = self.kinds.all[kind].life.unwrap_or(20_000).min(20_000);
        for place in 0..self.kinds.all[kind].children.len() {
            let (child, most) = self.kinds.all[kind].children[place];
            for _ in 0..self.dice().below(most + 1) {
                let later = at + 20 + self.dice().moment(life / 3 + 1);
                self.start(child, number, later, until, is_last);
            }
        }
    }

    fn start(&mut self, kind: usize, parent: u32, at: i64, until: i64, is_last: bool) -> u32 {
        let number = self.noise.next();
        let life = self.kinds.all[kind].life.map(|life| {
            let spread = life / 2 + self.dice().moment(life.max(1));
            spread.max(3)
        });
        let life = match life {
            Some(life) if at + life < until => u32::try_from(life).unwrap_or(RUNNING - 1),
            _ if is_last => RUNNING,
            _ => u32::try_from((until - at).max(1)).unwrap_or(RUNNING - 1),
        };
        if let Some(parent) = usize::try_from(parent).ok().and_then(|parent| self.noise.all.get_mut(parent)) {
            parent.children = parent.children.saturating_add(1);
        }
        self.noise.all.push(Skeleton {
            start: at,
            life,
            parent,
            host: self.host.id,
            kind: u16::try_from(kind).unwrap_or(u16::MAX),
            children: 0,
        });
        number
    }

    /// Draws for the process that comes next.
    fn dice(&self) -> Dice {
        Dice::new(self.seed, SALT_LIFE, u64::from(self.noise.next()))
    }
}

/// Moves most of the day's work into working hours (08:00 to 18:00, four hours behind UTC).
fn workday(dice: &mut Dice, even: i64, from: i64, until: i64) -> i64 {
    if dice.one_in(5) {
        return even.clamp(from, until.max(from));
    }
    let moved = even - even.rem_euclid(DAY) + 12 * 60 * MINUTE + dice.moment(10 * 60 * MINUTE);
    if (from..until).contains(&moved) { moved } else { even.clamp(from, until.max(from)) }
}

/// The most recent process of a kind that ran on a host at a time.
pub(crate) fn running(noise: &Noise, kinds: &Kinds, host: u32, os: Os, key: &str, at: i64) -> Option<u32> {
    let kind = kinds.position(os, key)?;
    let range = noise.hosts.get(usize::try_from(host).ok()?.checked_sub(1)?)?.clone();
    range.rev().find(|&number| {
        usize::try_from(number)
            .ok()
            .and_then(|number| noise.all.get(number))
            .is_some_and(|process| usize::from(process.kind) == kind && process.start <= at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    fn noise(seed: u64, count: u64) -> Noise {
        Noise::new(seed, &Fleet::new(seed, 20), &Kinds::embedded(), count, NOW)
    }

    #[test]
    fn a_parent_comes_first_is_on_the_same_host_and_still_runs() {
        let noise = noise(1, 20_000);
        for process in &noise.all {
            assert!(process.start < NOW, "a process from the future");
            let Some(parent) = noise.all.get(usize::try_from(process.parent).unwrap()) else {
                assert_eq!(process.parent, NONE);
                continue;
            };
            assert_eq!(parent.host, process.host);
            assert!(parent.start <= process.start);
        }
        let orphans = noise.all.iter().filter(|process| process.parent == NONE).count();
        assert!(orphans < 200, "{orphans} processes are roots");
    }

    #[test]
    fn there_are_as_many_as_asked_for() {
        for count in [20_000, 50_000] {
            let got = noise(3, count).all.len();
            // A burst may overshoot its boot's share by its own size.
            assert!((count..count + 2_000).contains(&u64::try_from(got).unwrap()), "{got}");
        }
    }

    #[test]
    fn a_skeleton_stays_small() {
        assert_eq!(size_of::<Skeleton>(), 24);
    }
}
