//! When to stop.

/// Done when the operator (SIGINT) or the platform (SIGTERM) asks the program to end.
pub async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // An error says that the signal cannot be waited for; then there is nothing to wait for.
    let _ = tokio::signal::ctrl_c().await;
}
