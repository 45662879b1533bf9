//! The causes, each with what mends it. `docs/troubleshooting.md` shows the same table.

/// Why a step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each has its words in the table below")]
pub enum Cause {
    UrlWrong,
    NameWrong,
    NotRunning,
    PortWrong,
    Firewall,
    SchemeWrong,
    PathWrong,
    StageMissing,
    AnotherServer,
    CertificateExpired,
    CertificateUntrusted,
    CertificateOfAnother,
    ClocksApart,
    ProxyCannotReach,
    ProxyDropsUpgrade,
    ProxyCutsIdle,
    ProxyStripsHeaders,
    ProxyLimitsSize,
    HostNotAllowed,
    FunctionFails,
    TokenMissing,
    TokenBad,
    TokenExpired,
    NotYours,
    KeyMissing,
    KeyRefused,
    QuotaUsedUp,
    RateLimited,
    ModelRetired,
    ProviderDown,
    TableMissing,
    TablePermission,
    BucketMissing,
    BucketPermission,
    SecretPermission,
    StoreSilent,
    SettingWrong,
    PushesLost,
    MessageTooLarge,
    WorkerNotInvoked,
    Defect,
}

/// A cause in words. `{host}` and `{port}` stand for the deployment's.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The cause.
    pub cause: Cause,
    /// Its stable name, for machines.
    pub name: &'static str,
    /// The cause, as a sentence.
    pub title: &'static str,
    /// What mends it on one machine and behind a proxy.
    pub here: &'static str,
    /// What mends it on AWS, where that is something else.
    pub on_aws: Option<&'static str>,
}

const fn entry(cause: Cause, name: &'static str, title: &'static str, here: &'static str) -> Entry {
    Entry { cause, name, title, here, on_aws: None }
}

const fn on_aws(entry: Entry, text: &'static str) -> Entry {
    Entry { on_aws: Some(text), ..entry }
}

/// Every cause.
#[rustfmt::skip]
pub const CAUSES: [Entry; 41] = [
    entry(Cause::UrlWrong, "url_wrong", "The URL cannot be read.",
        "Give the page's URL, as http://127.0.0.1:7001, or the output PageUrl of the stack."),
    entry(Cause::NameWrong, "name_wrong", "The host's name is wrong, or this machine has no name service.",
        "Compare {host} with the URL that works elsewhere; `getent hosts {host}` shows what this machine knows."),
    on_aws(entry(Cause::NotRunning, "not_running", "The server is not running.",
        "Start it: `cargo run -- --port {port}`; under systemd: `systemctl status quartet`."),
        "Look at the stack: `aws cloudformation describe-stacks --query 'Stacks[].StackStatus'`."),
    entry(Cause::PortWrong, "port_wrong", "The port is wrong.",
        "`cargo run` says at its start where it is; without --port that is 7001. `ss -ltnp` lists what listens."),
    entry(Cause::Firewall, "firewall", "A firewall or a missing route is in between.",
        "Try it from the server's own machine; then open port {port} in the firewall or security group."),
    entry(Cause::SchemeWrong, "scheme_wrong", "The scheme is wrong: TLS on one side, plain text on the other.",
        "Use https:// and wss:// with a server that has a certificate, http:// and ws:// with one that has none (`cargo run`)."),
    entry(Cause::PathWrong, "path_wrong", "The path is wrong.",
        "The page is at /, the API at /api/, the WebSocket at /generate-code; a proxy has to pass paths on unchanged."),
    on_aws(entry(Cause::StageMissing, "stage_missing", "The stage's name is missing from the WebSocket's URL.",
        "Add /generate-code to its end: ws://{host}:{port}/generate-code; check the setting WEBSOCKET_URL."),
        "Add /generate-code to its end: wss://{host}/generate-code; it is the stack's output SocketUrl."),
    entry(Cause::AnotherServer, "another_server", "Another program answers on this port.",
        "`ss -ltnp 'sport = :{port}'` names it; stop it, or start Quartet with another --port."),
    entry(Cause::CertificateExpired, "certificate_expired", "The certificate has expired.",
        "Renew it: `certbot renew`, or reload Caddy, and let the proxy read it again: `nginx -s reload`."),
    entry(Cause::CertificateUntrusted, "certificate_untrusted", "The certificate is self-signed, or its chain is not complete.",
        "Serve the whole chain (fullchain.pem), use a public authority, or trust yours: `doctor --ca root.pem`, and in each browser."),
    entry(Cause::CertificateOfAnother, "certificate_of_another", "The certificate is for another name.",
        "Ask under a name that it holds, or get one for {host}; a proxy may be serving its default site."),
    entry(Cause::ClocksApart, "clocks_apart", "The clocks of this machine and the server disagree.",
        "`timedatectl` on both: switch NTP on with `timedatectl set-ntp true`. Signatures and tokens fail from five minutes on."),
    on_aws(entry(Cause::ProxyCannotReach, "proxy_cannot_reach", "The proxy does not reach Quartet.",
        "Start it (`cargo run`), and compare its port with the proxy's `proxy_pass` or `reverse_proxy`."),
        "The integration fails: `aws logs tail /aws/lambda/STACK-api --since 10m`."),
    entry(Cause::ProxyDropsUpgrade, "proxy_drops_upgrade", "A proxy does not pass the WebSocket's Upgrade on.",
        "nginx: `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \"upgrade\";`. Caddy does it by itself."),
    entry(Cause::ProxyCutsIdle, "proxy_cuts_idle", "A proxy cuts connections that are idle.",
        "nginx: `proxy_read_timeout 2h; proxy_send_timeout 2h;` (60 s otherwise). The page pings every 4 minutes; API Gateway cuts after 10."),
    entry(Cause::ProxyStripsHeaders, "proxy_strips_headers", "A proxy takes the Content-Security-Policy out of answers.",
        "Look for `proxy_hide_header` or `header -Content-Security-Policy` in its configuration."),
    entry(Cause::ProxyLimitsSize, "proxy_limits_size", "A proxy or gateway takes smaller messages than Quartet sends.",
        "nginx: `client_max_body_size 40m;` for HTTP; for WebSockets look for a frame limit in the proxy or its firewall."),
    entry(Cause::HostNotAllowed, "host_not_allowed", "Quartet takes requests of its own machine only.",
        "Name the proxy's host: `ALLOWED_HOSTS={host} cargo run`, and let the proxy pass Host on."),
    on_aws(entry(Cause::FunctionFails, "function_fails", "A function fails.",
        "Read the server's log, or `.quartet/logs/`: the line with `worker_failed`, `step_failed` or `misconfigured` says why."),
        "`aws logs tail /aws/lambda/STACK-socket --since 10m` (or -api, -variant): `misconfigured` names a setting."),
    entry(Cause::TokenMissing, "token_missing", "The deployment wants a token and none was sent.",
        "`doctor --token TOKEN`; the deployment's setting AUTH says of which kind."),
    entry(Cause::TokenBad, "token_bad", "The token is not accepted.",
        "Compare it with the server's settings (AUTH, and its key, issuer and audience); a copied token may have lost its end."),
    entry(Cause::TokenExpired, "token_expired", "The token has expired.",
        "Sign in again for a new one."),
    entry(Cause::NotYours, "not_yours", "The token is valid and may not do this.",
        "Use an account that may; on API Gateway a 403 is also a wrong path or a missing stage."),
    on_aws(entry(Cause::KeyMissing, "key_missing", "There is no key for the provider.",
        "`echo 'OPENAI_API_KEY=sk-...' >> .env` and start again; without OPENAI_BASE_URL the demo model answers instead."),
        "`aws secretsmanager create-secret --name quartet/openai-api-key --secret-string sk-...`"),
    on_aws(entry(Cause::KeyRefused, "key_refused", "The provider refuses the key.",
        "Make a new key at the provider and put it into OPENAI_API_KEY; check that OPENAI_BASE_URL is its server."),
        "`aws secretsmanager put-secret-value --secret-id quartet/openai-api-key --secret-string sk-...`, then deploy again."),
    entry(Cause::QuotaUsedUp, "quota_used_up", "The provider's account has no credit left.",
        "Add credit at the provider (OpenAI: platform.openai.com/settings/organization/billing)."),
    entry(Cause::RateLimited, "rate_limited", "Too many requests.",
        "Wait a minute; then look at the provider's limits of the account, and at the deployment's own."),
    entry(Cause::ModelRetired, "model_retired", "A model has been shut down, or the provider does not know it.",
        "Name another in MODELS (docs/providers.md lists shutdown dates and successors), or its successor in MODEL_CATALOGUE."),
    entry(Cause::ProviderDown, "provider_down", "The provider fails or does not answer.",
        "Look at its status page, and at OPENAI_BASE_URL; then `cargo run -- trace GENERATION_ID`."),
    on_aws(entry(Cause::TableMissing, "table_missing", "The table does not exist.",
        "Start again: `cargo run` makes it. If the data directory was deleted under a running server, that is why."),
        "The setting TABLE names none in this Region: `aws dynamodb describe-table --table-name NAME`; deploy again."),
    on_aws(entry(Cause::TablePermission, "table_permission", "The function may not use the table.",
        "On one machine nothing is forbidden: look at AWS_ENDPOINT_URL_DYNAMODB."),
        "Deploy the template's roles again; look for an SCP or a permissions boundary that denies dynamodb:Query."),
    on_aws(entry(Cause::BucketMissing, "bucket_missing", "The bucket does not exist.",
        "Start again: `cargo run` makes it. If the data directory was deleted under a running server, that is why."),
        "The setting BUCKET names none: `aws s3api head-bucket --bucket NAME`; deploy again."),
    on_aws(entry(Cause::BucketPermission, "bucket_permission", "The function may not use the bucket.",
        "The data directory has to be writable: `ls -ld .quartet/s3`."),
        "Deploy the template's roles again; look for a bucket policy or an SCP that denies s3:GetObject or s3:ListBucket."),
    entry(Cause::SecretPermission, "secret_permission", "The function may not see the key's secret.",
        "The parameter OpenAiKeySecret has to be the secret's name without its six characters; deploy again."),
    on_aws(entry(Cause::StoreSilent, "store_silent", "A store does not answer in time.",
        "The disk of the data directory is full or busy: `df .quartet`, `iostat -x 1`."),
        "Look at the Region's health page and at the table's throttles on the dashboard."),
    entry(Cause::SettingWrong, "setting_wrong", "A setting is wrong.",
        "The log's line `misconfigured` names it."),
    on_aws(entry(Cause::PushesLost, "pushes_lost", "What the functions push does not reach the browser.",
        "The log's lines `push_failed` say why; a proxy may hold answers back: nginx `proxy_buffering off;`."),
        "CONNECTIONS_ENDPOINT has to be https://ID.execute-api.REGION.amazonaws.com/generate-code, and the role needs execute-api:ManageConnections."),
    entry(Cause::MessageTooLarge, "message_too_large", "The message is larger than the gateway takes.",
        "API Gateway takes frames of 32 KB and messages of 128 KB: upload what is larger (POST /api/uploads), as quartet.js does."),
    on_aws(entry(Cause::WorkerNotInvoked, "worker_not_invoked", "No worker takes the variant up.",
        "`cargo run -- trace GENERATION_ID` names the last stage; the sweep tries again after 30 s."),
        "`aws logs tail /aws/lambda/STACK-variant --since 10m`; WorkerConcurrency may be used up, or the account's limit."),
    entry(Cause::Defect, "defect", "This should not happen: it is a defect of Quartet or of a proxy that changes what it passes on.",
        "Please report it with `doctor --json` and `cargo run -- trace GENERATION_ID`."),
];

impl Cause {
    /// The cause in words.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        // The last one is the one without words of its own.
        CAUSES.iter().find(|entry| entry.cause == self).unwrap_or(&CAUSES[CAUSES.len() - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_cause_has_one_entry_with_a_name_of_its_own_and_says_what_to_do() {
        let names: HashSet<_> = CAUSES.iter().map(|entry| entry.name).collect();
        let causes: HashSet<_> = CAUSES.iter().map(|entry| entry.cause).collect();
        assert_eq!((names.len(), causes.len()), (CAUSES.len(), CAUSES.len()));
        assert_eq!(Cause::Defect as usize + 1, CAUSES.len(), "each variant is in the table");
        for entry in CAUSES {
            assert!(entry.title.ends_with('.') && entry.here.len() > 10, "{entry:?}");
        }
    }
}
