use axum::http::Request;

use super::*;

#[tokio::test]
async fn a_page_has_1_to_200_entries() {
    let cases = [
        ("/x", Ok((50, None))),
        ("/x?limit=1", Ok((1, None))),
        ("/x?limit=200&cursor=abc", Ok((200, Some("abc")))),
        ("/x?limit=0", Err(("?limit", "invalid-value"))),
        ("/x?limit=201", Err(("?limit", "invalid-value"))),
        ("/x?limit=many", Err(("?limit", "invalid-value"))),
        ("/x?limit=1&limit=2", Err(("?", "invalid-query"))),
        ("/x?stat=open", Err(("?", "unknown-parameter"))),
    ];
    for (address, expected) in cases {
        let (mut parts, ()) = Request::builder().uri(address).body(()).unwrap().into_parts();
        let parameters = Parameters::<ListParameters>::from_request_parts(&mut parts, &()).await;
        let read = parameters.and_then(|Parameters(parameters)| parameters.paging());
        let read = match &read {
            Ok(paging) => Ok((paging.limit, paging.cursor.as_deref())),
            Err(ApiError::Failure(Failure::Invalid(problems))) => {
                Err((&*problems[0].pointer, problems[0].code.name()))
            }
            Err(error) => panic!("{address}: {error}"),
        };
        assert_eq!(read, expected, "{address}");
    }
}

#[test]
fn an_unknown_parameter_is_told_the_known_ones() {
    let uri = "/x?stat=91234567A".parse().unwrap();
    let rejection = Query::<ListParameters>::try_from_uri(&uri).unwrap_err();
    let ApiError::Failure(Failure::Invalid(problems)) = refused(&rejection) else {
        panic!("refused otherwise")
    };
    assert_eq!(problems[0].fix, "leave it out; known here: limit or cursor");
    assert!(!format!("{problems:?}").contains("91234567"));
}

#[test]
fn days_are_days() {
    assert!(day("?on", None).unwrap().is_none());
    assert!(day("?on", Some("2026-02-28")).unwrap().is_some());
    for text in ["2026-02-29", "2026-2-1", "today", "2026-01-01T00:00:00Z"] {
        assert!(day("?on", Some(text)).is_err(), "{text}");
    }
}
