//! The panes: one file each, every one owns its cursor and none owns data.
