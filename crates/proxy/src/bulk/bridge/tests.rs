use std::time::Instant;

use tokio::task::spawn_blocking;

use super::*;
use crate::bulk::testing::{Memory, place};
use crate::ports::{FileForm, FileStore as _};

fn noise(length: usize) -> Vec<u8> {
    (0..length).map(|it| (it * it / 7 % 251) as u8).collect()
}

async fn ends(bridge: &Bridge, memory: &Memory) -> (Incoming, Outgoing) {
    let version = memory.head(&place("in", "a")).await.unwrap().version;
    let reader = memory.open(&place("in", "a"), &version).await.unwrap();
    let writer = memory.create(&place("out", "a"), FileForm::default()).await.unwrap();
    (bridge.incoming(reader), bridge.outgoing(writer))
}

/// Copies on a thread that may block, as far as it goes.
async fn copied(mut input: Incoming, mut output: Outgoing) -> (io::Result<u64>, Outgoing) {
    let copying = spawn_blocking(move || {
        let copied = io::copy(&mut input, &mut output);
        (copied, output)
    });
    copying.await.unwrap()
}

#[tokio::test]
async fn what_is_read_is_written_and_seen_when_it_is_finished() {
    for length in [0, 1, PIECE, 5 * PIECE + 3] {
        let (memory, bridge) = (Memory::default(), Bridge::default());
        memory.put("in", "a", noise(length), FileForm::default());
        let (input, output) = ends(&bridge, &memory).await;
        let (copied, output) = copied(input, output).await;
        assert_eq!((copied.unwrap(), output.written()), (length as u64, length as u64));
        assert_eq!(memory.keys("out"), Vec::<String>::new(), "not before");
        output.finish().await.unwrap();
        assert!(memory.get("out", "a").unwrap().1 == noise(length), "{length}");
        assert_eq!(memory.counts(), (1, 1, 0));
    }
}

#[tokio::test]
async fn what_is_not_finished_is_abandoned() {
    for how in 0..3 {
        let (memory, bridge) = (Memory::default(), Bridge::default());
        memory.put("in", "a", noise(3 * PIECE), FileForm::default());
        let (input, output) = ends(&bridge, &memory).await;
        let (_, output) = copied(input, output).await;
        match how {
            0 => output.abandon().await,
            1 => drop(output),
            _ => {
                bridge.cut();
                assert_eq!(output.finish().await, Err(FileError::Unavailable));
            }
        }
        bridge.settled().await;
        assert_eq!((memory.counts(), memory.keys("out")), ((1, 1, 1), Vec::new()), "{how}");
    }
}

#[tokio::test]
async fn a_file_that_breaks_off_is_an_error_and_never_an_end() {
    let (memory, bridge) = (Memory::default(), Bridge::default());
    memory.put("in", "a", noise(3 * PIECE), FileForm::default());
    memory.break_after(PIECE);
    let (input, output) = ends(&bridge, &memory).await;
    let failure = input.failure();
    let (copied, output) = copied(input, output).await;
    assert!(copied.is_err());
    assert_eq!((failure.why(), output.failure().why()), (Some(FileError::Unavailable), None));
    output.abandon().await;
    assert_eq!(memory.counts(), (1, 1, 1));
}

#[tokio::test]
async fn a_bucket_that_refuses_halfway_stops_the_work() {
    let (memory, bridge) = (Memory::default(), Bridge::default());
    memory.put("in", "a", noise(40 * PIECE), FileForm::default());
    memory.full_after(2 * PIECE);
    let (input, output) = ends(&bridge, &memory).await;
    let failure = output.failure();
    let (copied, output) = copied(input, output).await;
    assert!(copied.is_err(), "long before the end");
    assert_eq!(failure.why(), Some(FileError::Denied));
    assert_eq!(output.finish().await, Err(FileError::Denied));
    assert_eq!((memory.counts(), memory.keys("out")), ((1, 1, 1), Vec::new()));
}

#[tokio::test]
async fn a_cut_ends_work_that_waits_on_either_side() {
    for dropped in [false, true] {
        let (memory, bridge) = (Memory::default(), Bridge::default());
        memory.put("in", "a", noise(4 * PIECE), FileForm::default());
        memory.slow(Duration::from_secs(60));
        let (input, output) = ends(&bridge, &memory).await;
        let began = Instant::now();
        let working = tokio::spawn(copied(input, output));
        tokio::time::sleep(Duration::from_millis(20)).await;
        if dropped {
            drop(bridge)
        } else {
            bridge.cut()
        }
        let (copied, output) = working.await.unwrap();
        assert!(copied.is_err());
        output.abandon().await;
        assert!(began.elapsed() < Duration::from_secs(30));
        assert_eq!((memory.counts(), memory.keys("out")), ((1, 1, 1), Vec::new()));
    }
}

/// A reader and a writer that keep count of what is between them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_is_under_way_than_there_is_room_for() {
    let (memory, bridge) = (Memory::default(), Bridge::default());
    memory.put("in", "a", noise(200 * PIECE), FileForm::default());
    memory.slow(Duration::from_micros(200));
    let (mut input, mut output) = ends(&bridge, &memory).await;
    let most = spawn_blocking(move || {
        let mut most = 0;
        let mut piece = vec![0; 1 << 20];
        loop {
            let length = input.read(&mut piece).unwrap();
            if length == 0 {
                return (most, output);
            }
            output.write_all(&piece[..length]).unwrap();
            most =
                most.max(input.pieces.len()).max(PIECES_WRITTEN - output.pieces.as_ref().unwrap().capacity());
        }
    });
    let (most, output) = most.await.unwrap();
    assert!(most <= PIECES_READ, "{most}");
    output.finish().await.unwrap();
    assert_eq!(memory.get("out", "a").unwrap().1.len(), 200 * PIECE);
}
