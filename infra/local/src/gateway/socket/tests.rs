use super::*;
use crate::functions::accepting;
use crate::gateway::{Registry, Stage};
use futures_util::{sink, stream};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

fn gateway() -> Gateway {
    Gateway {
        functions: accepting::functions(),
        registry: Registry::default(),
        stage: Stage::default(),
        aws_limits: true,
        stop: CancellationToken::new(),
        open: TaskTracker::new(),
    }
}

/// A conversation with a client that says something after each of these pauses and then nothing more, and that takes so long for
/// each frame, both in milliseconds. One message waits for it. How it ended, and after how long.
async fn end_with(pauses_ms: &[u64], frame_ms: u64) -> (End, Duration) {
    let gateway = gateway();
    let origin = Origin {
        connection: new_connection_id(),
        connected_at_ms: 0,
        source_ip: "127.0.0.1".to_owned(),
        host: "localhost".to_owned(),
    };
    let outgoing = gateway.registry.open(&origin.connection, 0, String::new());
    let _taken = gateway.registry.post(&origin.connection, "a message".to_owned());
    let said = stream::iter(pauses_ms).then(|pause_ms| async move {
        sleep(Duration::from_millis(*pause_ms)).await;
        Ok(Message::Ping(Bytes::new()))
    });
    let taken = sink::unfold((), |(), _message| async move {
        sleep(Duration::from_millis(frame_ms)).await;
        Ok(())
    });
    let began = Instant::now();
    let end = converse(&gateway, &origin, Box::pin(taken), Box::pin(said.chain(stream::pending())), outgoing).await;
    (end, began.elapsed())
}

/// What is waited at the end for a client's answer to the close, and for the timer, which is as fine as a millisecond.
fn is_about(took: Duration, expected_ms: u64) -> bool {
    let expected = Duration::from_millis(expected_ms);
    (expected..expected + Duration::from_secs(3)).contains(&took)
}

#[tokio::test(start_paused = true)]
async fn a_connection_on_which_nobody_says_anything_is_closed_and_one_word_keeps_it() {
    let (before, after) = (CONNECTION_IDLE_MS_MAX - 2, CONNECTION_IDLE_MS_MAX + 2);
    for (pause_ms, expected_ms) in [(before, before + CONNECTION_IDLE_MS_MAX), (after, CONNECTION_IDLE_MS_MAX)] {
        let (end, took) = end_with(&[pause_ms], 0).await;
        assert_eq!((end.close, end.reason.as_str()), (Some(1001), "Idle timeout"));
        assert!(is_about(took, expected_ms), "{took:?} with a word after {pause_ms} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_used_all_the_time_is_closed_at_the_end_of_its_life() {
    let (end, took) = end_with(&[CONNECTION_IDLE_MS_MAX / 2; 100], 0).await;
    assert_eq!((end.close, end.reason.as_str()), (Some(1001), "Connection duration exceeded"));
    assert!(is_about(took, CONNECTION_MS_MAX), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_its_time_for_a_frame_is_waited_for_and_then_is_gone() {
    let (end, _) = end_with(&[], SEND_MS_MAX - 2).await;
    assert_eq!(end.reason, "Idle timeout", "it has taken the message");
    let (end, took) = end_with(&[], SEND_MS_MAX + 2).await;
    assert_eq!((end.code, end.close), (1006, None), "{}", end.reason);
    assert!(is_about(took, SEND_MS_MAX), "{took:?}");
}

#[tokio::test]
async fn as_many_connections_are_open_as_there_may_be_and_no_more() {
    let gateway = gateway();
    let open = |count: usize| {
        let ids = (0..count).map(|_| new_connection_id());
        ids.map(|id| gateway.registry.open(&id, 0, String::new())).collect::<Vec<_>>()
    };
    let _others = open(connections_max() - 1);
    assert_eq!(shake_hands(&gateway).await, Ok(()));
    let _one_more = open(1);
    assert_eq!(shake_hands(&gateway).await, Err(StatusCode::TOO_MANY_REQUESTS));
}

/// Asks for a connection, and gives it up at once.
async fn shake_hands(gateway: &Gateway) -> Result<(), StatusCode> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/{}", listener.local_addr().unwrap(), crate::gateway::STAGE);
    let stop = CancellationToken::new();
    let served = crate::gateway::serve(listener, crate::gateway::router(gateway.clone()), stop.clone());
    let client = async {
        let shaken = tokio_tungstenite::connect_async(url).await;
        stop.cancel();
        match shaken {
            Ok(_) => Ok(()),
            Err(tungstenite::Error::Http(answer)) => Err(answer.status()),
            Err(error) => panic!("{error}"),
        }
    };
    tokio::join!(served, client).1
}
