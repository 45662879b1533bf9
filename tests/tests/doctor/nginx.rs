//! The snippet of `docs/troubleshooting.md` in the real nginx, and what `doctor` says when a line of it is missing. Skipped where
//! there is no nginx, unless `NGINX_REQUIRED` is set, as CI does.

use super::{examine, suspects, text, to};
use ::doctor::{Doctor, Step};
use end_to_end::{Authority, start};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const DOCUMENT: &str = include_str!("../../../docs/troubleshooting.md");

/// The snippet between its marks.
fn snippet() -> &'static str {
    let (_, rest) = DOCUMENT.split_once("<!-- nginx -->\n```nginx\n").unwrap();
    rest.split_once("```\n<!-- end of nginx -->").unwrap().0
}

fn is_there() -> bool {
    let found = Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !found {
        assert!(std::env::var_os("NGINX_REQUIRED").is_none(), "nginx is not installed");
        eprintln!("skipped: nginx is not installed (apt-get install nginx-light)");
    }
    found
}

/// nginx with the snippet, in front of a stack. It ends with its value.
struct Nginx {
    child: Child,
    port: u16,
    root: Vec<u8>,
    _place: TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Nginx {
    async fn before(stack: SocketAddr, change: impl FnOnce(String) -> String) -> Self {
        let (place, authority) = (TempDir::new().unwrap(), Authority::default());
        let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let (certificate, key) = authority.files("localhost");
        std::fs::write(place.path().join("fullchain.pem"), certificate).unwrap();
        std::fs::write(place.path().join("privkey.pem"), key).unwrap();
        let server = snippet()
            .replace("listen 443 ssl", &format!("listen 127.0.0.1:{port} ssl"))
            .replace("quartet.example;", "localhost;")
            .replace("/etc/letsencrypt/live/quartet.example", place.path().to_str().unwrap())
            .replace("127.0.0.1:7001", &stack.to_string());
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {}/{kind};\n", place.path().display()))
            .concat();
        let whole = format!(
            "daemon off; master_process off; pid {0}/pid; error_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{1}\n}}",
            place.path().display(),
            change(server),
        );
        let file = place.path().join("nginx.conf");
        std::fs::write(&file, whole).unwrap();
        let child = Command::new("nginx").arg("-p").arg(place.path()).arg("-c").arg(&file).spawn().unwrap();
        let nginx = Self { child, port, root: authority.root(), _place: place };
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        nginx
    }

    fn doctor(&self) -> Doctor {
        Doctor { more_roots: self.root.clone(), ..to(format!("https://localhost:{}", self.port)) }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_nginx_passes_everything_on() {
    if !is_there() {
        return;
    }
    let (_place, stack) = start().await;
    let nginx = Nginx::before(stack.addresses().public, |snippet| snippet).await;
    let report = examine(Doctor { idle: Some(Duration::from_secs(1)), ..nginx.doctor() }).await;
    let text = text(&report);
    assert!(report.passed() && text.contains("through nginx"), "{text}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_nginx_without_one_of_these_lines_is_the_first_suspect() {
    if !is_there() {
        return;
    }
    let (_place, stack) = start().await;
    let public = stack.addresses().public;
    let without = |line: &'static str| {
        move |snippet: String| snippet.lines().filter(|text| !text.contains(line)).collect::<Vec<_>>().join("\n")
    };
    let nginx = Nginx::before(public, without("proxy_set_header Upgrade")).await;
    suspects(nginx.doctor(), Step::Upgrade, "proxy_drops_upgrade").await;
    // nginx answers plain HTTP on such a port, with a 400; that is not what is wrong.
    suspects(Doctor { more_roots: Vec::new(), ..nginx.doctor() }, Step::Tls, "certificate_untrusted").await;
    let nginx =
        Nginx::before(public, |snippet| snippet.replace("proxy_read_timeout 2h", "proxy_read_timeout 2s")).await;
    suspects(Doctor { idle: Some(Duration::from_secs(5)), ..nginx.doctor() }, Step::Idle, "proxy_cuts_idle").await;
    let nginx = Nginx::before(public, |snippet| snippet.replace("Host $host", "Host quartet.example")).await;
    suspects(nginx.doctor(), Step::Health, "host_not_allowed").await;
    stack.stop().await;
    let nginx = Nginx::before(public, |snippet| snippet).await;
    suspects(nginx.doctor(), Step::Health, "proxy_cannot_reach").await;
}
