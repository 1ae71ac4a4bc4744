//! Parsing of facets (reference 1.8), each value on its own.

use serde_json::value::RawValue;

use super::{
    FromRecord, Malformed, Record,
    page::{members, read_members, rows},
};
use crate::model::{Facet, FacetValue, Facets};

/// Parses the facets of a search: those of `fields` in their order, or all if `fields` is empty.
pub fn facets(json: &str, fields: &[String]) -> Result<Facets, Malformed> {
    let members = read_members(json, "an object with facets")?;
    let facet_members = members.get("facets").ok_or_else(|| Malformed::new("an object without facets"))?;
    let facet_members = self::members(facet_members, "an object of facets")?;
    let field_names: Vec<String> =
        if fields.is_empty() { facet_members.keys().cloned().collect() } else { fields.to_vec() };
    let mut n_unreadable = 0;
    let facets = field_names.into_iter().map(|field| {
        // A field that the server has left out has no values; one that is not a list counts as one unreadable value.
        let list = facet_members.get(&field).map(|list| serde_json::from_str::<Vec<&RawValue>>(list.get()));
        let (values, n_broken) = match list {
            Some(Ok(list)) => rows(list),
            Some(Err(_)) => (Vec::new(), 1),
            None => (Vec::new(), 0),
        };
        n_unreadable += n_broken;
        Facet { field, values, broken: n_broken }
    });
    let facets: Vec<Facet> = facets.collect();
    let envelope = Record::envelope(&members, &["facets"]);
    // Without a total, the largest sum of one field is a lower bound.
    let total = envelope.count("total_results");
    let lower_bound = facets.iter().map(Facet::sum).max().unwrap_or(0);

    Ok(Facets {
        facets,
        n_unreadable,
        total: total.unwrap_or(lower_bound),
        elapsed: envelope.float("elapsed"),
        is_incomplete: envelope.flag("incomplete_results").unwrap_or(false) || total.is_none(),
        hidden: envelope.sum("filtered"),
    })
}

impl FromRecord for FacetValue {
    fn from_record(record: &Record) -> Option<Self> {
        // The value may be empty, but it must be there.
        record.names().find(|name| *name == "name")?;
        Some(Self {
            name: record.text("name"),
            count: record.count("value")?,
            percent: record.float("percent"),
            ratio: record.text("ratio").non_empty().cloned(),
            document: record.document(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Untrusted;

    const FACETS: &str = include_str!("../../tests/goldens/get_process_facets.json");

    fn fields(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn facets_are_in_the_requested_order() {
        let requested = fields(&["username", "process_name", "hour_of_day", "ja3"]);
        let read = facets(FACETS, &requested).unwrap();
        let names: Vec<_> = read.facets.iter().map(|facet| facet.field.as_str()).collect();
        assert_eq!(names, requested);
        insta::assert_debug_snapshot!(read.get("process_name").unwrap().values[0]);
        let hours = &read.get("hour_of_day").unwrap().values;
        assert_eq!((hours.len(), &hours[0].ratio), (24, &None));
        assert!(read.get("ja3").unwrap().values.is_empty());
        assert_eq!((read.total, read.n_unreadable), (618, 0));
        assert_eq!(facets(FACETS, &[]).unwrap().facets.len(), 4);
    }

    #[test]
    fn a_broken_value_does_not_affect_others() {
        let json = r#"{"total_results": "7", "incomplete_results": "true", "filtered": {"a": 2},
            "facets": {"a": [{"name": 3, "value": "4", "ratio": 50, "percent": "12.5"}, {"value": 1}, {"name": "x"},
            {"name": "x", "value": -1}, null, 3, {"name": null, "value": 2}], "b": 5, "c": null}}"#;
        let read = facets(json, &fields(&["a", "b", "c"])).unwrap();
        let values: Vec<_> =
            read.facets[0].values.iter().map(|value| (value.name.raw(), value.count, value.percent)).collect();
        assert_eq!(values, [("3", 4, Some(12.5)), ("", 2, None)]);
        let ratio = read.facets[0].values[0].ratio.as_ref();
        assert_eq!(ratio.map(Untrusted::raw), Some("50"));
        assert_eq!((read.n_unreadable, read.total, read.hidden), (7, 7, 2));
        assert_eq!((read.facets[0].broken, read.facets[1].broken), (5, 1));
        assert!(read.is_incomplete);
    }

    #[test]
    fn without_a_total_the_answer_is_incomplete_and_counts_at_least_its_values() {
        for total in ["", r#""total_results": null,"#, r#""total_results": {},"#] {
            let json = format!(r#"{{{total} "facets": {{"a": [{{"name": "x", "value": 3}}], "b": []}}}}"#);
            let read = facets(&json, &fields(&["a", "b"])).unwrap();
            assert_eq!((read.total, read.is_incomplete), (3, true), "{json}");
        }
    }

    #[test]
    fn an_answer_without_facets_is_malformed() {
        for (json, reason) in [
            ("{}", "an object without facets"),
            (r#"{"facets": []}"#, "a list instead of an object of facets"),
            ("[]", "a list instead of an object with facets"),
            ("", "nothing instead of JSON"),
        ] {
            let error = facets(json, &[]).unwrap_err();
            assert_eq!(error.to_string(), reason, "{json}");
        }
    }
}
