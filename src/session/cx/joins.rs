//! What belongs to rows: objects that are asked for when a column shows them.

use std::collections::BTreeSet;

use super::Cx;
use crate::fetch::Related;
use crate::session::{Effect, Found, Listed};
use crate::worker::{Object, Request, Slot, Urgency};

impl Cx<'_> {
    /// Sees to it that what belongs to these rows is here or on its way, and gives up what belongs to none of them.
    pub fn relate<T: Listed>(&mut self, rows: &[&T], needs: &[Related]) {
        let wanted = self.wanted(rows, needs);
        for object in self.session.related.trim(&wanted.iter().copied().collect()) {
            let slot = Slot::Related(object);
            self.effects.push(Effect::Send(Request::Cancel(slot)));
        }
        for object in wanted {
            if !self.session.related.has(object) {
                self.session.related.add(object);
                let slot = Slot::Related(object);
                self.fetch_for(slot, object.fetch(), Urgency::Settled);
            }
        }
    }

    /// Asks again for what belongs to these rows and may have changed, past the cache. A file never does.
    pub fn renew_related<T: Listed>(&mut self, rows: &[&T], needs: &[Related]) {
        for object in self.wanted(rows, needs) {
            let may_change = !matches!(object, Object::Binary(_));
            if may_change && self.session.related.has(object) {
                let slot = Slot::Related(object);
                self.fetch_for(slot, object.fetch(), Urgency::Fresh);
            }
        }
    }

    /// What belongs to rows, each object once, in the order of the rows.
    fn wanted<T: Listed>(&self, rows: &[&T], needs: &[Related]) -> Vec<Object> {
        let has = |related| needs.contains(&related);
        let mut wanted = Vec::new();
        for row in rows {
            let sensor = row.sensor();
            let sensor = sensor.filter(|_| has(Related::Sensor) || has(Related::Group));
            wanted.extend(sensor.map(Object::Sensor));
            let md5 = row.md5().filter(|_| has(Related::Binary));
            wanted.extend(md5.map(Object::Binary));
            // Only the sensor tells the group.
            if let Some(sensor) = sensor.filter(|_| has(Related::Group))
                && let Found::Here(sensor) = self.session.related.sensor(sensor)
            {
                wanted.extend(sensor.group.map(Object::Group));
            }
        }
        let mut seen = BTreeSet::new();
        wanted.retain(|object| seen.insert(*object));
        wanted
    }
}
