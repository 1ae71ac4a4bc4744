//! `tree`: the parent chain and the children.

use serde_json::Value;

use super::bench::{Bench, Members, NET};

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_eight_ends_at_the_kernel_twice() {
    let bench = Bench::start().await;
    let id = bench.ids(NET).await.remove(0);
    let ran = bench.run(&["tree", &id, "--format", "jsonl"]).await;
    let rows = ran.check(0).json_lines();
    let ancestors: Vec<_> = rows.iter().filter(|row| row.text("relation") == "ancestor").collect();
    assert_eq!(ancestors.len(), 8);
    let depths: Vec<_> = ancestors.iter().map(|row| row["depth"].as_u64().unwrap()).collect();
    assert_eq!(depths, [8, 7, 6, 5, 4, 3, 2, 1]);
    for (row, pid) in ancestors.iter().zip(["0", "4"]) {
        assert_eq!((row.text("process_name").as_str(), row.text("process_pid").as_str()), ("ntoskrnl.exe", pid));
    }
    let own: Vec<_> = rows.iter().filter(|row| row.text("relation") == "self").collect();
    assert_eq!((own.len(), own[0].text("id"), own[0].text("depth")), (1, id.clone(), "0".to_owned()));

    let table = bench.run(&["tree", &format!("{id}-000000000001")]).await;
    let lines: Vec<&str> = table.check(0).out.lines().collect();
    assert!(lines[0].starts_with("PROCESS"), "{}", table.out);
    assert!(lines[1].starts_with("  ntoskrnl.exe"), "{}", table.out);
    assert!(lines[2].starts_with("  └ ntoskrnl.exe"), "{}", table.out);
    assert!(lines[9].starts_with(">               └ net.exe"), "{}", table.out);
    assert!(lines[9].ends_with(&id), "{}", table.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_has_its_children_below_it() {
    let bench = Bench::start().await;
    let child = bench.ids(NET).await.remove(0);
    let rows = bench.run(&["tree", &child, "--depth", "1", "--format", "jsonl"]).await;
    rows.notes_say("limit of 1 ancestors");
    let parent = rows.json_lines()[0].text("id");

    let ran = bench.run(&["tree", &parent, "--format", "csv"]).await;
    let mut reader = csv::Reader::from_reader(ran.check(0).out.as_bytes());
    let children: Vec<_> = reader.records().map(|row| row.unwrap()).filter(|row| &row[0] == "child").collect();
    assert!(children.len() >= 2);
    assert!(children.iter().any(|row| row.iter().any(|cell| cell == child)));

    let ran = bench.run(&["tree", &parent, "--children", "1", "--format", "jsonl"]).await;
    let is_child = |row: &Value| row.text("relation") == "child";
    assert_eq!(ran.check(0).json_lines().iter().filter(|row| is_child(row)).count(), 1);
    ran.notes_say("there may be more");
}

#[tokio::test(flavor = "multi_thread")]
async fn trees_come_from_standard_input_and_what_is_missing_is_named() {
    let bench = Bench::start().await;
    let ids = bench.ids(NET).await;
    let input = format!("{}\n\n{}\n", ids[0], ids[1]);
    let ran = bench.fed(&["tree", "-", "--format", "jsonl"], &input).await;
    let subjects: Vec<_> = ran.check(0).json_lines().into_iter().filter(|row| row.text("relation") == "self").collect();
    assert_eq!(subjects.len(), 2);

    let unknown = "0000ffff-0000-0001-01d7-10df4de391b0";
    let ran = bench.run(&["tree", unknown, &ids[0], "--format", "json"]).await;
    ran.check(3).notes_say(unknown);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    assert!(rows.iter().any(|row| row.text("id") == ids[0]));

    let ran = bench.run(&["tree", &ids[0], "net.exe"]).await;
    ran.check(2).notes_say("net.exe").notes_say("hint: ");
    assert_eq!(ran.out, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_trees_without_descendants_need_few_requests() {
    let bench = Bench::start().await;
    let ids = bench.ids("*:*").await;
    let ids = &ids[..100];
    bench.server.forget_requests();
    let unknown = "0000ffff-0000-0001-01d7-10df4de391b0";
    let input = format!("{}\n{unknown}\n", ids.join("\n"));
    let table = bench.fed(&["tree", "-", "--descend", "0", "--format", "csv"], &input).await;
    let n_requests = bench.server.seen_requests().len();
    assert!(n_requests < 30, "{n_requests}");
    let ran = bench.fed(&["tree", "-", "--descend", "0", "--format", "jsonl"], &input).await;
    let rows = ran.check(3).notes_say(unknown).json_lines();
    let mut table = csv::Reader::from_reader(table.check(3).notes_say(unknown).out.as_bytes());
    let table_ids: Vec<_> = table.records().map(|row| row.unwrap().iter().next_back().unwrap().to_owned()).collect();
    assert_eq!(table_ids, rows.iter().map(|row| row.text("id")).collect::<Vec<_>>());
    // In the order of the input, each below its ancestors.
    let subjects: Vec<_> = rows.iter().filter(|row| row.text("relation") == "self").map(|row| row.text("id")).collect();
    assert_eq!(subjects, ids);
    let mut parent = None;
    for row in &rows {
        if let Some(parent) = parent {
            assert_eq!(row.text("parent_id"), parent, "{row}");
        }
        parent = (row.text("relation") == "ancestor").then(|| row.text("id"));
    }
    // The ends of the chains are described as in a tree of one process.
    let alone = bench.run(&["tree", &ids[0], "--descend", "0", "--format", "jsonl"]).await;
    let ids_of = |rows: &[Value]| rows.iter().map(|row| row.text("id")).collect::<Vec<_>>();
    let alone_rows = alone.check(0).json_lines();
    assert_eq!(ids_of(&alone_rows), ids_of(&rows)[..alone_rows.len()]);
    for line in alone.notes.lines() {
        assert!(ran.notes.contains(line), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_records_of_a_tree_do_not_depend_on_the_number_of_trees() {
    let bench = Bench::start().await;
    let ids = bench.ids("*:*").await;
    let ids = &ids[..12];
    let input = ids.join("\n");
    for args in
        [["--format", "jsonl"], ["--fields", "id,unique_id,uid,segment_id,last_update,modload_count,watchlists"]]
    {
        let mut alone = String::new();
        for id in ids {
            let ran = bench.run(&[&["tree", id, "--descend", "0"], &args[..]].concat()).await;
            let lines = ran.check(0).out.lines().filter(|line| !line.starts_with("ID "));
            alone.extend(lines.map(|line| format!("{}\n", line.split_whitespace().collect::<Vec<_>>().join(" "))));
        }
        let together = bench.fed(&[&["tree", "-", "--descend", "0"], &args[..]].concat(), &input).await;
        let lines = together.check(0).out.lines().filter(|line| !line.is_empty() && !line.starts_with("ID "));
        let together: Vec<_> = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let alone: Vec<_> = alone.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        assert_eq!(together, alone);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_the_server_does_not_have_is_requested_once() {
    let bench = Bench::start().await;
    let unknown = "0000ffff-0000-0001-01d7-10df4de391b0";
    let ids = bench.ids(NET).await;
    for args in [&[][..], &["--descend", "0", "--format", "jsonl"], &["--descend", "3", "--format", "jsonl"]] {
        bench.server.forget_requests();
        let ran = bench.run(&[&["tree", unknown, &ids[0]], args].concat()).await;
        ran.check(3).notes_say(unknown);
        let requests = bench.server.seen_requests();
        let about_it = requests.iter().filter(|request| format!("{request:?}").contains(&format!("{unknown}/0")));
        assert_eq!(about_it.count(), 1, "{args:?}");
    }
}
