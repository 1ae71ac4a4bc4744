//! What belongs to rows: objects that are asked for when a column shows them.

use std::collections::BTreeSet;

use super::Cx;
use crate::fetch::JoinKey;
use crate::session::{Effect, Joined, ListRow};
use crate::worker::{FetchPolicy, JoinObject, Request, Slot};

impl Cx<'_> {
    /// Sees to it that what belongs to these rows is here or on its way, and gives up what belongs to none of them.
    pub fn fetch_joins<T: ListRow>(&mut self, rows: &[&T], needs: &[JoinKey]) {
        let wanted = self.needed_joins(rows, needs);
        for object in self.session.lists.joins.cancel_unneeded(&wanted.iter().copied().collect()) {
            let slot = Slot::Joined(object);
            self.effects.push(Effect::Send(Request::Cancel(slot)));
        }
        for object in wanted {
            if !self.session.lists.joins.is_requested(object) {
                self.session.lists.joins.insert_pending(object);
                let slot = Slot::Joined(object);
                self.fetch_into(slot, object.fetch(), FetchPolicy::Debounced);
            }
        }
    }

    /// Asks again for what belongs to these rows and may have changed, past the cache. A file never does.
    pub fn refresh_joins<T: ListRow>(&mut self, rows: &[&T], needs: &[JoinKey]) {
        for object in self.needed_joins(rows, needs) {
            let may_change = !matches!(object, JoinObject::Binary(_));
            if may_change && self.session.lists.joins.is_requested(object) {
                let slot = Slot::Joined(object);
                self.fetch_into(slot, object.fetch(), FetchPolicy::NoCache);
            }
        }
    }

    /// What belongs to rows, each object once, in the order of the rows.
    fn needed_joins<T: ListRow>(&self, rows: &[&T], needs: &[JoinKey]) -> Vec<JoinObject> {
        let has = |related| needs.contains(&related);
        let mut wanted = Vec::new();
        for row in rows {
            let sensor = row.sensor();
            let sensor = sensor.filter(|_| has(JoinKey::Sensor) || has(JoinKey::Group));
            wanted.extend(sensor.map(JoinObject::Sensor));
            let md5 = row.md5().filter(|_| has(JoinKey::Binary));
            wanted.extend(md5.map(JoinObject::Binary));
            // Only the sensor tells the group.
            if let Some(sensor) = sensor.filter(|_| has(JoinKey::Group))
                && let Joined::Ready(sensor) = self.session.lists.joins.sensor(sensor)
            {
                wanted.extend(sensor.group.map(JoinObject::Group));
            }
        }
        let mut seen = BTreeSet::new();
        wanted.retain(|object| seen.insert(*object));
        wanted
    }
}
