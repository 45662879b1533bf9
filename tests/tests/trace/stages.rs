use super::stopped::stopped_after;
use domain::stage::STAGES;
use trace::screen;

#[tokio::test(start_paused = true)]
async fn of_a_generation_that_stops_after_a_stage_that_stage_is_named_with_what_it_means() {
    for row in &STAGES {
        let story = stopped_after(row.stage).await;
        let shown = screen(&story);
        let last = story.last().unwrap_or_else(|| panic!("{}: nothing is known:\n{shown}", row.name));
        assert_eq!(last.stage, row.stage, "{shown}");
        let conclusion = shown.lines().last().unwrap();
        assert_eq!(conclusion, format!("Last stage: {}. {}", row.name, row.last), "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stages_line_has_the_fields_that_the_table_says() {
    for row in &STAGES {
        let story = stopped_after(row.stage).await;
        let line = story.lines.iter().find(|line| line.stage == Some(row.stage)).unwrap();
        for field in row.fields {
            assert!(line.field(field).is_some(), "{} has no {field}: {line:?}", row.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_whole_life_is_told_in_order_with_its_times_its_pushes_and_its_listener() {
    let story = stopped_after(domain::stage::Stage::Done).await;
    let stages: Vec<&str> = story.lines.iter().filter_map(|line| line.stage).map(domain::stage::Stage::name).collect();
    let life = [
        "connected",
        "params_read",
        "request_saved",
        "generation_saved",
        "status_sent",
        "job_enqueued",
        "variant_claimed",
        "model_asked",
        "first_chunk",
        "raw_saved",
        "page_saved",
        "completed",
        "done",
    ];
    assert_eq!(stages, life);
    assert_eq!(story.listeners(), [super::stopped::CONNECTION]);
    let [arrived, gone, failed] = story.pushes();
    assert!(arrived > 3 && gone == 0 && failed == 0, "{arrived} {gone} {failed}");
    let phases = story.phases();
    assert_eq!((phases.len(), phases[0].attempt), (1, 1));
    let names: Vec<&str> = phases[0].spans.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["asked", "first text", "streamed", "page saved", "recorded"]);
    assert_eq!(story.unfinished(), []);
    let shown = screen(&story);
    for words in ["\"a page\"", "Completed", "attempt 1", "Pushes: ", "Listeners: connection="] {
        assert!(shown.contains(words), "{words} is missing in\n{shown}");
    }
}
