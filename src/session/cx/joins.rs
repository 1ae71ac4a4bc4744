//! Sensors, groups and binaries that columns need: fetched while their rows are shown.

use std::collections::BTreeSet;

use super::ListCx;
use crate::fetch::{BinaryFetch, JoinKey, Resource, SensorFetch, SensorGroupFetch};
use crate::session::{Effect, Joined, ListRow, SlotOf, slots};
use crate::worker::{FetchPolicy, JoinObject, Request, Slot};

impl ListCx<'_, '_> {
    /// Fetches the objects that `rows` need, and cancels pending ones that none of them needs.
    pub fn fetch_joins<T: ListRow>(&mut self, rows: &[&T], needs: &[JoinKey]) {
        let needed = self.needed_joins(rows, needs);
        for slot in self.cx.session.lists.joins.cancel_unneeded(&needed.iter().copied().collect()) {
            self.cx.effects.push(Effect::Send(Request::Cancel(slot)));
        }
        for object in needed {
            if !self.cx.session.lists.joins.is_requested(object) {
                self.fetch_joined(object);
            }
        }
    }

    /// Refreshes the objects that `rows` need, past the cache. Binaries are skipped, since they never change.
    pub fn refresh_joins<T: ListRow>(&mut self, rows: &[&T], needs: &[JoinKey]) {
        for object in self.needed_joins(rows, needs) {
            let may_change = !matches!(object, JoinObject::Binary(_));
            if may_change {
                self.cx.requests().refresh(Slot::Joined(object), FetchPolicy::NoCache);
            }
        }
    }

    fn fetch_joined(&mut self, object: JoinObject) {
        match object {
            JoinObject::Sensor(id) => self.fetch_into_joins(slots::joined_sensor(id), SensorFetch(id)),
            JoinObject::Group(id) => self.fetch_into_joins(slots::joined_group(id), SensorGroupFetch(id)),
            JoinObject::Binary(md5) => self.fetch_into_joins(slots::joined_binary(md5), BinaryFetch(md5)),
        }
    }

    fn fetch_into_joins<R: Resource>(&mut self, place: SlotOf<R>, question: R) {
        let ticket = self.cx.requests().next_ticket();
        self.cx.session.lists.joins.get_mut(place).set_pending(ticket, question.clone());
        self.cx.requests().send_fetch(ticket, place.slot, question, FetchPolicy::Debounced);
    }

    /// Returns the objects that `rows` need, each once, in the order of the rows.
    fn needed_joins<T: ListRow>(&self, rows: &[&T], needs: &[JoinKey]) -> Vec<JoinObject> {
        let has = |key| needs.contains(&key);
        let mut needed = Vec::new();
        for row in rows {
            let sensor = row.sensor();
            let sensor = sensor.filter(|_| has(JoinKey::Sensor) || has(JoinKey::Group));
            needed.extend(sensor.map(JoinObject::Sensor));
            let md5 = row.md5().filter(|_| has(JoinKey::Binary));
            needed.extend(md5.map(JoinObject::Binary));
            // The group is known only from the sensor.
            if let Some(sensor) = sensor.filter(|_| has(JoinKey::Group))
                && let Joined::Ready(sensor) = self.cx.session.lists.joins.sensor(sensor)
            {
                needed.extend(sensor.group.map(JoinObject::Group));
            }
        }
        let mut seen = BTreeSet::new();
        needed.retain(|object| seen.insert(*object));
        needed
    }
}
