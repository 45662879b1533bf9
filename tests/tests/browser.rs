//! What a person meets: the page in a real Chromium, before the real stack on this machine. Without a Chromium these tests
//! say so in one line and are skipped; where `CHROMIUM` names one, its absence is a failure.

mod browser {
    mod accessible;
    mod auth;
    mod change;
    mod chromium;
    mod come_back;
    mod delete;
    mod hostile;
    mod images;
    mod journey;
    mod keep;
    mod keyboard;
    mod narrow;
    mod pictures;
    mod provider;
    mod scripted;
    mod stop;
    mod take_along;
    mod watch;
    mod web_tokens;
    mod weight;
}
