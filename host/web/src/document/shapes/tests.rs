use super::*;

fn filled(name: &str, schema: Value) -> Value {
    let mut schemas = Map::from_iter([(name.to_owned(), schema)]);
    fill(&mut schemas);
    schemas.remove(name).unwrap()
}

#[test]
fn what_is_known_of_a_text_is_said() {
    let sent = filled(
        "NewReferral",
        json!({ "additionalProperties": false, "properties": {
            "urgency": { "type": ["string", "null"] },
            "service": { "type": "string", "maxLength": 60 },
            "first": { "type": "string", "format": "date" },
            "anything": { "type": "string" },
            "populations": { "type": "array", "items": { "type": "string" } },
            "number": { "type": "integer" },
        } }),
    );
    let properties = &sent["properties"];
    assert_eq!(properties["urgency"]["enum"], json!(["standard", "expedited", null]));
    assert_eq!(
        properties["service"],
        json!({ "type": "string", "maxLength": 60 }),
        "what is said already stays"
    );
    assert_eq!(properties["first"], json!({ "type": "string", "format": "date" }));
    assert_eq!(properties["anything"]["maxLength"], LONGEST_SENT);
    assert_eq!(properties["populations"]["items"]["pattern"], "^[a-z0-9*-]+$");
    assert_eq!(properties["number"], json!({ "type": "integer" }));
    let answered = filled("AnyView", json!({ "properties": { "anything": { "type": "string" } } }));
    assert_eq!(answered["properties"]["anything"], json!({ "type": "string" }), "an answer may grow");
}

#[test]
fn every_shape_says_something() {
    for shape in &SHAPES.fields {
        let says = [!shape.words.is_empty(), shape.pattern.is_some(), shape.longest.is_some()];
        assert_eq!(says.into_iter().filter(|says| *says).count(), 1, "{:?}", shape.fields);
        assert!(!shape.fields.is_empty());
    }
}
