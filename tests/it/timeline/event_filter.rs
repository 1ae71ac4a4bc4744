//! Kinds, words and stretches of time: what is shown of a timeline.

use crate::timeline::bench::opened;

#[test]
fn a_kind_is_shown_alone_then_more_are_added_and_taken_away() {
    let mut stage = opened();
    stage.shows(&["file 5  reg 2  net 3  mod 2  child 2  cross 1  script 1  block 1  tamper 2  other 1"]);
    stage.press("e n").shows(&["[net 3]", "Events  rundll32.exe 4000  3 of 19,"]).lacks("loaded c:");
    stage.press("e c").shows(&["[net 3]", "[child 2]", "Events  rundll32.exe 4000  5 of 19,"]);
    stage.press("e n").shows(&["[child 2]", "Events  rundll32.exe 4000  2 of 19,"]).lacks("[net");
    // Without any, all are shown.
    stage.press("e c").shows(&["Events  rundll32.exe 4000  19,"]);
    stage.press("e t").shows(&["Events  rundll32.exe 4000  2 of 19,", "StackPivot", "carbonblackk"]);
    stage.press("e a").shows(&["Events  rundll32.exe 4000  19,"]);
    stage.press("e x esc").shows(&["Cleared the kinds", "Events  rundll32.exe 4000  19,"]);
}

#[test]
fn words_are_found_in_every_fact_whatever_is_in_sight() {
    let mut stage = opened();
    let mut check = |filter: &str, n: usize| {
        stage.press("/ ctrl-u").write(filter);
        stage.shows(&[&format!("/{filter}  {n} of 19 loaded")]);
        stage.press("enter");
    };
    check("OUT.EXE", 4);
    check("out.exe !created", 3);
    check("kind:net", 3);
    check("kind:child pid:5120", 1);
    check("domain:cdn local:49901", 1);
    check("9E107D9D372BB682", 3);
    check("file_type:pe", 1);
    check("vm_read", 1);
    check("c:\\temp", 6);
    check("detail:whoami", 1);
    stage.press("esc").shows(&["Cleared the filter"]);
}

#[test]
fn counts_of_kinds_are_those_of_what_passes_the_filter() {
    let mut stage = opened();
    stage.press("/").write("out.exe").press("enter");
    stage.shows(&["file 3  block 1", "4 of 19 loaded"]).lacks("reg 2");
    stage.press("e b").shows(&["file 3  [block 1]", "1 of 19 loaded"]);
}

#[test]
fn nothing_that_passes_is_said_and_nothing_happens() {
    let mut stage = opened();
    stage
        .press("/")
        .write("zzz")
        .press("enter")
        .shows(&["No event matches the filter (Esc clears it)", "0 of 19 loaded"]);
    stage.press("j G k y y enter v > <").shows(&["No event matches the filter"]);
    stage.press("esc").shows(&["Events  rundll32.exe 4000  19,", "row 1"]);
}

#[test]
fn a_stretch_of_time_is_marked_shown_alone_and_widened_again() {
    let mut stage = opened();
    stage.press("j j v").shows(&["Range start set"]);
    stage.press("j j j v").shows(&["Showing this time range", "Events  rundll32.exe 4000  4 of 19,"]);
    stage.shows(&["10:15:31 ", " 10:15:35"]).lacks("10:15:30.201");
    // Within it, another.
    stage.press("g g v j v").shows(&["Events  rundll32.exe 4000  2 of 19,"]);
    stage.press("esc").shows(&["Cleared the time range", "Events  rundll32.exe 4000  4 of 19,"]);
    stage.press("v esc").shows(&["Cleared the range start", "Events  rundll32.exe 4000  4 of 19,"]);
    stage.press("esc").shows(&["Events  rundll32.exe 4000  19,"]);
}

#[test]
fn an_event_without_a_time_ends_no_stretch() {
    let mut stage = opened();
    stage.press("v G v").shows(&["This row has no time"]);
    stage.press("k k v").shows(&["Showing this time"]).lacks("lost.txt");
}

#[test]
fn the_strip_is_walked_in_parts() {
    let mut stage = opened();
    stage.text();
    stage.press(">");
    let line = stage.cursor_line();
    assert!(!line.contains("10:15:30"), "{line}");
    stage.press("< <").shows(&["Start of timeline"]);
    assert!(stage.cursor_line().contains("10:15:30.201"));
    for _ in 0..20 {
        stage.press(">");
    }
    stage.shows(&["End of timeline"]);
    assert!(stage.cursor_line().contains("10:18:30"));
}
