//! The `ingress-filter` command: filters that keep events from being stored.

use super::{
    CommandCx, Exit, Failure,
    apply::apply_changes,
    change,
    details::describe_switch,
    print_list,
    resolve::{self, Identified, ObjectKind},
};
use crate::changes::{AdminChange, Change};
use crate::cli::{self, OutputArgs, WaitLimit};
use crate::columns::{CellValue, admin, members};
use crate::model::{IngressFilter, IngressFilterId};
use crate::output::{Align, OutputColumn, RowFormat};
use crate::text::Untrusted;

/// The columns of ingress filters.
const FORMAT: RowFormat<IngressFilter> = RowFormat {
    fields: admin::INGRESS_FILTER_FIELDS,
    columns: &[
        OutputColumn::new("id", Align::Left).min_width(12).of(admin::ingress_filter_field("id")),
        OutputColumn::new("name", Align::Left).min_width(16).rank(2).of(admin::ingress_filter_field("name")),
        OutputColumn::new("state", Align::Left)
            .of(admin::ingress_filter_field("enabled"))
            .with_value(|filter| CellValue::Word(describe_switch(filter.is_enabled))),
        OutputColumn::new("processes", Align::Left).min_width(20).of(admin::ingress_filter_field("process_filters")),
        OutputColumn::new("not_stored", Align::Left).min_width(10).of(admin::ingress_filter_field("filtered_events")),
        OutputColumn::new("applies_to", Align::Left).rank(1).of(admin::ingress_filter_field("scope")),
        OutputColumn::new("systems", Align::Left).rank(3).of(admin::ingress_filter_field("os_mask")),
        OutputColumn::new("hit_rate", Align::Right).rank(4).of(admin::ingress_filter_field("hit_rate")),
    ],
    members: members::INGRESS_FILTER,
    json: |filter| filter.document.json().into(),
};

/// The words for ingress filters in messages.
const KIND: ObjectKind =
    ObjectKind { singular: "ingress filter", plural: "ingress filters", list: Some("lampblack ingress-filter list") };

impl Identified for IngressFilter {
    fn id(&self) -> String {
        self.id.0.raw().to_owned()
    }

    fn names(&self) -> Vec<&Untrusted> {
        vec![&self.name]
    }
}

/// Runs `ingress-filter`.
pub(super) async fn run(command: cli::IngressFilter, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    match command {
        cli::IngressFilter::List { output } => list(output, cx).await,
        cli::IngressFilter::Enable(args) => {
            change(&args, |id| AdminChange::SwitchIngressFilter { id, is_enabled: true }, cx).await
        }
        cli::IngressFilter::Disable(args) => {
            change(&args, |id| AdminChange::SwitchIngressFilter { id, is_enabled: false }, cx).await
        }
    }
}

/// Runs `ingress-filter list`.
async fn list(output: OutputArgs, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let page = cx.client()?.ingress_filters().await?;
    let names = print_list::Names { plural: KIND.plural, empty_message: "no ingress filters" };
    print_list::print(&page, names, &FORMAT, &output, cx)
}

/// Applies a change to an existing filter, which is found by its ID or its complete name.
async fn change(
    args: &cli::IdArg,
    filter_change: impl Fn(IngressFilterId) -> AdminChange,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let (client, access) = cx.connect()?;
    change::check_may_change(&access)?;
    let id = resolve::resolve(&args.id, client.ingress_filters().await?, KIND, cx)?.id;
    let (changes, server) = (vec![Change::Admin(filter_change(id))], (&client, &access));
    apply_changes(changes, &args.justification, WaitLimit::None, server, cx).await
}
