use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::discovery::Unusable;
use super::id_token::LONGEST_TOKEN;
use super::*;
use crate::account::Email;
use crate::passkey::base64url;

const ISSUER: &str = "https://login.vallevista.example/tenant";
const CLIENT: &str = "crosswalk";
const NONCE: &str = "nonce-of-the-attempt";

fn issuer() -> Issuer {
    ISSUER.parse().unwrap()
}

fn now() -> Timestamp {
    "2026-03-02T18:00:00Z".parse().unwrap()
}

fn expected<'a>(issuer: &'a Issuer, client: &'a ClientId) -> Expected<'a> {
    Expected { issuer, client, nonce: NONCE, now: now(), fresh_since: None }
}

/// A provider with one key, made for the test.
struct Provider(EcdsaKeyPair);

impl Provider {
    fn new() -> Self {
        let (random, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let made = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &random).unwrap())
    }

    fn key(&self, id: &str) -> Value {
        let point = self.0.public_key().as_ref();
        let [x, y] = [&point[1..33], &point[33..]].map(base64url::written);
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": id, "x": x, "y": y })
    }

    fn keys(&self, id: &str) -> Keys {
        keys(&[self.key(id)])
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", part(header), part(claims));
        let signature = self.0.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", base64url::written(signature.as_ref()))
    }
}

fn part(json: &Value) -> String {
    base64url::written(json.to_string().as_bytes())
}

fn keys(keys: &[Value]) -> Keys {
    Keys::read(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn header() -> Value {
    json!({ "alg": "ES256", "kid": "one", "typ": "JWT" })
}

fn claims() -> Value {
    let at = now().as_second();
    json!({
        "iss": ISSUER, "sub": "248289761001", "aud": CLIENT, "nonce": NONCE, "iat": at - 5, "exp": at + 300,
        "auth_time": at - 10, "email": "Ana.Reyes@vallevista.example", "email_verified": true,
        "name": "not read",
    })
}

/// The claims with one of them changed; with `Null` it is left out.
fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    let fields = claims.as_object_mut().unwrap();
    match value {
        Value::Null => drop(fields.remove(name)),
        value => drop(fields.insert(name.to_owned(), value)),
    }
    claims
}

fn verified(provider: &Provider, header: &Value, claims: &Value) -> Result<Claims, Refused> {
    let (issuer, client) = (issuer(), CLIENT.parse().unwrap());
    IdToken::read(&provider.token(header, claims))?
        .verified(&provider.keys("one"), &expected(&issuer, &client))
}

#[test]
fn what_the_provider_says_of_a_person_is_read() {
    let provider = Provider::new();
    let said = verified(&provider, &header(), &claims()).unwrap();
    assert_eq!(said.subject, "248289761001");
    assert_eq!(said.verified_email.unwrap().expose(), "ana.reyes@vallevista.example");
    assert_eq!(said.signed_in_at, Some(now() - SignedDuration::from_secs(10)));
    // Less is enough: who somebody is, and nothing else.
    let mut bare = claims();
    for name in ["auth_time", "email", "email_verified"] {
        bare.as_object_mut().unwrap().remove(name);
    }
    let said = verified(&provider, &header(), &bare).unwrap();
    assert_eq!((said.verified_email, said.signed_in_at), (None, None));
    for (verified_at, is_verified) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!("yes"), false),
        (json!(1), false),
        (Value::Null, false),
    ] {
        let said = verified(&provider, &header(), &with("email_verified", verified_at.clone()));
        let is_read = said.map(|said| said.verified_email.is_some());
        // A number is no answer at all.
        let expected = if verified_at == json!(1) { Err(Refused::Unreadable) } else { Ok(is_verified) };
        assert_eq!(is_read, expected, "{verified_at}");
    }
    let no_address = with("email", json!("Ana Reyes"));
    assert_eq!(verified(&provider, &header(), &no_address).unwrap().verified_email, None);
}

#[test]
fn each_check_refuses_alone() {
    let provider = Provider::new();
    let at = now().as_second();
    let wrong = [
        ("iss", json!("https://login.vallevista.example/tenant/"), Refused::OtherIssuer),
        ("iss", json!("https://evil.example"), Refused::OtherIssuer),
        ("aud", json!("another"), Refused::OtherAudience),
        ("aud", json!([CLIENT, "another"]), Refused::OtherAudience),
        ("aud", json!([]), Refused::OtherAudience),
        ("azp", json!("another"), Refused::OtherAudience),
        ("nonce", json!("of another attempt"), Refused::OtherNonce),
        ("nonce", Value::Null, Refused::OtherNonce),
        ("exp", json!(at - 120), Refused::Expired),
        ("exp", Value::Null, Refused::Unreadable),
        ("exp", json!("soon"), Refused::Unreadable),
        ("iat", json!(at + 121), Refused::Future),
        ("nbf", json!(at + 121), Refused::Future),
        ("iat", Value::Null, Refused::Unreadable),
        ("iat", json!(i64::MAX), Refused::Unreadable),
        ("sub", Value::Null, Refused::Unreadable),
        ("sub", json!(""), Refused::Unreadable),
        ("sub", json!("a\u{0}b"), Refused::Unreadable),
        ("sub", json!("x".repeat(256)), Refused::Unreadable),
    ];
    for (name, value, refused) in wrong {
        let told = format!("{name}: {value}");
        assert_eq!(verified(&provider, &header(), &with(name, value)), Err(refused), "{told}");
    }
    // Clocks may differ a little, and an instant may have a part of a second.
    for (name, value) in [
        ("exp", json!(at - 119)),
        ("iat", json!(at + 120)),
        ("exp", json!(at as f64 + 300.5)),
        ("aud", json!([CLIENT])),
        ("azp", json!(CLIENT)),
    ] {
        let told = format!("{name}: {value}");
        assert!(verified(&provider, &header(), &with(name, value)).is_ok(), "{told}");
    }
}

#[test]
fn the_algorithm_is_the_keys_and_not_the_tokens() {
    let provider = Provider::new();
    let (issuer, client) = (issuer(), CLIENT.parse().unwrap());
    let read = |token: &str| {
        IdToken::read(token)?
            .verified(&provider.keys("one"), &expected(&issuer, &client))
            .map(|said| said.subject)
    };
    for algorithm in ["none", "None", "HS256", "HS512", "RS512", "PS256", "ES384", "EdDSA", ""] {
        let token = provider.token(&json!({ "alg": algorithm, "kid": "one" }), &claims());
        assert_eq!(read(&token), Err(Refused::Algorithm), "{algorithm}");
    }
    // Without a signature, under whatever name.
    let unsigned = |algorithm: &str| {
        format!("{}.{}.", part(&json!({ "alg": algorithm, "kid": "one" })), part(&claims()))
    };
    assert_eq!(read(&unsigned("none")), Err(Refused::Algorithm));
    assert_eq!(read(&unsigned("ES256")), Err(Refused::WrongSignature));
    // A key of another algorithm is not the one that is named.
    assert_eq!(read(&unsigned("RS256")), Err(Refused::UnknownKey));
    // HMAC with the public key as the secret that everybody knows.
    let message = format!("{}.{}", part(&json!({ "alg": "HS256", "kid": "one" })), part(&claims()));
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, provider.0.public_key().as_ref());
    let tag = ring::hmac::sign(&key, message.as_bytes());
    let forged = format!("{message}.{}", base64url::written(tag.as_ref()));
    assert_eq!(read(&forged), Err(Refused::Algorithm));
    let renamed = forged.replacen(&part(&json!({ "alg": "HS256", "kid": "one" })), &part(&header()), 1);
    assert_eq!(read(&renamed), Err(Refused::WrongSignature));
    let extended = json!({ "alg": "ES256", "kid": "one", "crit": ["exp"] });
    assert_eq!(read(&provider.token(&extended, &claims())), Err(Refused::Algorithm));
}

#[test]
fn what_was_changed_behind_the_signature_is_found() {
    let (provider, other) = (Provider::new(), Provider::new());
    let (issuer, client) = (issuer(), CLIENT.parse().unwrap());
    let read = |token: &str, keys: &Keys| {
        IdToken::read(token)?.verified(keys, &expected(&issuer, &client)).map(|said| said.subject)
    };
    let own = provider.keys("one");
    let token = provider.token(&header(), &claims());
    assert!(read(&token, &own).is_ok());
    let changed = token.replacen(&part(&claims()), &part(&with("sub", json!("somebody else"))), 1);
    assert_eq!(read(&changed, &own), Err(Refused::WrongSignature));
    assert_eq!(read(&other.token(&header(), &claims()), &own), Err(Refused::WrongSignature));
    let named = provider.token(&json!({ "alg": "ES256", "kid": "two" }), &claims());
    assert_eq!(read(&named, &own), Err(Refused::UnknownKey));
    // Without a name the provider's only key is meant, and none of several.
    let unnamed = provider.token(&json!({ "alg": "ES256" }), &claims());
    assert!(read(&unnamed, &own).is_ok());
    assert_eq!(read(&unnamed, &keys(&[provider.key("one"), other.key("two")])), Err(Refused::UnknownKey));
    for text in
        ["", ".", "..", "a.b", "a.b.c.d", &format!("{token}.x"), &token[1..], &token.replace('.', "=")]
    {
        let read = read(text, &own);
        assert!(matches!(read, Err(Refused::Unreadable | Refused::Algorithm)), "{text}: {read:?}");
    }
    let long = provider.token(&header(), &with("name", json!("x".repeat(LONGEST_TOKEN))));
    assert_eq!(read(&long, &own), Err(Refused::Unreadable));
}

#[test]
fn whoever_is_to_prove_something_has_signed_in_anew() {
    let provider = Provider::new();
    let (issuer, client) = (issuer(), CLIENT.parse().unwrap());
    let asked = |auth_time: Value| {
        let fresh_since = Some(now() - SignedDuration::from_secs(30));
        let expected = Expected { fresh_since, ..expected(&issuer, &client) };
        let token = provider.token(&header(), &with("auth_time", auth_time));
        IdToken::read(&token).unwrap().verified(&provider.keys("one"), &expected).map(|said| said.subject)
    };
    let at = now().as_second();
    assert!(asked(json!(at - 10)).is_ok());
    assert!(asked(json!(at - 150)).is_ok(), "clocks may differ");
    assert_eq!(asked(json!(at - 151)), Err(Refused::NotFresh));
    assert_eq!(asked(Value::Null), Err(Refused::NotFresh), "it was asked for");
}

/// RFC 7515, A.2: a key and a signature that others made.
#[test]
fn a_signature_of_rsa_is_verified() {
    const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt\
        0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e\
        -KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8\
        q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const MESSAGE: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGx\
        lLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O\
        8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0G\
        arZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt\
        5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let written = json!({ "kty": "RSA", "n": MODULUS, "e": "AQAB" });
    let known = keys(std::slice::from_ref(&written));
    let key = known.find(None, "RS256").unwrap();
    let signature = base64url::read(SIGNATURE).unwrap();
    assert!(key.signed(MESSAGE.as_bytes(), &signature));
    assert!(!key.signed(&MESSAGE.as_bytes()[1..], &signature));
    assert_eq!(known.find(None, "ES256"), None);
    assert_eq!(known.find(Some("one"), "RS256"), None, "it has no name");
    // A weak key, one for something else, and one of another exponent are none.
    let none = [
        json!({ "kty": "RSA", "n": &MODULUS[..170], "e": "AQAB" }),
        json!({ "kty": "RSA", "n": MODULUS, "e": "Aw" }),
        json!({ "kty": "RSA", "n": MODULUS, "e": "AQAB", "use": "enc" }),
        json!({ "kty": "RSA", "n": MODULUS, "e": "AQAB", "alg": "PS256" }),
        json!({ "kty": "oct", "k": "c2VjcmV0" }),
        json!({ "kty": "EC", "crv": "P-384", "x": "AA", "y": "AA" }),
        json!("no key"),
    ];
    assert_eq!(keys(&none), Keys::default());
    for wrong in ["", "[]", "{}", "{\"keys\":1}"] {
        assert!(Keys::read(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

fn document() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://login.vallevista.example/authorize",
        "token_endpoint": "https://tokens.vallevista.example/token",
        "jwks_uri": "https://login.vallevista.example/keys",
        "response_types_supported": ["code", "id_token"],
        "id_token_signing_alg_values_supported": ["RS256"],
    })
}

fn described(name: &str, value: Value) -> Result<Discovery, Unusable> {
    let mut document = document();
    document[name] = value;
    Discovery::read(document.to_string().as_bytes(), &issuer())
}

#[test]
fn a_provider_describes_itself() {
    let found = Discovery::read(document().to_string().as_bytes(), &issuer()).unwrap();
    assert_eq!(found.authorization(), "https://login.vallevista.example/authorize");
    assert_eq!(found.token(), "https://tokens.vallevista.example/token");
    assert_eq!(found.keys(), "https://login.vallevista.example/keys");
    assert_eq!(found.authentication(), ClientAuthentication::Basic, "the standard's own");
    let methods = "token_endpoint_auth_methods_supported";
    let post = described(methods, json!(["private_key_jwt", "client_secret_post"])).unwrap();
    assert_eq!(post.authentication(), ClientAuthentication::Post);
    for (name, value, unusable) in [
        ("issuer", json!("https://login.vallevista.example"), Unusable::OtherIssuer),
        ("token_endpoint", json!("http://tokens.vallevista.example/token"), Unusable::Insecure),
        ("jwks_uri", json!("http://127.0.0.1/keys"), Unusable::Insecure),
        ("jwks_uri", json!("file:///etc/passwd"), Unusable::Insecure),
        ("authorization_endpoint", json!("https://a\"onclick=.example/"), Unusable::Insecure),
        ("response_types_supported", json!(["id_token"]), Unusable::NoCode),
        ("code_challenge_methods_supported", json!(["plain"]), Unusable::NoCode),
        ("id_token_signing_alg_values_supported", json!(["HS256", "none"]), Unusable::NoAlgorithm),
        (methods, json!(["private_key_jwt"]), Unusable::NoAuthentication),
        ("token_endpoint", Value::Null, Unusable::Unreadable),
    ] {
        let told = format!("{name}: {value}");
        assert_eq!(described(name, value), Err(unusable), "{told}");
    }
    assert_eq!(Discovery::read(b"<html>", &issuer()), Err(Unusable::Unreadable));
    // An answer that names its sender is that one's, and a provider that promised to name itself does.
    assert!(found.sent(&issuer(), None) && found.sent(&issuer(), Some(ISSUER)));
    assert!(!found.sent(&issuer(), Some("https://evil.example")));
    let naming = described("authorization_response_iss_parameter_supported", json!(true)).unwrap();
    assert!(naming.sent(&issuer(), Some(ISSUER)) && !naming.sent(&issuer(), None));
}

#[test]
fn everything_of_an_attempt_comes_of_its_secret() {
    let secret = Secret::of(&[b"random", b"bits"]);
    assert_eq!(Secret::read(secret.expose()), Some(secret.clone()));
    assert_eq!(format!("{secret:?}"), "Secret(..)");
    let own = [secret.state(), secret.nonce(), secret.verifier()];
    for (place, one) in own.iter().enumerate() {
        assert_eq!(one.len(), 43, "256 bits");
        assert!(own.iter().skip(place + 1).all(|other| other != one));
        assert!(!secret.expose().contains(one));
    }
    assert_ne!(Secret::of(&[b"other"]).state(), secret.state());
    for wrong in ["", "cwo_", "cws_00", &secret.expose()[1..], &secret.expose().to_uppercase()] {
        assert_eq!(Secret::read(wrong), None, "{wrong}");
    }
}

#[test]
fn a_browser_is_sent_with_a_challenge_and_without_the_verifier() {
    let secret = Secret::of(&[b"random"]);
    let client = "cross walk".parse().unwrap();
    let redirect = "https://crosswalk.county.example/portal/sign-in/returned/org_1";
    let leaving = Leaving { secret: &secret, client: &client, redirect, purpose: Purpose::SignIn };
    let found = Discovery::read(document().to_string().as_bytes(), &issuer()).unwrap();
    let address = leaving.address(&found);
    let expected = format!(
        "https://login.vallevista.example/authorize?response_type=code&client_id=cross%20walk\
         &redirect_uri=https%3A%2F%2Fcrosswalk.county.example%2Fportal%2Fsign-in%2Freturned%2Forg_1&scope=openid%20email\
         &state={}&nonce={}&code_challenge={}&code_challenge_method=S256",
        secret.state(),
        secret.nonce(),
        secret.challenge(),
    );
    assert_eq!(address, expected);
    assert!(!address.contains(&secret.verifier()) && !address.contains(secret.expose()));
    for (purpose, anew) in [
        (Purpose::Prove, "&prompt=login&max_age=0"),
        (Purpose::SignInAnew, "&prompt=login&max_age=0"),
        (Purpose::TakeUp, ""),
    ] {
        assert_eq!(Leaving { purpose, ..leaving }.address(&found), format!("{expected}{anew}"));
    }
    let elsewhere = described("authorization_endpoint", json!("https://Accounts.Example:8443/a")).unwrap();
    assert_eq!(
        (found.host().as_str(), elsewhere.host().as_str()),
        ("login.vallevista.example", "accounts.example")
    );
    let with_query =
        described("authorization_endpoint", json!("https://login.vallevista.example/a?p=1")).unwrap();
    assert!(
        leaving
            .address(&with_query)
            .starts_with("https://login.vallevista.example/a?p=1&response_type=code&")
    );
}

#[test]
fn an_issuer_is_an_https_address_as_it_was_written() {
    for (text, document) in [
        ("https://login.example", "https://login.example/.well-known/openid-configuration"),
        ("https://login.example/", "https://login.example/.well-known/openid-configuration"),
        (
            "https://Login.Example:8443/Tenant/v2.0",
            "https://Login.Example:8443/Tenant/v2.0/.well-known/openid-configuration",
        ),
        ("http://127.0.0.1:4711", "http://127.0.0.1:4711/.well-known/openid-configuration"),
        ("http://localhost:4711/x", "http://localhost:4711/x/.well-known/openid-configuration"),
        ("http://[::1]:4711", "http://[::1]:4711/.well-known/openid-configuration"),
    ] {
        let issuer: Issuer = text.parse().unwrap_or_else(|_| panic!("{text}"));
        assert_eq!((issuer.as_str(), issuer.document().as_str()), (text, document));
        assert_eq!(issuer.is_on_this_machine(), text.starts_with("http:"), "{text}");
    }
    for text in [
        "",
        "login.example",
        "http://login.example",
        "http://10.0.0.7",
        "ftp://login.example",
        "https://login.example?x=1",
        "https://login.example/#top",
        "https://ana@login.example",
        "https://login.example/a b",
        "https://login.example/\"",
        "https://",
    ] {
        assert!(text.parse::<Issuer>().is_err(), "{text}");
    }
    assert!(format!("https://login.example/{}", "x".repeat(500)).parse::<Issuer>().is_err());
}

#[test]
fn names_and_domains_are_in_lower_case() {
    let name = |text: &str| text.parse::<ShortName>().map(|name| name.as_str().to_owned()).ok();
    assert_eq!(name(" Valle-Vista "), Some("valle-vista".to_owned()));
    for wrong in ["", "v", "-valle", "valle-", "valle vista", "valle_vista", "válle", &"v".repeat(41)] {
        assert_eq!(name(wrong), None, "{wrong}");
    }
    let domain = |text: &str| text.parse::<EmailDomain>().map(|domain| domain.as_str().to_owned()).ok();
    assert_eq!(domain("@ValleVista.example"), Some("vallevista.example".to_owned()));
    for wrong in
        ["", "example", "a b.example", "ana@vallevista.example", "-x.example", "höhe.example", "%.example"]
    {
        assert_eq!(domain(wrong), None, "{wrong}");
    }
    let email: Email = "Ana@ValleVista.example".parse().unwrap();
    assert_eq!(EmailDomain::of(&email), "vallevista.example".parse().unwrap());
    let named = ["b.example", "a.example", "B.example"].map(|text| text.parse::<EmailDomain>().unwrap());
    assert_eq!(EmailDomain::each_once(named.clone()), named[..2]);
}

#[test]
fn a_clients_secret_is_shown_to_the_provider_only() {
    let client: ClientId = "cross walk".parse().unwrap();
    let secret: ClientSecret = " s3cret+/: ".parse().unwrap();
    assert_eq!(format!("{secret:?}"), "ClientSecret(..)");
    // "cross%20walk:s3cret%2B%2F%3A"
    assert_eq!(secret.basic(&client), "Basic Y3Jvc3MlMjB3YWxrOnMzY3JldCUyQiUyRiUzQQ==");
    for wrong in ["", " ", "line\nbreak", "ü"] {
        assert!(wrong.parse::<ClientSecret>().is_err() && wrong.parse::<ClientId>().is_err(), "{wrong:?}");
    }
}
