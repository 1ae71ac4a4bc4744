//! Background activity of the fleet: parent and times of every ordinary process, in 24 bytes each.
//!
//! All other facts about a process are derived from the seed and its number each time they are needed.

use std::ops::Range;

use super::{
    fleet::{Fleet, Host, Os},
    rng::Rng,
    template::ProcessTemplates,
};

const SALT_SIZE: u64 = 0x0517e;
const SALT_BOOT: u64 = 0xb007;
const SALT_LIFE: u64 = 0x11fe;
/// Upper limit, against a mistyped number.
const MAX_PROCESSES: u64 = 50_000_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

/// Stored part of a background process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Skeleton {
    /// Start in milliseconds since 1970, host's clock.
    pub(crate) start: i64,
    /// In milliseconds, or [`STILL_RUNNING`].
    pub(crate) lifetime: u32,
    /// The number of its parent, or [`NO_PARENT`].
    pub(crate) parent: u32,
    /// Id of the sensor.
    pub(crate) host: u32,
    /// Index of its process template.
    pub(crate) template: u16,
    /// Number of background processes that it started.
    pub(crate) children: u16,
}

/// Lifetime of a process that still runs.
pub(crate) const STILL_RUNNING: u32 = u32::MAX;
/// Parent number of a process without a known parent.
pub(crate) const NO_PARENT: u32 = u32::MAX;

/// Background processes of the fleet, host after host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Background {
    pub(crate) processes: Vec<Skeleton>,
    /// The process numbers of each host; those of host `id` are at `id - 1`.
    pub(crate) hosts: Vec<Range<u32>>,
}

impl Background {
    /// Generates about `count` processes over the fleet, at least those that every host starts when it boots; `now` is in
    /// milliseconds since 1970.
    pub(crate) fn new(seed: u64, fleet: &Fleet, templates: &ProcessTemplates, count: u64, now: i64) -> Self {
        let weight = |host: &Host| {
            let size = 60 + Rng::new(seed, SALT_SIZE, u64::from(host.id)).next_below(80);
            if host.has_no_background { 0 } else { size }
        };
        let sum: u64 = fleet.hosts.iter().map(weight).sum();
        let count = count.min(MAX_PROCESSES);
        let mut background = Self::default();
        let mut before = 0;
        for host in &fleet.hosts {
            let first = background.next_number();
            let upto = before + weight(host);
            // Differences of rounded positions, so that the shares add up to the count.
            let share = count * upto / sum.max(1) - count * before / sum.max(1);
            before = upto;
            if !host.has_no_background {
                ProcessGenerator { seed, templates, host, now, background: &mut background }.add_boots(share);
            }
            background.hosts.push(first..background.next_number());
        }
        background
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.processes.len()).unwrap_or(NO_PARENT)
    }
}

/// Adds the processes of one host.
struct ProcessGenerator<'w> {
    seed: u64,
    templates: &'w ProcessTemplates,
    host: &'w Host,
    now: i64,
    background: &'w mut Background,
}

/// The time between two boots of a host, in milliseconds since 1970.
#[derive(Clone, Copy)]
struct Uptime {
    from: i64,
    until: i64,
    /// Whether the host has not been down since.
    is_last: bool,
}

impl ProcessGenerator<'_> {
    fn add_boots(&mut self, share: u64) {
        let now = self.now - self.host.silent_for.unwrap_or(0);
        let boots = 1 + (share / 5_000).min(7);
        let mut rng = Rng::new(self.seed, SALT_BOOT, u64::from(self.host.id));
        let mut times: Vec<i64> = (0..boots)
            .map(|at| {
                let age = i64::try_from(boots - at).unwrap_or(1) * (3 * DAY + DAY / 2) + 3 * DAY;
                now - age + rng.below_ms(DAY / 4)
            })
            .collect();
        times.push(now);
        for (at, pair) in times.windows(2).enumerate() {
            let at = u64::try_from(at).unwrap_or(0);
            let part = share * (at + 1) / boots - share * at / boots;
            let is_last = at + 1 == boots;
            // The host is down for two minutes between two boots.
            let until = if is_last { pair[1] } else { pair[1] - 2 * MINUTE };
            self.add_boot(part, Uptime { from: pair[0], until, is_last });
        }
    }

    /// Adds the processes of one boot and of the days until the next, `share` in all.
    fn add_boot(&mut self, share: u64, uptime: Uptime) {
        let Uptime { from, until, .. } = uptime;
        let first = self.background.processes.len();
        let mut roots = vec![NO_PARENT; self.templates.templates.len()];
        let mut at = from;
        for (index, template) in self.templates.templates.iter().enumerate() {
            if template.os != self.host.os || !template.is_boot {
                continue;
            }
            at += 40 + self.next_rng().below_ms(900);
            let parent = template.parent.map_or(NO_PARENT, |under| roots[under]);
            roots[index] = self.add_process(index, parent, at, uptime);
        }
        let weights: Vec<(usize, u64)> = self
            .templates
            .templates
            .iter()
            .enumerate()
            .filter(|(_, template)| template.os == self.host.os && template.weight > 0)
            .map(|(index, template)| (index, template.weight))
            .collect();
        let sum = weights.iter().map(|(_, weight)| weight).sum();
        let share = usize::try_from(share).unwrap_or(usize::MAX);
        let span = (until - from - 5 * MINUTE).max(1);
        while self.background.processes.len() - first < share {
            let added = self.background.processes.len() - first;
            let thousandths = i64::try_from(added).unwrap_or(0) * 1_000 / i64::try_from(share).unwrap_or(1);
            let mut rng = self.next_rng();
            let even = from + 3 * MINUTE + span / 1_000 * thousandths + rng.below_ms(span / 1_000);
            let at = to_working_hours(&mut rng, even, from + 3 * MINUTE, until - MINUTE);
            let mut left = rng.next_below(sum);
            let template = weights.iter().find(|(_, weight)| match left.checked_sub(*weight) {
                Some(remaining) => {
                    left = remaining;
                    false
                }
                None => true,
            });
            let Some(&(template, _)) = template else { break };
            let parent = self.templates.templates[template].parent.map_or(NO_PARENT, |under| roots[under]);
            self.add_burst(template, parent, at, uptime);
        }
    }

    /// Adds a process and its short-lived children.
    fn add_burst(&mut self, template: usize, parent: u32, at: i64, uptime: Uptime) {
        let number = self.add_process(template, parent, at, uptime);
        let life = self.templates.templates[template].lifetime.unwrap_or(20_000).min(20_000);
        for index in 0..self.templates.templates[template].children.len() {
            let (child, most) = self.templates.templates[template].children[index];
            for _ in 0..self.next_rng().next_below(most + 1) {
                let later = at + 20 + self.next_rng().below_ms(life / 3 + 1);
                self.add_process(child, number, later, uptime);
            }
        }
    }

    fn add_process(&mut self, template: usize, parent: u32, at: i64, uptime: Uptime) -> u32 {
        let Uptime { until, is_last, .. } = uptime;
        let number = self.background.next_number();
        let life = self.templates.templates[template].lifetime.map(|life| {
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
            template: u16::try_from(template).unwrap_or(u16::MAX),
            children: 0,
        });
        number
    }

    /// Creates the generator for the process that is added next.
    fn next_rng(&self) -> Rng {
        Rng::new(self.seed, SALT_LIFE, u64::from(self.background.next_number()))
    }
}

/// Moves four of five times into working hours (08:00 to 18:00, four hours behind UTC).
fn to_working_hours(rng: &mut Rng, even: i64, from: i64, until: i64) -> i64 {
    if rng.is_one_in(5) {
        return even.clamp(from, until.max(from));
    }
    let moved = even - even.rem_euclid(DAY) + 12 * 60 * MINUTE + rng.below_ms(10 * 60 * MINUTE);
    if (from..until).contains(&moved) { moved } else { even.clamp(from, until.max(from)) }
}

/// Returns the number of the process that started last on a host, up to `at`, from the template with `key`.
pub(crate) fn running_process(
    background: &Background,
    templates: &ProcessTemplates,
    host: u32,
    os: Os,
    key: &str,
    at: i64,
) -> Option<u32> {
    let template = templates.template_index(os, key)?;
    let range = background.hosts.get(usize::try_from(host).ok()?.checked_sub(1)?)?.clone();
    range.rev().find(|&number| {
        usize::try_from(number)
            .ok()
            .and_then(|number| background.processes.get(number))
            .is_some_and(|process| usize::from(process.template) == template && process.start <= at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    fn background(seed: u64, count: u64) -> Background {
        Background::new(seed, &Fleet::new(seed, 20), &ProcessTemplates::load_embedded(), count, NOW)
    }

    #[test]
    fn a_parent_comes_first_is_on_the_same_host_and_still_runs() {
        let background = background(1, 20_000);
        for process in &background.processes {
            assert!(process.start < NOW, "a process from the future");
            let Some(parent) = background.processes.get(usize::try_from(process.parent).unwrap()) else {
                assert_eq!(process.parent, NO_PARENT);
                continue;
            };
            assert_eq!(parent.host, process.host);
            assert!(parent.start <= process.start);
        }
        let orphans = background.processes.iter().filter(|process| process.parent == NO_PARENT).count();
        assert!(orphans < 200, "{orphans} processes are roots");
    }

    #[test]
    fn about_the_requested_number_is_generated() {
        for count in [20_000, 50_000] {
            let actual = background(3, count).processes.len();
            // A process with its children may exceed the share of its boot.
            assert!((count..count + 2_000).contains(&u64::try_from(actual).unwrap()), "{actual}");
        }
    }

    #[test]
    fn a_skeleton_stays_small() {
        assert_eq!(size_of::<Skeleton>(), 24);
    }
}
