//! Servers answer late, wrong, half, or not at all: the pane says so and what to do, what was known stays, and the next
//! try succeeds.

use std::time::Duration;

use crate::support::console::{Console, small};
use lampblack::api::Settings;
use lampblack::sim::{Certificate, Fault, Mode, Options};

const QUERY: &str = r"process_name:net.exe cmdline:\\test\blah";

/// A console with an answer on its screen, then a refresh that fails as `fault` says: the message and the hint are
/// there, and so is the old answer. Without the fault a refresh succeeds.
async fn check(fault: Fault, expected: &[&str]) {
    let mut console = with_timeout(small()).await;
    console.search(QUERY).await.shows(&["net  use y:"]);
    console.press("esc").await;
    console.sim.add_fault(fault.for_target("^/api/v1/process?"));
    console.press("r").await;
    console.shows(expected).shows(&["net  use y:", "not current"]);
    console.press("!").await.shows(&["Error: ", "r retries"]);
    console.sim.clear_faults();
    console.press("r").await;
    console.shows(&["net  use y:"]).lacks("not current").lacks("Error: ");
    for text in expected {
        console.lacks(text);
    }
}

/// A console that does not wait for minutes.
async fn with_timeout(options: Options) -> Console {
    Console::with(options, 120, 36, |settings: &mut Settings| {
        settings.timeout = Duration::from_millis(400);
    })
    .await
}

#[tokio::test]
async fn a_refresh_that_fails_says_why_and_what_to_do_and_keeps_the_old_rows() {
    for (fault, texts) in [
        (Fault::new(Mode::Unauthorized), ["the server does not accept the token", "doctor` shows which one is used"]),
        (Fault::new(Mode::Forbidden), ["has no permission to", "ask a server administrator"]),
        (Fault::new(Mode::Hang), ["no answer from the server within 400ms", "use a narrower query"]),
        (Fault::new(Mode::Cut), ["the connection closed before the response", "check for a proxy or VPN"]),
        (Fault::new(Mode::BadGateway), ["answered 502: 502 Bad Gateway", "web front end runs"]),
        (Fault::new(Mode::BrokenJson), ["unexpected response from", "check that the profile's url"]),
        (Fault::new(Mode::Internal), ["answered 500: Unhandled exception", "ask the server administrators"]),
        (Fault::new(Mode::GatewayTimeout), ["answered 504", "use a narrower query"]),
        (Fault::new(Mode::TooMany).retry_after(1), ["the server is busy, retry in 1s", "try again later"]),
    ] {
        check(fault, &texts).await;
    }
}

#[tokio::test]
async fn a_server_that_is_busy_once_is_asked_again_without_a_word() {
    let mut console = Console::start().await;
    console.sim.add_fault(Fault::new(Mode::TooMany).for_target("^/api/v1/process?").limit_times(1));
    console.search(QUERY).await.shows(&["net  use y:"]).lacks("busy");
}

#[tokio::test]
async fn rows_of_wrong_types_cost_themselves_and_are_counted() {
    let mut console = Console::start().await;
    console.sim.add_fault(Fault::new(Mode::WrongTypes).for_target("^/api/v1/process?"));
    console.search("process_name:svchost.exe").await.shows(&["unreadable", "Processes"]);
    console.press("esc j j j j j j").await;
    console.sim.clear_faults();
    console.press("r").await;
    console.lacks("unreadable");
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    let mut console = Console::with(small(), 120, 36, |settings| {
        // A port that was free a moment ago, without a listener.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        settings.url = format!("http://{free}").parse().unwrap();
    })
    .await;
    console.shows(&["unreachable", "cannot reach http://127.0.0.1", "check the profile's url and proxy"]);
    console.search(QUERY).await.shows(&["cannot reach", QUERY]);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for() {
    let options = Options { tls: true, certificate: Certificate::Plain, ..small() };
    let mut console = Console::with(options, 120, 36, |_| {}).await;
    console.shows(&["not trusted", "certificate is not trusted", "set ca_file"]);
    console.press("esc !").await;
    console.shows(&["Error:", "self-signed"]);
}

#[tokio::test]
async fn http_where_https_is_spoken() {
    let options = Options { tls: true, ..small() };
    let console = Console::with(options, 120, 36, |settings| {
        let url = settings.url.as_str().replace("https://", "http://");
        settings.url = url.parse().unwrap();
    })
    .await;
    console.shows(&["the server expects HTTPS, not HTTP", "start the profile's url with https://"]);
}

#[tokio::test]
async fn https_where_http_is_spoken() {
    let console = Console::with(small(), 120, 36, |settings| {
        let url = settings.url.as_str().replace("http://", "https://");
        settings.url = url.parse().unwrap();
    })
    .await;
    console.shows(&["not with TLS", "check the port"]);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_kept_and_sent_only_when_asked_twice() {
    let mut console = Console::start().await;
    console.search("process_name:net.exe").await;
    console.asked();
    console.search("(process_name:net.exe").await;
    console.shows(&["^ Unclosed (", "Not run", "Press Enter again to run it anyway"]);
    assert_eq!(console.asked(), Vec::<String>::new());
    console.press("enter").await;
    console.shows(&["the server cannot read the query: query_malformed_syntax", "(process_name:net.exe"]);
    console.press("i").await.write(")").await.press("enter").await;
    console.lacks("cannot read").shows(&["net.exe"]);
}

#[tokio::test]
async fn giving_up_keeps_what_is_known_and_the_next_search_works() {
    let mut console = Console::start().await;
    console.search(QUERY).await.press("esc").await;
    console.sim.add_fault(Fault::new(Mode::Hang).for_target("^/api/v1/process?"));
    console.hold("r ctrl-c").await;
    console.shows(&["net  use y:", "Request cancelled"]).lacks("in flight");
    console.sim.clear_faults();
    console.search("process_name:winword.exe").await.shows(&["winword.exe"]);
}

#[tokio::test]
async fn what_fails_beside_the_list_fails_in_its_own_pane() {
    let mut console = Console::start().await;
    console.sim.add_fault(Fault::new(Mode::Internal).for_target("^/api/v1/sensor"));
    console.search(QUERY).await;
    console.shows(&["net  use y:", "ntoskrnl.exe", "the server answered 500", "Signed by Microsoft"]);
    console.sim.clear_faults();
    console.press("esc r").await;
    console.shows(&["NOT ISOLATED"]).lacks("answered 500");
}

#[tokio::test]
async fn a_walk_that_fails_half_way_keeps_what_it_has() {
    let mut console = Console::start().await;
    // The second summary of the walk fails, and with it what comes after.
    console.sim.add_fault(Fault::new(Mode::Internal).for_target("/00000003-0000-0618"));
    console.search(QUERY).await;
    console.shows(&["answered 500", "cmd.exe", "more ancestors not loaded"]).lacks("ntoskrnl.exe");
    console.sim.clear_faults();
    console.press("esc r").await;
    console.shows(&["ntoskrnl.exe"]).lacks("answered 500");
}

#[tokio::test]
async fn giving_up_a_request_that_hangs_keeps_what_is_known_and_the_next_search_works() {
    let mut console = Console::start().await;
    console.search(QUERY).await.press("esc").await;
    console.sim.add_fault(Fault::new(Mode::Hang));
    console.press_while_asked("r", "ctrl-c").await;
    console.shows(&["net  use y:", "ntoskrnl.exe", "NOT ISOLATED"]).shows(&["Request cancelled"]).lacks("in flight");
    console.sim.clear_faults();
    console.search("process_name:winword.exe").await.shows(&["winword.exe"]);
}

#[tokio::test]
async fn answers_of_wrong_types_all_over_leave_a_console_that_can_be_used() {
    let mut console = Console::start().await;
    console.sim.add_fault(Fault::new(Mode::WrongTypes));
    console.search("process_name:svchost.exe").await;
    console.shows(&["unreadable", "ISOLATION UNKNOWN"]);
    console.press("esc").await;
    for _ in 0..6 {
        console.press("j y y y c y h y n y j enter k g r esc 1").await;
        console.shows(&["Processes  "]);
    }
    console.sim.clear_faults();
    // The first refresh brings the rows; the host of the row that now stands there was known, if badly.
    console.press("r r").await;
    console.shows(&["requested no", "Signed"]).lacks("unreadable");
}

#[tokio::test]
async fn a_terminal_that_is_too_small_says_so_and_recovers() {
    let mut console = Console::start().await;
    console.search(QUERY).await;
    let below_the_counts =
        |console: &Console| -> Vec<String> { console.text().lines().skip(1).map(str::to_owned).collect() };
    let before = below_the_counts(&console);
    console.resize(20, 5).await;
    assert_eq!(console.text(), "Terminal too small\n(need 40x8)\n\n\n\n");
    // Keys do on an unseen screen what they do on a visible one.
    console.press("j k ? esc tab esc G g g").await;
    for (width, height) in [(1, 1), (0, 0), (3, 100), (300, 1), (20, 5)] {
        console.resize(width, height).await;
    }
    console.resize(120, 36).await;
    assert_eq!(below_the_counts(&console), before);
}

#[tokio::test]
async fn a_chain_that_is_refreshed_and_fails_half_way_stays_as_it_was() {
    let mut console = Console::start().await;
    console.search(QUERY).await.press("esc").await;
    console.shows(&["ntoskrnl.exe"]);
    // With the summary of the process comes its parent; that of its grandparent fails.
    console.sim.add_fault(Fault::new(Mode::Internal).for_target("/00000003-0000-0c34"));
    console.press("r").await;
    console.shows(&["5 more above", "userinit.exe", "answered 500", "not current"]).lacks("not loaded");
    console.sim.clear_faults();
    console.press("r").await;
    console.shows(&["ntoskrnl.exe"]).lacks("not current");
}
