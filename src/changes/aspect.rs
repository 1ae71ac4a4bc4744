//! The properties of a target that changes set.

/// A property of a target: of two changes of one target and one aspect, the later counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Aspect {
    Creation,
    Deletion,
    /// Name, description, query or site.
    Settings,
    /// Whether it is enabled.
    Switch,
    Isolation,
    Group,
    Flush,
    Restart,
    Notes,
    Ban,
    /// Status and owner of alerts.
    AlertStatus,
    AddedAction,
    RemovedAction,
    Synchronization,
    /// Whether a report raises alerts.
    Ignored,
    /// Anything on a host: processes, files, registry. Several of them do not replace each other.
    Host,
}
