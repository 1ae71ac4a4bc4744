//! The table of default bindings.

use super::{Action, Scope};

/// An action and its keys, the one to be hinted at first.
type Keys = (Action, &'static [&'static str]);

/// Which keys ask for which action, scope by scope, in the order of the documentation.
pub(super) const DEFAULTS: &[(Scope, &[Keys])] = &[
    (
        Scope::Global,
        &[
            (Action::Help, &["?", "f1"]),
            (Action::EditQuery, &["i"]),
            (Action::History, &["ctrl-r"]),
            (Action::NextPane, &["tab"]),
            (Action::PreviousPane, &["backtab"]),
            (Action::ViewHunt, &["1"]),
            (Action::ViewProcess, &["2"]),
            (Action::ViewAlerts, &["3"]),
            (Action::ViewBinaries, &["5"]),
            (Action::GoBack, &["["]),
            (Action::GoForward, &["]"]),
            (Action::Zoom, &["+", "_"]),
            (Action::Refresh, &["r"]),
            (Action::TimeZone, &["T"]),
            (Action::ShowError, &["!"]),
            (Action::Back, &["esc"]),
            (Action::Quit, &["q"]),
            (Action::Cancel, &["ctrl-c"]),
            (Action::Suspend, &["ctrl-z"]),
            (Action::Redraw, &["ctrl-l"]),
        ],
    ),
    (
        Scope::List,
        &[
            (Action::Down, &["j", "down"]),
            (Action::Up, &["k", "up"]),
            (Action::HalfPageDown, &["ctrl-d"]),
            (Action::HalfPageUp, &["ctrl-u"]),
            (Action::PageDown, &["ctrl-f", "pagedown"]),
            (Action::PageUp, &["ctrl-b", "pageup"]),
            (Action::Top, &["g g", "home"]),
            (Action::Bottom, &["G", "end"]),
        ],
    ),
    (
        Scope::Rows,
        &[
            (Action::Filter, &["/"]),
            (Action::Mark, &["space"]),
            (Action::MarkRange, &["v"]),
            (Action::MarkAll, &["*"]),
            (Action::Columns, &["w"]),
            (Action::Export, &["E"]),
            (Action::Left, &["h", "left"]),
            (Action::Right, &["l", "right"]),
            (Action::Sort, &["s"]),
        ],
    ),
    (Scope::Filter, &[(Action::KeepFilter, &["enter"])]),
    (Scope::Entry, &[(Action::Accept, &["enter"])]),
    (
        Scope::Download,
        &[(Action::Accept, &["enter"]), (Action::NextForm, &["tab"])],
    ),
    (
        Scope::Columns,
        &[
            (Action::Toggle, &["space", "enter"]),
            (Action::MoveColumnUp, &["K"]),
            (Action::MoveColumnDown, &["J"]),
            (Action::Wider, &[">"]),
            (Action::Narrower, &["<"]),
            (Action::ResetColumns, &["R"]),
        ],
    ),
    (
        Scope::Query,
        &[
            (Action::Submit, &["enter"]),
            (Action::Newline, &["alt-enter", "ctrl-j"]),
            (Action::Complete, &["tab"]),
            (Action::NextCompletion, &["ctrl-n", "down"]),
            (Action::PreviousCompletion, &["ctrl-p", "up"]),
        ],
    ),
    (
        Scope::Copy,
        &[
            (Action::YankRow, &["y y"]),
            (Action::YankHash, &["y h"]),
            (Action::YankCmdline, &["y c"]),
            (Action::YankGuid, &["y g"]),
            (Action::YankHost, &["y n"]),
            (Action::YankJson, &["y j"]),
            (Action::YankRaw, &["y d"]),
        ],
    ),
    (
        Scope::Pivot,
        &[
            (Action::SameHash, &["x h"]),
            (Action::SameName, &["x x"]),
            (Action::SameHost, &["x n"]),
            (Action::SameUser, &["x u"]),
            (Action::SameParent, &["x p"]),
            (Action::SameCmdline, &["x c"]),
            (Action::SameAddress, &["x a"]),
            (Action::SameDomain, &["x d"]),
            (Action::SameFile, &["x f"]),
            (Action::SameKey, &["x r"]),
            (Action::AlertsOfHost, &["g a"]),
            (Action::GoBinary, &["g b"]),
            (Action::Around, &["t"]),
        ],
    ),
    (
        Scope::Around,
        &[
            (Action::Accept, &["enter"]),
            (Action::Widen, &["+", "right"]),
            (Action::Tighten, &["minus", "left"]),
        ],
    ),
    (
        Scope::Process,
        &[
            (Action::Open, &["enter"]),
            (Action::GoParent, &["g p"]),
            (Action::GoRoot, &["g r"]),
        ],
    ),
    (Scope::Results, &[(Action::SplitSegments, &["g s"])]),
    (
        Scope::Tree,
        &[
            (Action::Unfold, &["l", "right"]),
            (Action::Fold, &["h", "left"]),
            (Action::Deeper, &["L"]),
            (Action::Shallower, &["H"]),
        ],
    ),
    (
        Scope::Events,
        &[
            (Action::Open, &["enter"]),
            (Action::Filter, &["/"]),
            (Action::ShowFilemods, &["e f"]),
            (Action::ShowRegmods, &["e r"]),
            (Action::ShowNetconns, &["e n"]),
            (Action::ShowModloads, &["e m"]),
            (Action::ShowChildprocs, &["e c"]),
            (Action::ShowCrossprocs, &["e x"]),
            (Action::ShowBlocks, &["e b"]),
            (Action::ShowScripts, &["e s"]),
            (Action::ShowTampering, &["e t"]),
            (Action::ShowOthers, &["e o"]),
            (Action::ShowAllKinds, &["e a"]),
            (Action::Narrow, &["v"]),
            (Action::Earlier, &["<"]),
            (Action::Later, &[">"]),
            (Action::Export, &["E"]),
        ],
    ),
    (Scope::Alerts, &[(Action::Open, &["enter"])]),
    (Scope::Alert, &[(Action::Open, &["enter"])]),
    (
        Scope::Binary,
        &[
            (Action::Open, &["enter"]),
            (Action::ShowBytes, &["b"]),
            (Action::Download, &["D"]),
        ],
    ),
    (Scope::Overlay, &[(Action::Back, &["enter"])]),
    (
        Scope::History,
        &[
            (Action::Open, &["enter"]),
            (Action::Down, &["ctrl-n", "ctrl-r"]),
            (Action::Up, &["ctrl-p"]),
        ],
    ),
];
