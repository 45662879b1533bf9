//! `doctor` against real servers: a healthy stack passes, and of a broken one the first suspect is what is broken.

mod doctor {
    mod faults;
    mod healthy;
    mod nginx;
    mod proxies;
    mod transport;

    use ::doctor::{Doctor, Report, Step};
    use boot::SystemClock;
    use std::net::SocketAddr;
    use std::sync::Arc;

    fn to(url: impl Into<String>) -> Doctor {
        Doctor { likely_ports: Vec::new(), ..Doctor::new(url, Arc::new(SystemClock)) }
    }

    fn at(address: SocketAddr) -> Doctor {
        to(format!("http://{address}"))
    }

    async fn examine(doctor: Doctor) -> Report {
        doctor.examine(&mut |_| {}).await
    }

    fn text(report: &Report) -> String {
        let steps: Vec<String> = report.steps.iter().map(::doctor::Examined::text).collect();
        format!("{}\n{}", steps.join("\n"), report.conclusion())
    }

    /// The deployment fails at this step, and this is the first suspect.
    async fn suspects(doctor: Doctor, step: Step, cause: &str) {
        let report = examine(doctor).await;
        let text = text(&report);
        assert!(!report.passed(), "{text}");
        assert_eq!(report.first_failure().map(|failed| failed.step), Some(step), "{text}");
        let suspect = report.first_suspect().unwrap();
        assert_eq!(suspect.cause.entry().name, cause, "{text}");
        assert!(!suspect.fix.is_empty() && text.contains(&suspect.fix), "it says what mends it");
    }
}
