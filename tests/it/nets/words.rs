//! The words of the code, counted: names that stand for several types, functions and files named by a participle or an
//! adverb, and house words in identifiers, comments and texts for the user.
//!
//! No figure may be greater than the golden has it. `cargo test --test it nets::words -- --nocapture` prints them with what
//! they count; `NETS_UPDATE=1` writes down what has become of them. The first figures leave a little room for what was under
//! way when they were taken.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use crate::nets::golden;
use crate::support::source::{Source, sources};

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

/// Names in files that stay as they have been from the beginning, and are no text: the member of an entry of the action log.
const FILE_MEMBERS: &str = "deed";

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

/// Which part of the program it belongs to: a name may stand for one type in each.
fn part(source: &Source) -> &'static str {
    let path = source.path.to_string_lossy();
    if path.starts_with("src/sim") {
        "sim"
    } else if path.starts_with("src/cli") {
        "cli"
    } else {
        "client"
    }
}

/// The names that several types have in one part of the program, with where they are.
fn count_types(sources: &[Source], found: &mut Found) {
    for name in ["client", "sim", "cli"] {
        let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for source in sources.iter().filter(|source| part(source) == name) {
            for name in declared(&source.code, &["struct", "enum", "union", "trait"]) {
                if name != "Error" {
                    types.entry(name).or_default().push(source.path.display().to_string());
                }
            }
        }
        let several = types.iter().filter(|(_, places)| places.len() > 1);
        let several = several.map(|(name, places)| format!("{name}: {}", places.join(" ")));
        let figure = match name {
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
        // The radius alone says nothing; the blast radius is the trade's word.
        let words = words_of(&name.replace("blast_radius", ""));
        words.iter().any(|word| has(IN_IDENTIFIERS, word))
    });
    let offences = offences.map(|name| format!("{name} in {path}"));
    found.entry("house words in declared names").or_default().extend(offences);
    let said = |texts: &[String], phrases: &str| {
        let offences = texts.iter().filter(|text| phrases.split(", ").any(|phrase| says(text, phrase)));
        offences.map(|text| format!("{text:?} in {path}")).collect::<Vec<_>>()
    };
    // These comments are help texts.
    let are_texts = part(source) == "cli" || source.path.ends_with("keys/action.rs");
    let comments = if are_texts { Vec::new() } else { said(&source.comments, IN_COMMENTS) };
    found.entry("house words in lines of comments").or_default().extend(comments);
    // The simulator says what the server says.
    if part(source) != "sim" {
        let texts: Vec<_> = source.texts.iter().filter(|text| !has(FILE_MEMBERS, text)).cloned().collect();
        let mut texts = said(&texts, IN_TEXTS);
        if are_texts {
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
