//! A simulator and a client without any cleverness.

use std::time::Duration;

use lampblack::{
    model::Clock,
    sim::{self, Options, Running},
};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;

/// A simulator and an HTTP client.
pub(crate) struct Lab {
    pub(crate) sim: Running,
    pub(crate) client: Client,
}

impl Lab {
    pub(crate) async fn start(options: Options) -> Self {
        Self { sim: sim::start(options).await.unwrap(), client: client().build().unwrap() }
    }

    pub(crate) async fn small() -> Self {
        Self::start(small()).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let url = format!("{}{path}", self.sim.url);
        let mut request = self.client.request(method, url).header("X-Auth-Token", &self.sim.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> StatusCode {
        self.send(Method::PUT, path, Some(body)).await.status()
    }

    pub(crate) async fn delete(&self, path: &str) -> StatusCode {
        self.send(Method::DELETE, path, None).await.status()
    }

    /// What a change is answered with, when it is made.
    pub(crate) async fn made(&self, path: &str, body: Value) -> Value {
        let response = self.send(Method::POST, path, Some(body)).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    pub(crate) async fn status(&self, path: &str) -> u16 {
        self.get(path).await.status().as_u16()
    }

    /// A process search with parameters that need escaping.
    pub(crate) async fn search(&self, params: &[(&str, &str)]) -> Value {
        self.json(&format!("/api/v1/process?{}", form(params))).await
    }

    /// The rows of all pages.
    pub(crate) async fn pages(&self, params: &[(&str, &str)], rows: usize) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let (start, size) = (all.len().to_string(), rows.to_string());
            let mut params = params.to_vec();
            params.extend([("start", start.as_str()), ("rows", size.as_str())]);
            let page = self.search(&params).await;
            let page = page["results"].as_array().unwrap();
            if page.is_empty() {
                return all;
            }
            all.extend(page.iter().cloned());
        }
    }

    /// The hash of the only binary that was seen under a name, as binary documents spell it.
    pub(crate) async fn md5(&self, name: &str) -> String {
        let params = form(&[("q", &format!("observed_filename:{name}"))]);
        let found = self.json(&format!("/api/v1/binary?{params}")).await;
        assert_eq!(found["total_results"], 1, "{name}");
        found["results"][0]["md5"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn truth(&self, params: &[(&str, &str)]) -> Value {
        self.json(&format!("/_sim/truth?{}", form(params))).await
    }
}

pub(crate) fn client() -> reqwest::ClientBuilder {
    // The crate is built without a provider of its own.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy()
}

pub(crate) fn small() -> Options {
    Options {
        processes: 2_000,
        sensors: 16,
        checkin: Duration::ZERO,
        clock: Clock::Fixed("2021-03-04T18:00:00Z".parse().unwrap()),
        ..Options::default()
    }
}

pub(crate) fn form(params: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish()
}

pub(crate) fn ids(rows: &[Value], field: &str) -> Vec<String> {
    let text = |row: &Value| row[field].as_str().unwrap().to_owned();
    rows.iter().map(text).collect()
}

pub(crate) fn rows(answer: &Value) -> &[Value] {
    answer["results"].as_array().unwrap()
}

pub(crate) fn time(value: &Value) -> jiff::Timestamp {
    value.as_str().unwrap().parse().unwrap()
}
