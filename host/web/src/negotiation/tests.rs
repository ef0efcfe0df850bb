use axum::http::{HeaderMap, HeaderValue, header};

use super::weight;

#[test]
fn the_highest_weight_that_fits_counts() {
    let table = [
        (&["application/json"][..], 1.0),
        (&["text/html, application/json;q=0.5"], 0.5),
        (&["application/json;version=1;q=0.25"], 0.25),
        (&["application/json;q=0.2", "application/json; q=0.7"], 0.7),
        (&["text/html,*/*;q=0.8"], 0.0),
        (&["application/json;q=much"], 0.0),
        (&[";;,=q"], 0.0),
        (&[], 0.0),
    ];
    for (sent, expected) in table {
        let mut headers = HeaderMap::new();
        for value in sent {
            headers.append(header::ACCEPT, HeaderValue::from_static(value));
        }
        let weight = weight(&headers, &header::ACCEPT, |range| range == "application/json");
        assert!((weight - expected).abs() < f32::EPSILON, "{sent:?}: {weight}");
    }
}
