use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::timeout;

use super::*;

/// The deadline that these tests wait for: on a machine that does other things a test may stand still for a
/// part of a second, and must not look like a client that does.
const PATIENT: Duration = Duration::from_secs(1);

/// Time after which something that should end has not.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn only_hypers_own_refusals_are_bare() {
    for (bytes, status) in [
        ("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n", Some(400)),
        ("HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n", Some(431)),
        ("HTTP/1.1 414 URI Too Long\r\ncontent-length: 0\r\n\r\n", Some(414)),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", None),
        ("HTTP/1.1 100 Continue\r\n\r\n", None),
        ("HTTP/1.1 404 Not Found\r\nx-request-id: 1\r\ncontent-length: 0\r\n\r\n", None),
        ("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\nmore", None),
        ("any other bytes", None),
    ] {
        assert_eq!(bare_refusal(bytes.as_bytes()).map(|found| found.as_u16()), status, "{bytes}");
    }
}

#[tokio::test]
async fn hypers_own_refusal_becomes_a_problem() {
    let (mut client, server) = duplex(4096);
    let mut wire = Wire::new(server, PATIENT, Refused::default());
    wire.write_all(b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n")
        .await
        .unwrap();
    let mut told = String::new();
    let closing = async move { wire.shutdown().await };
    let reading = async {
        client.read_to_string(&mut told).await.unwrap();
        drop(client);
    };
    let (closed, ()) = tokio::join!(closing, reading);
    closed.unwrap();
    let (head, body) = told.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("HTTP/1.1 431 ") && head.contains(&format!("content-length: {}", body.len())),
        "{head}"
    );
    let problem: Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["type"], "/problems/headers-too-large");
    assert_eq!(problem["status"], 431);
}

#[tokio::test]
async fn an_answer_that_nobody_reads_ends_the_connection() {
    let (client, server) = duplex(1024);
    let mut wire = Wire::new(server, PATIENT, Refused::default());
    let stopped = timeout(LONG, wire.write_all(&[0; 4096])).await.unwrap();
    assert_eq!(stopped.unwrap_err().kind(), io::ErrorKind::TimedOut);
    drop(client);
}

#[tokio::test]
async fn an_answer_that_is_read_too_slowly_ends_the_connection() {
    let (mut client, server) = duplex(1024);
    let mut wire = Wire::new(server, PATIENT, Refused::default());
    let reading = async {
        let mut part = [0; 64];
        while client.read_exact(&mut part).await.is_ok() {
            sleep(PATIENT / 10).await;
        }
    };
    tokio::select! {
        stopped = wire.write_all(&[0; 1 << 20]) => {
            assert_eq!(stopped.unwrap_err().kind(), io::ErrorKind::TimedOut);
        }
        () = reading => panic!("the client ended first"),
    }
}

#[tokio::test]
async fn a_slow_but_steady_reader_gets_everything() {
    let (mut client, server) = duplex(64 << 10);
    let mut wire = Wire::new(server, PATIENT, Refused::default());
    let reading = async {
        let (mut part, mut read) = (vec![0; 16 << 10], 0);
        while read < 1 << 20 {
            read += client.read(&mut part).await.unwrap();
            sleep(PATIENT / 20).await;
        }
    };
    let (written, ()) = tokio::join!(wire.write_all(&[0; 1 << 20]), reading);
    written.unwrap();
}

#[tokio::test]
async fn a_refused_client_that_goes_on_sending_is_read_for_a_while() {
    for (status, reads_on) in [(StatusCode::PAYLOAD_TOO_LARGE, true), (StatusCode::OK, false)] {
        let (mut client, server) = duplex(1024);
        let refused = Refused::default();
        refused.note(status);
        let mut wire = Wire::new(server, PATIENT, refused);
        let closing = async move { wire.shutdown().await };
        let sending = async { timeout(PATIENT, client.write_all(&[0; 64 << 10])).await };
        let (closed, sent) = tokio::join!(closing, sending);
        closed.unwrap();
        assert_eq!(matches!(sent, Ok(Ok(()))), reads_on, "{status}");
    }
    // It ends although the client stays.
    let (_client, server) = duplex(1024);
    let refused = Refused::default();
    refused.note(StatusCode::UNAUTHORIZED);
    let mut wire = Wire::new(server, PATIENT, refused);
    timeout(LONG, wire.shutdown()).await.unwrap().unwrap();
}
