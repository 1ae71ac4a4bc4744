//! The imports between the files of the product: no circle, and an order inside the larger modules.
//!
//! A path is followed through re-exports to the file that defines the item. A module file and its direct children are one
//! unit: a child may use its parent and the other way round.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use crate::support::source::{Source, sources};

/// The parts of a module, lowest first: each uses only the parts before it.
const ORDERS: [(&str, &[&str]); 3] = [
    (
        "changes",
        &[
            "role",
            "rejection",
            "target",
            "policy",
            "context",
            "protection",
            "blast_radius",
            "assessment",
            "aspect",
            "snapshot",
            "members",
            "operation",
            "unreadable_rows",
            "isolation",
            "sensor",
            "ban",
            "alert",
            "watchlist",
            "feed",
            "report",
            "ingress_filter",
            "admin",
            "host",
            "change",
            "log_reader",
            "logged_change",
            "plan",
            "ban_batch",
            "apply",
            "history",
            "log_tail",
        ],
    ),
    (
        "query",
        &[
            "fields",
            "syntax",
            "ioc",
            "diagnostics",
            "parser",
            "server_rules",
            "eval",
            "edit",
            "facet_filters",
            "parameters",
            "links",
        ],
    ),
    ("sim", &["version", "format", "http", "options", "world", "state", "search", "routes", "front", "listener"]),
];

/// The segments of a path: of a module, or of an item in it.
type ItemPath = Vec<String>;

/// A module with a file of its own.
struct Module {
    path: PathBuf,
    code: String,
    /// The names of the items that the file defines.
    items: BTreeSet<String>,
    /// Imports and re-exports: the name here, and the path as written.
    imports: BTreeMap<String, ItemPath>,
    globs: Vec<ItemPath>,
}

/// All modules of the crate, by their path below it.
struct Crate(BTreeMap<ItemPath, Module>);

#[test]
fn no_file_imports_itself_through_others() {
    let graph = Crate::read().imports();
    let circles: Vec<_> = graph.keys().filter_map(|file| find_circle(&graph, file)).collect();
    assert!(circles.is_empty(), "\n{}", circles.join("\n"));
}

#[test]
fn parts_of_a_module_use_only_the_parts_below_them() {
    let modules = Crate::read();
    let mut offences = Vec::new();
    for (name, order) in ORDERS {
        let parts: BTreeSet<_> = modules
            .0
            .keys()
            .filter(|path| path.first().is_some_and(|first| first == name))
            .filter_map(|path| path.get(1))
            .collect();
        let listed: BTreeSet<_> = order.iter().map(|&part| part.to_owned()).collect();
        assert_eq!(parts, listed.iter().collect(), "the parts of {name}");
    }
    for (file, targets) in modules.imports() {
        for target in targets {
            let [from, to] = [&file, &target].map(|path| module_path(path));
            let Some((_, order)) = ORDERS
                .iter()
                .find(|(name, _)| [&from, &to].iter().all(|path| path.first().is_some_and(|first| first == name)))
            else {
                continue;
            };
            let rank = |path: &ItemPath| path.get(1).and_then(|part| order.iter().position(|name| name == part));
            if rank(&from) < rank(&to) && rank(&from).is_some() {
                offences.push(format!("{} may not use {}", file.display(), target.display()));
            }
        }
    }
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn imports_are_followed_to_the_file_of_the_item() {
    let file = |path: &str, text: &str| Source::read(path.into(), text);
    let modules = Crate::from_sources(vec![
        file("src/lib.rs", "pub mod a;\npub mod b;\n"),
        file("src/a/mod.rs", "mod one;\nmod two;\npub use one::{One, other as renamed};\nstruct Own;\n"),
        file("src/a/one.rs", "use super::two::Two;\npub struct One(Two);\npub fn other() {}\n"),
        file("src/a/two.rs", "use crate::b::*;\npub enum Two { A }\nfn f() { four() }\n"),
        file("src/b.rs", "use crate::a::{self, One};\npub fn four() { a::renamed(); super::a::Own; }\n"),
    ]);
    let graph = modules.imports();
    let targets = |path: &str| graph[Path::new(path)].iter().map(|target| target.to_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(targets("src/a/one.rs"), ["src/a/two.rs"]);
    assert_eq!(targets("src/b.rs"), ["src/a/mod.rs", "src/a/one.rs"]);
    assert!(find_circle(&graph, Path::new("src/a/one.rs")).is_none());
}

impl Crate {
    fn read() -> Self {
        Self::from_sources(sources(Path::new("src")))
    }

    fn from_sources(mut sources: Vec<Source>) -> Self {
        let test_files: Vec<_> = sources.iter().flat_map(test_modules).collect();
        sources.retain(|source| source.path != Path::new("src/main.rs"));
        let mut modules = BTreeMap::new();
        for source in sources {
            let path = module_path(&source.path);
            if !test_files.contains(&path) {
                modules.insert(path, Module::parse(source));
            }
        }
        Self(modules)
    }

    /// Returns the files that each file uses, except for its parent and its children.
    fn imports(&self) -> BTreeMap<PathBuf, BTreeSet<PathBuf>> {
        let mut graph = BTreeMap::new();
        for (at, module) in &self.0 {
            let mut targets = BTreeSet::new();
            for used in module.used_paths() {
                targets.extend(self.resolve(at, &used, 0));
            }
            targets.retain(|target| {
                let to = module_path(target);
                let is_family =
                    at.len() + 1 == to.len() && to.starts_with(at) || to.len() + 1 == at.len() && at.starts_with(&to);
                to != *at && !is_family
            });
            graph.insert(module.path.clone(), targets);
        }
        graph
    }

    /// Returns the file that defines the item of a path as written in the module `from`; `None` for a module and for
    /// what is not of this crate.
    fn resolve(&self, from: &[String], path: &[String], depth: usize) -> Option<PathBuf> {
        /// More re-exports than that are a loop.
        const MAX_DEPTH: usize = 12;
        if depth > MAX_DEPTH {
            return None;
        }
        let mut at = from.to_vec();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => {
                at.clear();
                rest = &rest[1..];
            }
            "self" | "super" => {
                while let Some(segment) = rest.first().filter(|segment| ["self", "super"].contains(&segment.as_str())) {
                    if segment == "super" {
                        at.pop();
                    }
                    rest = &rest[1..];
                }
            }
            first => {
                let module = self.0.get(&at)?;
                let is_child = self.0.contains_key(&child(&at, first));
                if !is_child {
                    if let Some(import) = module.imports.get(first).filter(|import| import.as_slice() != &path[..1]) {
                        return self.resolve(&at, &[import, &path[1..]].concat(), depth + 1);
                    }
                    return module.items.contains(first).then(|| module.path.clone());
                }
            }
        }
        while let Some(segment) = rest.first() {
            let next = child(&at, segment);
            if self.0.contains_key(&next) {
                at = next;
                rest = &rest[1..];
                continue;
            }
            let module = self.0.get(&at)?;
            if module.items.contains(segment) {
                return Some(module.path.clone());
            }
            if let Some(import) = module.imports.get(segment) {
                return self.resolve(&at, &[import, &rest[1..]].concat(), depth + 1);
            }
            return module.globs.iter().find_map(|glob| self.resolve(&at, &[glob, rest].concat(), depth + 1));
        }
        None
    }
}

impl Module {
    fn parse(source: Source) -> Self {
        let mut module = Self {
            items: source.code.lines().filter_map(defined_item).collect(),
            path: source.path,
            code: source.code,
            imports: BTreeMap::new(),
            globs: Vec::new(),
        };
        for (_, tree) in use_trees(&module.code) {
            let mut leaves = Vec::new();
            push_leaves(&[], &tree, &mut leaves);
            for (path, name) in leaves {
                if name == "*" {
                    module.globs.push(path);
                } else {
                    module.imports.insert(name, path);
                }
            }
        }
        module
    }

    /// Returns the paths that the code uses: imports that are no re-exports, and qualified paths.
    fn used_paths(&self) -> Vec<ItemPath> {
        let mut used = Vec::new();
        let mut code = self.code.clone();
        for (is_reexport, tree) in use_trees(&self.code) {
            if !is_reexport {
                let mut leaves = Vec::new();
                push_leaves(&[], &tree, &mut leaves);
                used.extend(leaves.into_iter().map(|(path, _)| path));
            }
            code = code.replacen(&tree, "", 1);
        }
        let words = code.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
        let paths = words.map(|word| word.trim_end_matches(':')).filter(|word| word.contains("::"));
        used.extend(paths.filter(|word| !word.starts_with(':')).map(segments));
        used
    }
}

/// Returns whether each `use` is a re-export, and what follows the word.
fn use_trees(code: &str) -> Vec<(bool, String)> {
    let mut trees = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at].rsplit('\n').next().unwrap_or_default().trim_start();
        let is_statement = before.is_empty() || before.starts_with("pub");
        let Some(end) = code[at..].find(';').filter(|_| is_statement) else { continue };
        trees.push((before.starts_with("pub"), code[at + 4..at + end].to_owned()));
    }
    trees
}

/// Appends the path and the local name of each leaf of a use tree.
fn push_leaves(prefix: &[String], tree: &str, leaves: &mut Vec<(ItemPath, String)>) {
    let tree = tree.trim();
    if let Some(group) = tree.strip_prefix('{') {
        let group = group.trim_end().strip_suffix('}').unwrap_or(group);
        let mut depth = 0_usize;
        let members = group.split(|c| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            c == ',' && depth == 0
        });
        members.filter(|member| !member.trim().is_empty()).for_each(|member| push_leaves(prefix, member, leaves));
    } else if let Some((first, rest)) = tree.split_once("::") {
        push_leaves(&child(prefix, first), rest, leaves);
    } else {
        let (name, alias) = tree.split_once(" as ").unwrap_or((tree, tree));
        match name {
            "*" => leaves.push((prefix.to_vec(), "*".to_owned())),
            "self" => {
                let last = prefix.last().cloned().unwrap_or_default();
                leaves.push((prefix.to_vec(), if alias == "self" { last } else { alias.to_owned() }));
            }
            _ => leaves.push((child(prefix, name), alias.trim().to_owned())),
        }
    }
}

/// Returns the name of the item that begins on a line, if one does at the top level.
fn defined_item(line: &str) -> Option<String> {
    const KINDS: [&str; 10] =
        ["struct", "enum", "trait", "fn", "type", "static", "union", "const", "macro_rules!", "mod"];
    let mut words = line.split(' ').peekable();
    if line.starts_with(' ') {
        return None;
    }
    while let Some(word) = words.next() {
        let is_fn = words.peek().is_some_and(|next| *next == "fn");
        if KINDS.contains(&word) && !(word == "const" && is_fn) {
            // A module in a file of its own is found by its path.
            let name = words.next().filter(|_| word != "mod")?;
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
            return Some(name[..end].to_owned());
        }
        let is_modifier =
            word.starts_with("pub") || ["async", "const", "unsafe", "crate::query)", "super)"].contains(&word);
        if !is_modifier && !word.ends_with(')') {
            return None;
        }
    }
    None
}

/// Returns the modules that a file declares for tests alone.
fn test_modules(source: &Source) -> Vec<ItemPath> {
    let at = module_path(&source.path);
    let lines: Vec<_> = source.code.lines().collect();
    let pairs = lines.windows(2).filter(|pair| pair[0].trim() == "#[cfg(test)]");
    let names = pairs.filter_map(|pair| pair[1].split("mod ").nth(1)?.strip_suffix(';'));
    names.map(|name| child(&at, name)).collect()
}

/// Returns the path of the module in a file: `src/a/mod.rs` and `src/a.rs` are `a`.
fn module_path(file: &Path) -> ItemPath {
    let below = file.strip_prefix("src").unwrap_or(file).with_extension("");
    let mut path: ItemPath = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if path.last().is_some_and(|last| last == "mod" || (last == "lib" && path.len() == 1)) {
        path.pop();
    }
    path
}

/// Returns a circle that `file` belongs to, as a line; `None` if there is none, or if a file of it comes earlier.
fn find_circle(graph: &BTreeMap<PathBuf, BTreeSet<PathBuf>>, file: &Path) -> Option<String> {
    let mut came_from: BTreeMap<&Path, &Path> = BTreeMap::new();
    let mut pending = std::collections::VecDeque::from([file]);
    while let Some(at) = pending.pop_front() {
        for next in graph.get(at).into_iter().flatten() {
            if next == file {
                let mut circle = vec![at];
                while let Some(before) = came_from.get(circle[circle.len() - 1]) {
                    circle.push(before);
                }
                circle.reverse();
                let is_first = circle.iter().min() == Some(&file);
                let names: Vec<_> = circle.iter().map(|path| path.display().to_string()).collect();
                return is_first.then(|| format!("{} -> {}", names.join(" -> "), file.display()));
            }
            if !came_from.contains_key(next.as_path()) {
                came_from.insert(next, at);
                pending.push_back(next);
            }
        }
    }
    None
}

fn child(path: &[String], name: &str) -> ItemPath {
    [path, &[name.trim().to_owned()]].concat()
}

fn segments(path: &str) -> ItemPath {
    path.split("::").map(str::to_owned).collect()
}
