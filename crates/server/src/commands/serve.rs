//! Serving until told to stop.

use std::{net::SocketAddr, time::Duration};

use axum::serve::ListenerExt;
use skein_store::Db;
use tokio::{net::TcpListener, sync::watch, time::timeout};

use super::Failure;
use crate::{app::Services, config::Config, demo};

/// How long requests in flight may take when the server stops.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

pub(super) async fn serve(config: &Config) -> Result<(), Failure> {
    let services = Services::start(config).await?;
    if config.demo {
        demo::seed(&services).await?;
    }
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| Failure::of(&format!("cannot listen on {}", config.listen), error))?;
    let address = listener.local_addr().map_err(|error| Failure::of("listening", error))?;
    let tail = services.platform.db.start_tail().await.map_err(skein_types::Problem::from)?;
    let (stop, stopping) = watch::channel(false);
    let housekeeping = tokio::spawn(services.clone().housekeeping(stopping.clone()));
    let router = services.router(config, &stopping);
    services.imports.resume().await;
    announce(config, address);

    let listener = listener.tap_io(|stream| {
        // Without it the answer to a small request waits for the other side's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
    });
    let mut stopped = stopping.clone();
    let server = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        });
    let mut server = tokio::spawn(server.into_future());
    tokio::select! {
        ended = &mut server => return ended.map_err(|error| Failure::of("serving", error))?.map_err(|error| Failure::of("serving", error)),
        () = told_to_stop() => {}
    }
    tracing::info!("stopping: finishing requests, closing sockets");
    let _ = stop.send(true);
    if timeout(LAST_REQUESTS, server).await.is_err() {
        tracing::warn!("some requests took too long and were cut off");
    }
    if timeout(LAST_REQUESTS, services.imports.suspend()).await.is_err() {
        tracing::warn!("an import took too long to rest and was cut off");
    }
    tail.abort();
    housekeeping.abort();
    services.platform.db.close().await;
    Ok(())
}

pub(super) async fn migrate(config: &Config) -> Result<(), Failure> {
    let db = Db::open(&config.db()).await.map_err(skein_types::Problem::from)?;
    let taken = db.migrate().await.map_err(skein_types::Problem::from)?;
    match taken.as_slice() {
        [] => println!("The schema is up to date."),
        steps => println!("Took the steps {steps:?}."),
    }
    db.close().await;
    Ok(())
}

fn announce(config: &Config, address: SocketAddr) {
    let url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    println!("Skein is ready on {url}");
    if config.demo {
        println!("{}", demo::SIGN_INS);
    }
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
