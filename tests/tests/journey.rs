//! The journey of a generation over real sockets and the real AWS SDK: what a user could observe, and nothing else.

mod journey {
    mod access;
    mod bad_images;
    mod cancel;
    mod corrupt;
    mod delete;
    mod health;
    mod peer;
    mod pictures;
    mod provider;
    mod quota;
    mod recover;
    mod refusals;
    mod restart;
    mod resume;
    mod servers;
    mod successors;
    mod uploads;
    mod versions;
    mod whole;
}
