use super::*;
use crate::body::broke_off;

/// The deadline that these tests wait for.
const PATIENT: Duration = Duration::from_millis(100);

/// A body of one-byte parts that come so far apart, for ever.
struct Trickle(Duration, Option<Pin<Box<Sleep>>>);

impl HttpBody for Trickle {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let apart = self.0;
        let next = self.1.get_or_insert_with(|| Box::pin(sleep(apart)));
        std::task::ready!(next.as_mut().poll(context));
        self.1 = None;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"x")))))
    }
}

async fn read_out(body: Body) -> Result<usize, axum::Error> {
    read_whole(Body::new(Steady::new(body, PATIENT))).await
}

async fn read_whole(mut body: Body) -> Result<usize, axum::Error> {
    let mut read = 0;
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        read += frame?.into_data().unwrap_or_default().len();
    }
    Ok(read)
}

#[tokio::test]
async fn a_body_that_trickles_ends() {
    for apart in [PATIENT / 20, PATIENT * 20] {
        let broken = read_out(Body::new(Trickle(apart, None))).await.unwrap_err();
        assert_eq!(broke_off(&broken).code().name(), "body-too-slow", "{apart:?}");
    }
}

#[tokio::test]
async fn a_body_that_comes_is_read() {
    let large = vec![0; 4 << 20];
    assert_eq!(read_out(Body::from(large)).await.unwrap(), 4 << 20);
    assert_eq!(read_out(Body::empty()).await.unwrap(), 0);
    assert!(Steady::new(Body::empty(), PATIENT).is_end_stream());
    assert_eq!(Steady::new(Body::from("four"), PATIENT).size_hint().exact(), Some(4));
}

#[tokio::test]
async fn a_slow_file_makes_room_for_who_waits() {
    let line = Line::of(PATIENT, 64 << 20, Duration::from_secs(300));
    let slow = || Body::new(Fair::new(Body::new(Trickle(PATIENT / 20, None)), line.clone()));
    let alone = tokio::time::timeout(PATIENT * 2, read_whole(slow())).await;
    assert!(alone.is_err(), "nobody waits for its place: it goes on");
    let waits = line.join();
    let broken = read_whole(slow()).await.unwrap_err();
    assert_eq!(broke_off(&broken).code().name(), "body-too-slow");
    let large = Fair::new(Body::from(vec![0; 4 << 20]), line.clone());
    assert_eq!(read_whole(Body::new(large)).await.unwrap(), 4 << 20);
    drop(waits);
    assert!(line.is_empty());
}
