//! The orders in which the server can sort a list. Sorting only the loaded rows would be misleading; lists computed
//! from a complete answer are sorted by the client.

/// An order of the rows of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortOrder {
    /// Shown to the user.
    pub description: &'static str,
    /// Server syntax (API reference 1.7); empty if the client sorts.
    pub sort: &'static str,
    /// The field whose column shows the order.
    pub field: &'static str,
    pub is_descending: bool,
}

/// The orders of alert groups.
pub(super) const ALERT_GROUP_ORDERS: &[SortOrder] = &[
    SortOrder { description: "highest score first", sort: "", field: "alert_severity", is_descending: true },
    SortOrder { description: "most alerts first", sort: "", field: "n", is_descending: true },
    SortOrder { description: "newest alert first", sort: "", field: "newest", is_descending: true },
    SortOrder { description: "oldest alert first", sort: "", field: "oldest", is_descending: false },
];

/// The orders of processes.
pub(super) const PROCESS_ORDERS: &[SortOrder] = &[
    SortOrder {
        description: "newest activity first",
        sort: "last_update desc",
        field: "last_update",
        is_descending: true,
    },
    SortOrder {
        description: "newest start first (host clock)",
        sort: "start desc",
        field: "start",
        is_descending: true,
    },
    SortOrder {
        description: "oldest start first (host clock)",
        sort: "start asc",
        field: "start",
        is_descending: false,
    },
];

/// The orders of binaries.
pub(super) const BINARY_ORDERS: &[SortOrder] = &[
    SortOrder {
        description: "most recently added first",
        sort: "server_added_timestamp desc",
        field: "server_added_timestamp",
        is_descending: true,
    },
    SortOrder {
        description: "on the fewest hosts first",
        sort: "host_count asc",
        field: "host_count",
        is_descending: false,
    },
    SortOrder { description: "largest first", sort: "orig_mod_len desc", field: "orig_mod_len", is_descending: true },
];

/// The orders of alerts.
pub(super) const ALERT_ORDERS: &[SortOrder] = &[
    SortOrder {
        description: "highest score first",
        sort: "alert_severity desc",
        field: "alert_severity",
        is_descending: true,
    },
    SortOrder { description: "newest first", sort: "created_time desc", field: "created_time", is_descending: true },
    SortOrder { description: "oldest first", sort: "created_time asc", field: "created_time", is_descending: false },
];

/// The orders of threat reports.
pub(super) const REPORT_ORDERS: &[SortOrder] = &[
    SortOrder { description: "highest score first", sort: "severity_score desc", field: "score", is_descending: true },
    SortOrder { description: "newest first", sort: "create_time desc", field: "create_time", is_descending: true },
];
