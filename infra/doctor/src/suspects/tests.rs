use super::*;

fn place(surroundings: Surroundings) -> Place {
    Place {
        host: "pages.example".to_owned(),
        port: 7001,
        secure: false,
        surroundings,
        socket_path: "/generate-code".to_owned(),
        proxy: None,
        token: TokenState::Absent,
    }
}

fn first(symptom: &Symptom, place: &Place) -> Cause {
    suspects(symptom, place)[0].cause
}

fn not_upgraded(status: u16) -> Symptom {
    Symptom::NotUpgraded { status, body: String::new() }
}

#[test]
fn a_refused_port_is_a_server_that_is_not_running_unless_it_answers_on_another() {
    let here = place(Surroundings::Here);
    assert_eq!(first(&Symptom::Refused { answers_at: None }, &here), Cause::NotRunning);
    assert_eq!(first(&Symptom::Refused { answers_at: Some(7001) }, &here), Cause::PortWrong);
}

#[test]
fn without_its_stage_a_handshake_fails_for_that() {
    for (surroundings, status) in [(Surroundings::Aws, 403), (Surroundings::Here, 200), (Surroundings::Elsewhere, 404)]
    {
        let at_root = Place { socket_path: "/".to_owned(), ..place(surroundings) };
        assert_eq!(first(&not_upgraded(status), &at_root), Cause::StageMissing);
        assert_ne!(first(&not_upgraded(status), &place(surroundings)), Cause::StageMissing);
    }
}

#[test]
fn a_handshake_that_lost_its_upgrade_is_a_proxys_doing() {
    for status in [200, 400, 404, 426] {
        assert_eq!(first(&not_upgraded(status), &place(Surroundings::Elsewhere)), Cause::ProxyDropsUpgrade, "{status}");
    }
}

#[test]
fn a_502_is_the_proxys_if_there_is_one_and_the_functions_if_there_is_none() {
    let proxied = Place { proxy: Some("nginx".to_owned()), ..place(Surroundings::Elsewhere) };
    assert_eq!(first(&not_upgraded(502), &proxied), Cause::ProxyCannotReach);
    assert_eq!(first(&not_upgraded(502), &place(Surroundings::Aws)), Cause::FunctionFails);
}

#[test]
fn a_token_is_missing_expired_too_early_or_bad() {
    let with = |token| Place { token, ..place(Surroundings::Aws) };
    for (token, cause) in [
        (TokenState::Absent, Cause::TokenMissing),
        (TokenState::Expired, Cause::TokenExpired),
        (TokenState::NotYetValid, Cause::ClocksApart),
        (TokenState::InTime, Cause::TokenBad),
        (TokenState::Opaque, Cause::TokenBad),
    ] {
        assert_eq!(first(&not_upgraded(401), &with(token)), cause);
        assert_eq!(first(&not_upgraded(403), &with(token)), cause, "API Gateway's authorizers may say 403");
        assert_eq!(first(&Symptom::Status { status: 401, body: String::new() }, &with(token)), cause);
    }
}

#[test]
fn each_part_and_state_has_a_cause_of_its_own() {
    for (part, state, cause) in [
        (Part::Table, State::Missing, Cause::TableMissing),
        (Part::Table, State::Forbidden, Cause::TablePermission),
        (Part::Bucket, State::Missing, Cause::BucketMissing),
        (Part::Bucket, State::Forbidden, Cause::BucketPermission),
        (Part::Key, State::Missing, Cause::KeyMissing),
        (Part::Key, State::Forbidden, Cause::SecretPermission),
        (Part::Table, State::Unavailable, Cause::StoreSilent),
        (Part::Bucket, State::Misconfigured, Cause::SettingWrong),
    ] {
        assert_eq!(first(&Symptom::Part(part, state), &place(Surroundings::Aws)), cause);
    }
}

#[test]
fn a_variants_failure_points_to_its_cause() {
    for (code, cause) in [
        ("provider_authentication", Cause::KeyRefused),
        ("provider_quota", Cause::QuotaUsedUp),
        ("provider_rate_limit", Cause::RateLimited),
        ("model_not_found", Cause::ModelRetired),
        ("provider_failed", Cause::ProviderDown),
        ("never_started", Cause::WorkerNotInvoked),
    ] {
        let failed = Symptom::Failed { code: code.to_owned(), message: String::new() };
        assert_eq!(first(&failed, &place(Surroundings::Here)), cause);
    }
}

#[test]
fn what_mends_it_is_said_for_where_it_runs_and_with_its_names() {
    let refused = Symptom::Refused { answers_at: None };
    assert!(suspects(&refused, &place(Surroundings::Here))[0].fix.contains("cargo run -- --port 7001"));
    assert!(suspects(&refused, &place(Surroundings::Aws))[0].fix.contains("aws cloudformation"));
    let stranger = Symptom::Status { status: 403, body: format!("This server {STRANGER}.") };
    let suspect = &suspects(&stranger, &place(Surroundings::Elsewhere))[0];
    assert_eq!(suspect.cause, Cause::HostNotAllowed);
    assert!(suspect.fix.contains("ALLOWED_HOSTS=pages.example"), "{}", suspect.fix);
}

#[test]
fn no_symptom_is_left_without_a_suspect_and_no_text_without_its_names() {
    let all = [
        Symptom::NotAUrl(String::new()),
        Symptom::NameUnknown,
        Symptom::Unreachable(String::new()),
        Symptom::SpeaksTls,
        Symptom::NotHttp(String::new()),
        Symptom::Silent,
        Symptom::Elsewhere("/".to_owned()),
        Symptom::Foreign,
        Symptom::Skew(1),
        Symptom::NoPolicy,
        Symptom::UpgradeBroken(String::new()),
        Symptom::NoAnswer,
        Symptom::NoPushes,
        Symptom::InvocationFailed(String::new()),
        Symptom::Closed(1006),
        Symptom::ClosedUponSize { bytes: 1, code: 1009 },
        Symptom::NeverBegan,
        Symptom::Stalled,
        Symptom::Gap { expected: 0, came: 1 },
        Symptom::Cut { after_s: 60, code: 1006 },
    ];
    let statuses = (0..600).map(|status| Symptom::Status { status, body: String::new() });
    for symptom in all.into_iter().chain(statuses).chain((0..600).map(not_upgraded)) {
        for surroundings in [Surroundings::Here, Surroundings::Aws, Surroundings::Elsewhere] {
            let found = suspects(&symptom, &place(surroundings));
            assert!(!found.is_empty(), "{symptom:?}");
            assert!(found.iter().all(|suspect| !suspect.fix.contains("{host}") && !suspect.fix.contains("{port}")));
        }
    }
}
