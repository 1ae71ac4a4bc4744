//! The words of the code, counted: names that stand for several types, functions and files named by a participle or an
//! adverb, and house words in identifiers, comments and texts for the user.
//!
//! No figure may be greater than the golden has it. `cargo test --test it nets::words -- --nocapture` prints them with what
//! they count; `NETS_UPDATE=1` writes down what has become of them. The first figures leave a little room for what was under
//! way when they were taken.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use crate::nets::golden;

/// Participles that do not end in `ed`.
const IRREGULAR: &str = "begun, broken, built, chosen, done, drawn, found, given, gone, heard, held, hidden, kept, known, laid, lost, \
    made, meant, met, overtaken, paid, said, seen, sent, shown, spoken, spun, stood, sworn, taken, taught, thought, \
    told, torn, understood, won, worn, written";

/// Adverbs, prepositions and what else names nothing.
const ADVERBS: &str = "above, again, alike, alone, already, also, anew, apart, around, aside, away, back, before, behind, below, \
    beneath, beside, besides, beyond, closely, down, else, even, ever, far, forth, further, here, later, meanwhile, \
    more, much, now, off, often, once, only, out, over, rest, since, so, soon, still, then, there, through, \
    together, too, under, until, up, upon, when, where, whole, why, within, without, yet";

/// Nouns and verbs that end in `ed`.
const NO_PARTICIPLES: &str = "bed, embed, feed, fed, hundred, need, red, seed, speed, weed";

/// Functions that may be named by one such word: the time, as every clock calls it; the state that a change asks for.
const NAMELESS_FUNCTIONS: &str = "now, desired";

/// House words, by the glossary, that no identifier should have.
const IN_IDENTIFIERS: &str = "aside, asides, asked, attend, bundle, bundles, clerk, clue, clues, closely, consider, deed, deeds, desk, doing, \
    doings, estate, freshen, gist, greet, grounds, heard, heed, held, kept, lead, learned, look, looks, matter, \
    meant, mute, nobody, noun, office, outdate, parting, patience, radius, said, sequel, severed, sheet, sheets, \
    sight, somebody, told, verdict, voice, wanted, weigh, whatever, whole";

/// What no comment should say.
const IN_COMMENTS: &str = "anybody, as many, how far, is said, is told, manieth, nobody, parted by, sees to it, so many, somebody, the same, \
    to heart, whatever, wherever, whichever, whoever";

/// What no text that a user reads should say.
const IN_TEXTS: &str = "anybody, are none, asked, call it, called back, deed, given up, gives up, goes, is none, let it, lies on top, \
    mend, nobody, set off, sets off, somebody, take back, taken back, takes back, takes in, told, whatever, whoever";

/// What is counted, by the name of the figure.
type Found = BTreeMap<&'static str, Vec<String>>;

#[test]
#[expect(clippy::print_stdout, reason = "the figures are what it is run for")]
fn the_words_of_the_code_do_not_get_worse() {
    let sources = sources(Path::new("src"));
    let mut found = Found::new();
    count_types(&sources, &mut found);
    for source in &sources {
        count_names(source, &mut found);
        count_words(source, &mut found);
    }
    let mut text = String::new();
    for (figure, cases) in &found {
        println!("\n{figure}: {}\n  {}", cases.len(), cases.join("\n  "));
        writeln!(text, "{figure}: {}", cases.len()).unwrap();
    }
    println!("\n{text}");
    if golden::is_update() {
        golden::check("words.txt", &text);
        return;
    }
    let limits = fs::read_to_string(golden::folder().join("words.txt")).unwrap();
    for (figure, cases) in &found {
        let limit = limits.lines().find_map(|line| line.strip_prefix(&format!("{figure}: ")));
        let limit: usize = limit.unwrap_or("0").parse().unwrap();
        assert!(
            cases.len() <= limit,
            "{figure}: {}, and {limit} at most; `cargo test --test it nets::words -- --nocapture` lists them",
            cases.len()
        );
    }
}

/// A file without its tests, taken apart.
struct Source {
    path: PathBuf,
    /// The code, with spaces in the place of comments and texts.
    code: String,
    /// Every comment, a line each.
    comments: Vec<String>,
    /// Every text in quotes.
    texts: Vec<String>,
}

/// The files of the product.
fn sources(directory: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
        if path.is_dir() && !is_test {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            found.push(Source::read(path, text));
        }
    }
    found
}

impl Source {
    /// Takes a file apart.
    fn read(path: PathBuf, text: &str) -> Self {
        let mut source = Self { path, code: String::new(), comments: Vec::new(), texts: Vec::new() };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("//") {
                let (comment, left) = after.split_once('\n').unwrap_or((after, ""));
                source.comments.push(comment.trim_start_matches(['/', '!', ' ']).to_owned());
                source.code.push('\n');
                rest = left;
            } else if let Some((text, left)) = raw_text(rest).or_else(|| plain_text(rest)) {
                source.texts.push(text);
                source.code.push(' ');
                rest = left;
            } else if let Some(left) = character(rest) {
                source.code.push(' ');
                rest = left;
            } else {
                source.code.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        source
    }

    /// Which part of the program it belongs to: a name may stand for one type in each.
    fn part(&self) -> &'static str {
        let path = self.path.to_string_lossy();
        if path.starts_with("src/sim") {
            "sim"
        } else if path.starts_with("src/cli") {
            "cli"
        } else {
            "client"
        }
    }
}

/// What begins with `r"` or `r#"`, and what stands after it.
fn raw_text(rest: &str) -> Option<(String, &str)> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let (text, left) = body.split_once(&end)?;
    Some((text.to_owned(), left))
}

/// What stands in quotes, and what stands after it.
fn plain_text(rest: &str) -> Option<(String, &str)> {
    let body = rest.strip_prefix('"')?;
    let mut is_escaped = false;
    let end = body.find(|c| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    })?;
    Some((body[..end].to_owned(), &body[end + 1..]))
}

/// What stands after a character in quotes; a lifetime is none.
fn character(rest: &str) -> Option<&str> {
    let body = rest.strip_prefix('\'')?;
    if let Some(escaped) = body.strip_prefix('\\') {
        let (_, left) = escaped.split_once('\'')?;
        // The character may be the quote itself.
        return Some(left.strip_prefix('\'').unwrap_or(left));
    }
    let mut chars = body.chars();
    chars.next()?;
    chars.as_str().strip_prefix('\'')
}

/// The names that several types have in one part of the program, with where they are.
fn count_types(sources: &[Source], found: &mut Found) {
    for part in ["client", "sim", "cli"] {
        let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for source in sources.iter().filter(|source| source.part() == part) {
            for name in declared(&source.code, &["struct", "enum", "union", "trait"]) {
                if name != "Error" {
                    types.entry(name).or_default().push(source.path.display().to_string());
                }
            }
        }
        let several = types.iter().filter(|(_, places)| places.len() > 1);
        let several = several.map(|(name, places)| format!("{name}: {}", places.join(" ")));
        let figure = match part {
            "client" => "names of several types, client",
            "sim" => "names of several types, simulator",
            _ => "names of several types, command line",
        };
        found.insert(figure, several.collect());
    }
}

/// The names that follow these words in code.
fn declared(code: &str, words: &[&str]) -> Vec<String> {
    let parts: Vec<_> = code.split_whitespace().collect();
    let pairs = parts.windows(2).filter(|pair| words.contains(&pair[0]));
    let names = pairs.map(|pair| {
        let end = pair[1].find(|c: char| !c.is_alphanumeric() && c != '_');
        pair[1][..end.unwrap_or(pair[1].len())].to_owned()
    });
    names.filter(|name| !name.is_empty()).collect()
}

/// Whether a list of words, with commas between them, has this one.
fn has(list: &str, word: &str) -> bool {
    list.split(", ").any(|one| one == word)
}

/// Whether a word names neither a thing nor something to be done.
fn is_nameless(word: &str) -> bool {
    let is_participle = word.ends_with("ed") && !has(NO_PARTICIPLES, word);
    is_participle || has(IRREGULAR, word) || has(ADVERBS, word)
}

/// Functions and files that are named by a participle or an adverb alone.
fn count_names(source: &Source, found: &mut Found) {
    let path = source.path.display();
    let names = declared(&source.code, &["fn"]);
    let is_one_word = |name: &String| !name.contains('_') && !has(NAMELESS_FUNCTIONS, name);
    let bare = names.iter().filter(|name| is_one_word(name) && is_nameless(name));
    let bare = bare.map(|name| format!("{name} in {path}"));
    found.entry("functions named by a participle or an adverb").or_default().extend(bare);
    let stem = source.path.file_stem().unwrap().to_string_lossy();
    let files = found.entry("files without a noun").or_default();
    if stem.split('_').all(is_nameless) {
        files.push(path.to_string());
    }
    let files = found.entry("files of more than 600 lines").or_default();
    let n_lines = fs::read_to_string(&source.path).unwrap().lines().count();
    if n_lines > 600 {
        files.push(format!("{path}: {n_lines}"));
    }
}

/// House words in identifiers, comments and texts.
fn count_words(source: &Source, found: &mut Found) {
    let path = source.path.display();
    let declared = declared(&source.code, &["fn", "struct", "enum", "trait", "mod", "const", "static", "type"]);
    let offences = declared.iter().filter(|name| {
        let words = words_of(name);
        words.iter().any(|word| has(IN_IDENTIFIERS, word))
    });
    let offences = offences.map(|name| format!("{name} in {path}"));
    found.entry("house words in declared names").or_default().extend(offences);
    let said = |texts: &[String], phrases: &str| {
        let offences = texts.iter().filter(|text| phrases.split(", ").any(|phrase| says(text, phrase)));
        offences.map(|text| format!("{text:?} in {path}")).collect::<Vec<_>>()
    };
    let comments = said(&source.comments, IN_COMMENTS);
    found.entry("house words in lines of comments").or_default().extend(comments);
    // The simulator says what the server says.
    if source.part() != "sim" {
        let mut texts = said(&source.texts, IN_TEXTS);
        // There the comments are what the user reads.
        if source.part() == "cli" || source.path.ends_with("keys/action.rs") {
            texts.extend(said(&source.comments, IN_TEXTS));
        }
        found.entry("house words in texts for the user").or_default().extend(texts);
    }
}

/// The words of a name, in small letters.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if (c == '_' || c.is_uppercase()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c != '_') {
            word.extend(c.to_lowercase());
        }
    }
    if name.chars().all(|c| !c.is_lowercase()) {
        return name.to_lowercase().split('_').map(str::to_owned).collect();
    }
    words
}

/// Whether a text has these words, and not as a part of others.
fn says(text: &str, phrase: &str) -> bool {
    let text = text.to_lowercase();
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(phrase).any(|(at, _)| {
        let after = &text[at + phrase.len()..];
        let after = after.strip_prefix('s').unwrap_or(after);
        is_edge(text[..at].chars().next_back()) && is_edge(after.chars().next())
    })
}

#[test]
fn a_file_is_taken_apart_into_code_comments_and_texts() {
    let text = "//! Whoever reads.\nfn told<'a>(c: char) -> bool { c == '\"' || x(\"a \\\" deed\", r#\"b\"c\"#) }\n";
    let source = Source::read("src/told.rs".into(), text);
    assert_eq!(source.comments, ["Whoever reads."]);
    assert_eq!(source.texts, ["a \\\" deed", "b\"c"]);
    assert_eq!(declared(&source.code, &["fn"]), ["told"]);
    assert!(is_nameless("told") && is_nameless("rest") && !is_nameless("feed"));
    assert_eq!(words_of("AlertChange"), ["alert", "change"]);
    assert_eq!(words_of("MAX_DEEDS"), ["max", "deeds"]);
    assert!(says("2 deeds open", "deed") && !says("indeed", "deed"));
}
