//! Routes: those that API Gateway is told of are those that the handlers have.

use crate::document::{resources, template};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn keys_of(template: &Value, api: &str) -> BTreeSet<String> {
    let routes = resources(template, "AWS::ApiGatewayV2::Route");
    let of_api: Vec<_> = routes.iter().filter(|(_, route)| route["ApiId"]["Ref"] == api).collect();
    for (name, route) in &of_api {
        let integration = if api == "HttpApi" { "HttpIntegration" } else { "WebSocketIntegration" };
        assert_eq!(route["Target"], json!({"Fn::Sub": format!("integrations/${{{integration}}}")}), "{name}");
    }
    of_api.iter().map(|(_, route)| route["RouteKey"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_http_api_has_exactly_the_routes_of_its_handler() {
    let expected: BTreeSet<String> = api::Route::ALL.into_iter().map(|route| route.key().to_owned()).collect();
    assert_eq!(keys_of(&template(), "HttpApi"), expected);
}

#[test]
fn the_websocket_api_has_exactly_the_routes_of_its_handler() {
    let expected: BTreeSet<String> =
        socket::MESSAGE_ROUTES.into_iter().chain(["$connect", "$disconnect"]).map(str::to_owned).collect();
    let template = template();
    assert_eq!(keys_of(&template, "WebSocketApi"), expected);
    let stages = resources(&template, "AWS::ApiGatewayV2::Stage");
    let names: Vec<&Value> = stages
        .iter()
        .filter(|(_, stage)| stage["ApiId"]["Ref"] == "WebSocketApi")
        .map(|(_, stage)| &stage["StageName"])
        .collect();
    assert_eq!(names, [local::gateway::STAGE], "the stage is the path of the socket on one machine, too");
}

/// The local gateway's answers to other sites' pages are held to the same in the journey's tests.
#[test]
fn pages_of_other_sites_may_call_only_if_they_are_named() {
    let template = template();
    assert_eq!(template["Parameters"]["CorsOrigins"]["Default"], "", "nobody, unless it is said");
    assert_eq!(template["Conditions"]["IsShared"]["Fn::Not"][0]["Fn::Equals"], json!([{"Ref": "CorsOrigins"}, ""]));
    let apis = resources(&template, "AWS::ApiGatewayV2::Api");
    let (_, http) = apis.iter().find(|(name, _)| name == "HttpApi").unwrap();
    let choice = http["CorsConfiguration"]["Fn::If"].as_array().unwrap();
    assert_eq!((&choice[0], &choice[2]), (&json!("IsShared"), &json!({"Ref": "AWS::NoValue"})));
    let named = &choice[1];
    assert_eq!(named["AllowOrigins"], json!({"Fn::Split": [",", {"Ref": "CorsOrigins"}]}));
    assert!(named.get("AllowCredentials").is_none(), "there are no cookies");
    let texts = |value: &Value| -> BTreeSet<String> {
        value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let methods: BTreeSet<String> = api::Route::ALL
        .into_iter()
        .filter_map(|route| route.key().split_once(' '))
        .map(|(method, _)| method.to_owned())
        .collect();
    assert_eq!(texts(&named["AllowMethods"]), methods);
    assert_eq!(
        texts(&named["AllowHeaders"]),
        ["authorization", "content-type", "idempotency-key"].map(str::to_owned).into()
    );
    let (_, bucket) = resources(&template, "AWS::S3::Bucket").into_iter().find(|(name, _)| name == "Bucket").unwrap();
    let rules = bucket["CorsConfiguration"]["CorsRules"].as_array().unwrap();
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0]["AllowedMethods"], json!(["PUT"]), "what is read is read through the API");
    assert!(!rules[0]["AllowedOrigins"].to_string().contains('*'));
}

/// API Gateway sends a function's answer to a WebSocket client only through a route response, and only `ping` answers.
#[test]
fn only_the_route_that_answers_has_a_route_response() {
    let template = template();
    let answering: Vec<String> = resources(&template, "AWS::ApiGatewayV2::Route")
        .into_iter()
        .filter(|(_, route)| route.get("RouteResponseSelectionExpression").is_some())
        .map(|(name, _)| name)
        .collect();
    let responses: Vec<String> = resources(&template, "AWS::ApiGatewayV2::RouteResponse")
        .into_iter()
        .map(|(_, response)| response["RouteId"]["Ref"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(answering, ["PingSocketRoute"]);
    assert_eq!(responses, answering);
}

/// A token may be in the query of a handshake and a link's in any request's, and what a stage logs is not the functions' to keep clean.
#[test]
fn no_stage_writes_down_what_clients_send_and_each_is_throttled() {
    for (name, stage) in resources(&template(), "AWS::ApiGatewayV2::Stage") {
        assert!(stage.get("AccessLogSettings").is_none() && stage.get("RouteSettings").is_none(), "{name}");
        let rate = json!({"Ref": "RequestRate"});
        let burst = json!({"Ref": "RequestBurst"});
        let settings = json!({"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst});
        assert_eq!(stage["DefaultRouteSettings"], settings, "{name}: and no execution logs");
    }
}

/// What is not signed by a role of this stack's or by the API is nobody's.
#[test]
fn nothing_in_the_bucket_is_public() {
    let template = template();
    let all = json!({"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true});
    for (name, bucket) in resources(&template, "AWS::S3::Bucket") {
        assert_eq!(bucket["PublicAccessBlockConfiguration"], all, "{name}");
    }
    for (name, policy) in resources(&template, "AWS::S3::BucketPolicy") {
        let statements = policy["PolicyDocument"]["Statement"].as_array().unwrap();
        assert!(statements.iter().all(|statement| statement["Effect"] == "Deny"), "{name}");
    }
}
