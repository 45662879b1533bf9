//! The journey of a generation over real sockets and the real AWS SDK: what a user could observe, and nothing else.

mod journey {
    mod bad_images;
    mod cancel;
    mod corrupt;
    mod peer;
    mod provider;
    mod recover;
    mod refusals;
    mod restart;
    mod resume;
    mod uploads;
    mod whole;
}
