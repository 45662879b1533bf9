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
