//! What a provider refuses stands in the pane of its model, and the others go on.

use crate::browser::scripted::Scripted;
use end_to_end::browser::{App, Emulated, Name};
use serde_json::json;

const AT_LAST: &str = "<!DOCTYPE html><html><head><title>A</title></head><body><h1>At last</h1></body></html>";

#[tokio::test(flavor = "multi_thread")]
async fn each_pane_says_what_its_provider_refused_and_what_to_do() {
    let models = "demo-status-401,demo-quota,demo-refusal,demo-a";
    let Some(app) = App::open(&[("MODELS", models)]).await else { return };
    let id = app.ask_for("A page").await;
    app.pane(&app.tab, "demo-a").await.until_text("Done").await;
    let record = app.ended(&id).await;
    assert_eq!(record["status"], "partial", "{record}");
    for index in 0..3 {
        let variant = &record["variants"][index];
        let pane = app.pane(&app.tab, variant["model"].as_str().unwrap()).await;
        let said = pane.until_text("Failed").await;
        let message = variant["error"]["message"].as_str().unwrap();
        assert!(said.contains(message), "{said:?} does not say {message:?}");
    }
    app.assert_no_complaints();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pane_says_what_its_page_took_and_cost_and_of_an_unknown_price_nothing() {
    let model = Scripted::start().await;
    let catalogue = json!({"models": [
        {"id": "model-a", "family": "compatible", "maxOutputTokens": 16_384, "price": {"inputUsd": 2.0, "outputUsd": 8.0}},
    ]});
    let catalogue = catalogue.to_string();
    let environment = [&model.environment()[..], &[("MODEL_CATALOGUE", catalogue.as_str())]].concat();
    let Some(app) = App::open(&environment).await else { return };
    model.write(AT_LAST);
    app.ask_for("A page").await;
    app.until_done(&app.tab).await;
    let (priced, unpriced) = (app.pane(&app.tab, "model-a").await, app.pane(&app.tab, "model-b").await);
    priced.until_text("1,000\u{a0}+\u{a0}500\u{a0}tokens").await;
    priced.until_text("$0.0060").await;
    let said = unpriced.until_text("1,000\u{a0}+\u{a0}500\u{a0}tokens").await;
    assert!(!said.contains('$'), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_failed_is_asked_again_in_its_pane_and_stays_in_the_comparison() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write(AT_LAST);
    model.refuse(4);
    let first = app.ask_for("A page").await;
    for each in ["model-a", "model-b", "model-c", "model-d"] {
        app.pane(&app.tab, each).await.until_text("Failed").await;
    }
    let retry = app.tab.find("button", "Try again with model-c").await;
    retry.focus().await;
    retry.click().await;
    app.until_previewed(&app.tab, "At last").await;
    app.pane(&app.tab, "model-c").await.until_text("Done").await;
    app.tab.until_text("Some pages are done and saved.").await;
    assert_eq!(app.accepted(&app.tab).await, first, "it is the same comparison");
    app.pane(&app.tab, "model-a").await.until_text("Failed").await;

    app.tab.find("button", "Best: pick model-c as the winner").await.click().await;
    app.tab.reload().await;
    app.until_previewed(&app.tab, "At last").await;
    let pick = Name::Is("Best: pick model-c as the winner");
    app.tab.find_where("button", pick, None, |node| node.is("pressed")).await;
    app.pane(&app.tab, "model-c").await.until_text("Done").await;
    app.pane(&app.tab, "model-d").await.until_text("Failed").await;

    app.tab.find("link", Name::Has("2. model-c, again")).await.click().await;
    app.tab.until("the repetition is open by itself", &format!("!location.hash.includes({})", json!(first))).await;
    let second = app.ended(&app.accepted(&app.tab).await).await;
    assert_eq!(
        [&second["models"], &second["parent"]],
        [&json!(["model-c"]), &json!({"generationId": first, "variantIndex": null})]
    );
    app.assert_no_complaints();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_asked_for_again_is_changed_like_any_other() {
    let model = Scripted::start().await;
    let Some(app) = App::open(&model.environment()).await else { return };
    model.write(AT_LAST);
    model.refuse(4);
    let first = app.ask_for("A page").await;
    app.tab.find("button", "Try again with model-b").await.click().await;
    app.pane(&app.tab, "model-b").await.until_text("Done").await;
    app.tab.find("button", "Change the page of model-b").await.click().await;
    app.tab.find("textbox", "What should change?").await.click().await;
    app.tab.write("Make it green").await;
    app.tab.find("button", "Change it").await.click().await;
    app.tab
        .until(
            "it is a generation of its own",
            &format!("/g.[^/]/.test(location.hash) && !location.hash.includes({})", json!(first)),
        )
        .await;
    let changed = app.ended(&app.accepted(&app.tab).await).await;
    let parent = changed["parent"]["generationId"].as_str().unwrap();
    let parent = app.http().generation(parent).await;
    assert_eq!([&parent["models"], &parent["parent"]["generationId"]], [&json!(["model-b"]), &json!(first)]);
    let told = model.asked().last().unwrap()["messages"].to_string();
    assert_eq!(told.matches("A page").count(), 1, "what was asked twice is told once: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_reached_is_said_with_its_end_and_what_was_typed_stays() {
    let languages = [
        ("en-US", "Describe the page", "Generate", "Your limit of tokens a day, 1, is reached. You can go on "),
        ("ru-RU", "Опишите страницу", "Создать", "Исчерпан ваш предел токенов в день: 1. Продолжить можно "),
    ];
    for (language, field, button, said) in languages {
        let emulated = Emulated { language, ..Emulated::default() };
        let Some(app) = App::open_as(&[("QUOTA_USER", "tokens:1")], &emulated).await else { return };
        let wish = app.tab.find("textbox", field).await;
        wish.click().await;
        app.tab.write("A bakery by the sea").await;
        app.tab.find("button", button).await.click().await;
        app.tab.until_text(said).await;
        assert_eq!(wish.value().await, "A bakery by the sea");
        app.assert_no_complaints();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_russian_browser_is_told_in_russian_what_went_wrong_and_what_to_do() {
    let russian = Emulated { language: "ru-RU", ..Emulated::default() };
    let environment = [("MODELS", "demo-status-401,demo-quota,demo-prose,demo-a")];
    let Some(app) = App::open_as(&environment, &russian).await else { return };
    app.tab.find("textbox", "Опишите страницу").await.click().await;
    app.tab.write("Пекарня").await;
    app.tab.find("button", "Создать").await.click().await;
    let said = app.pane(&app.tab, "demo-status-401").await.until_text("Ошибка").await;
    assert!(said.contains("Провайдер отверг ключ сервера. Проверьте OPENAI_API_KEY"), "{said}");
    app.pane(&app.tab, "demo-quota").await.until_text("Пополните его и повторите.").await;
    app.pane(&app.tab, "demo-a").await.until_text("Готово").await;
}
