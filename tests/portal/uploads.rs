//! Pictures and other files, by every way in which a document comes: the API, the page of a request's
//! documents, and the page of the credentialing file.
//!
//! The pictures are made here, byte by byte, and show nothing.

use serde_json::json;

use super::ask::{checked, entries, known, pairs, seat};
use crate::harness::{
    Answer, COUNTY, County, Database, Page, ProviderSide, Request, Seat, Server, on_both_databases, text,
};

on_both_databases! {
    a_picture_is_kept_without_place_and_camera
    what_is_no_fit_picture_is_refused_whichever_way_it_comes
    a_form_with_a_picture_comes_back_after_signing_in
    a_form_without_bounds_is_no_form
    a_file_that_is_sent_back_runs_nothing
}

/// Stands wherever a picture can say more than it shows.
const PLACE: &str = "38.5816 N 121.4944 W, phone of somebody";
/// Field of the file on the page of a request's documents, and of the day on it.
const FILE: &str = "file.discharge-summary";
const ISSUED: &str = "issued.discharge-summary";

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).expect("a segment is short").to_be_bytes();
    joined(&[&[0xff, marker], &length, content])
}

/// Block of Exif with a place, of a picture that lies on its side.
fn exif(place: &str) -> Vec<u8> {
    let block = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    joined(&[block, place.as_bytes()])
}

/// A photograph with these sides, from a phone that says in each way that it knows where it was taken.
fn jpeg(side: u16, place: &str) -> Vec<u8> {
    let side = side.to_be_bytes();
    joined(&[
        b"\xff\xd8",
        &segment(0xe1, &joined(&[b"Exif\0\0", &exif(place)])),
        &segment(0xe1, &joined(&[b"http://ns.adobe.com/xap/1.0/\0", place.as_bytes()])),
        &segment(0xed, &joined(&[b"Photoshop 3.0\0", place.as_bytes()])),
        &segment(0xfe, place.as_bytes()),
        &segment(0xdb, &[1; 65]),
        &segment(0xc0, &joined(&[&[8], &side, &side, &[1, 1, 0x11, 0]])),
        &segment(0xda, &[1, 1, 0, 0, 63, 0]),
        b"the picture\xff\xd9",
        place.as_bytes(),
    ])
}

/// A chunk of a PNG, without a sum that anybody asks for.
fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a chunk is short").to_be_bytes();
    joined(&[&length, kind, content, &[0; 4]])
}

fn png(side: u32, place: &str) -> Vec<u8> {
    let side = side.to_be_bytes();
    joined(&[
        b"\x89PNG\r\n\x1a\n",
        &chunk(b"IHDR", &joined(&[&side, &side, &[8, 6, 0, 0, 0]])),
        &chunk(b"eXIf", &exif(place)),
        &chunk(b"tEXt", &joined(&[b"Comment\0", place.as_bytes()])),
        &chunk(b"tIME", &[7, 0xea, 3, 2, 10, 0, 0]),
        &chunk(b"IDAT", b"the picture"),
        &chunk(b"IEND", b""),
    ])
}

fn riff(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a chunk is short").to_le_bytes();
    let odd: &[u8] = if content.len() % 2 == 1 { &[0] } else { &[] };
    joined(&[kind, &length, content, odd])
}

fn webp(side: u32, place: &str) -> Vec<u8> {
    let long = (side - 1).to_le_bytes();
    let extended = joined(&[&[0x0c, 0, 0, 0], &long[..3], &long[..3]]);
    let picture = joined(&[&[0x2f, 0x3f, 0xc0, 0x0f, 0], b"the picture"]);
    let chunks = joined(&[
        &riff(b"VP8X", &extended),
        &riff(b"VP8L", &picture),
        &riff(b"EXIF", &exif(place)),
        &riff(b"XMP ", place.as_bytes()),
    ]);
    let length = u32::try_from(chunks.len() + 4).expect("a picture is short").to_le_bytes();
    joined(&[b"RIFF", &length, b"WEBP", &chunks])
}

/// One page of a fax: its strip at 8, its place behind, and its directory last.
fn tiff(side: u32, compression: u32, place: &str) -> Vec<u8> {
    let strip = b"the picture";
    let (said, length) = (8 + strip.len(), u32::try_from(strip.len()).expect("a strip is short"));
    let at = u32::try_from(said + place.len()).expect("a page is short");
    let said =
        (u32::try_from(said).expect("a page is short"), u32::try_from(place.len()).expect("it is short"));
    let fields: [(u16, u16, u32, u32); 7] = [
        (256, 4, 1, side),
        (257, 4, 1, side),
        (259, 3, 1, compression),
        (271, 2, said.1, said.0),
        (273, 4, 1, 8),
        (279, 4, 1, length),
        (700, 1, said.1, said.0),
    ];
    let mut file = joined(&[b"II*\0", &at.to_le_bytes(), strip, place.as_bytes(), &[7, 0]]);
    for (tag, kind, count, value) in fields {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(count.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file
}

fn says(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|part| part == words)
}

/// The page of the documents of a request that somebody is about to send.
#[track_caller]
fn documents_page(county: &County, seat: &Seat) -> Page {
    let (_, member) = known(county, "harbor-crest");
    let check = checked(seat, &member, "we");
    seat.post("/portal/ask", &pairs(&entries(&check, &[], "documents"))).with(200)
}

/// The form of a document of a credentialing file that was sent just now, and the file's id.
#[track_caller]
fn certificate_page(county: &County, provider: &ProviderSide) -> (Seat, Page, String) {
    let seat = Seat::at(county, &provider.id, &["clerk"]);
    let form = seat.get(&seat.get("/portal/file").with(200).link("Send the file to plans")).with(200);
    let key = form.value("once");
    let fields = [
        ("once", key.as_str()),
        ("legal-name", "New Kitchen"),
        ("service", "medically-tailored-meals"),
        ("county", COUNTY),
        ("plan", "harbor-crest"),
    ];
    let file = seat.post(&form.action(), &fields).with(200);
    let id = file.address.strip_prefix("/portal/file/").expect("the page of the file").to_owned();
    let page = seat.get(&format!("/portal/file/{id}/document?kind=liability-certificate")).with(200);
    (seat, page, id)
}

/// Entries of that form.
fn certificate(page: &Page) -> Vec<(String, String)> {
    let fields = [
        ("once", page.value("once")),
        ("version", page.value("version")),
        ("kind", "liability-certificate".to_owned()),
        ("issued", "2026-01-31".to_owned()),
        ("expires", "2027-01-31".to_owned()),
        ("amount", "$3,000,000.00".to_owned()),
    ];
    fields.map(|(name, value)| (name.to_owned(), value)).into()
}

fn sent(county: &County, key: &str, media_type: &str, bytes: &[u8]) -> Answer {
    let request = Request::bytes("/v1/documents?kind=discharge-summary", media_type, bytes);
    county.client().send(&request.by(key))
}

fn content(county: &County, key: &str, id: &str) -> Answer {
    county.client().send(&Request::get(format!("/v1/documents/{id}/content")).by(key))
}

fn a_picture_is_kept_without_place_and_camera(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("casa-puente");
    let seat = seat(county);
    let page = documents_page(county, &seat);
    for (media_type, here, elsewhere) in [
        ("image/jpeg", jpeg(640, PLACE), jpeg(640, "Somewhere else")),
        ("image/png", png(640, PLACE), png(640, "Somewhere else")),
        ("image/webp", webp(640, PLACE), webp(640, &PLACE.replace('3', "4"))),
        ("image/tiff", tiff(640, 1, PLACE), tiff(640, 1, &PLACE.replace('3', "4"))),
    ] {
        assert!(says(&here, PLACE.as_bytes()), "{media_type} says where it was taken");
        let document = sent(county, key, media_type, &here).with(201);
        let kept = content(county, key, text(&document, "/id"));
        assert!(says(&kept.bytes, b"the picture"), "{media_type} shows what it showed");
        assert!(!says(&kept.bytes, &PLACE.as_bytes()[..7]), "{media_type}: {}", kept.bytes.escape_ascii());
        assert!(!says(&kept.bytes, b"phone"), "{media_type}: {}", kept.bytes.escape_ascii());
        assert_eq!(document["size_bytes"], kept.bytes.len(), "{media_type}: as it is kept");
        assert_eq!(kept.header("etag"), format!("\"{}\"", text(&document, "/sha256")), "{media_type}");
        if media_type != "image/tiff" {
            let lies = b"\x01\x12\0\x03\0\0\0\x01\0\x06";
            assert!(says(&kept.bytes, lies), "{media_type} lies as it lay");
        }
        // The same picture is the same content, wherever it was taken; and what is clean stays as it is.
        for again in [&elsewhere, &kept.bytes] {
            let again = sent(county, key, media_type, again).with(201);
            assert_eq!(again["sha256"], document["sha256"], "{media_type}");
        }

        // By the pages it is kept alike, and sent twice it is one document.
        let fields = entries(&page, &[], "documents");
        let files = [&here, &here, &elsewhere].map(|bytes| (FILE, "photo", media_type, bytes.as_slice()));
        let held = files.map(|file| {
            let added = seat.upload(&page.action(), &pairs(&fields), &[file]).with(200);
            added.value("document").split(' ').nth(1).expect("kind and id").to_owned()
        });
        assert!(held.iter().all(|id| *id == held[0]), "{media_type}: {held:?}");
        assert_eq!(content(county, key, &held[0]).bytes, kept.bytes, "{media_type}");
    }

    // And so on the page of the credentialing file.
    let provider = county.new_provider(&["meals"]);
    let (clerk, page, id) = certificate_page(county, &provider);
    let photo = jpeg(640, PLACE);
    let photo = [("file", "photo.jpg", "image/jpeg", photo.as_slice())];
    clerk.upload(&page.action(), &pairs(&certificate(&page)), &photo).with(200);
    let file = county.client().read(&provider.key, &format!("/v1/applications/{id}"));
    let held = content(county, &provider.key, text(&file, "/request/documents/0/content"));
    assert!(says(&held.bytes, b"the picture") && !says(&held.bytes, &PLACE.as_bytes()[..7]));
}

/// Files that are not taken: name, media type, bytes, code at the API, and words on a page.
fn unfit() -> Vec<(&'static str, &'static str, Vec<u8>, &'static str, &'static str)> {
    let (damaged, large) = ("This picture is cut short or damaged", "This picture is too large to look at");
    let kind = "We cannot open this";
    let photograph = "Send it as JPEG";
    let cut = |mut bytes: Vec<u8>, left: usize| {
        bytes.truncate(left);
        bytes
    };
    let moving = |bytes: Vec<u8>, from: &[u8], to: &[u8]| {
        let at = bytes.windows(from.len()).position(|part| part == from).expect("it is there");
        joined(&[&bytes[..at], to, &bytes[at + from.len()..]])
    };
    let heic = joined(&[b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", PLACE.as_bytes()]);
    let parts = |part: Vec<u8>| part.repeat(30_000);
    vec![
        ("a photograph of an iPhone", "image/jpeg", heic, "cannot-be-cleaned", photograph),
        ("a PNG under another name", "image/jpeg", png(640, PLACE), "type-mismatch", kind),
        ("a program under another name", "image/png", b"\x7fELF\x02\x01".to_vec(), "refused-type", kind),
        ("a JPEG cut short", "image/jpeg", cut(jpeg(640, PLACE), 345), "damaged-picture", damaged),
        ("a PNG cut short", "image/png", cut(png(640, PLACE), 200), "damaged-picture", damaged),
        ("a WebP cut short", "image/webp", cut(webp(640, PLACE), 90), "damaged-picture", damaged),
        ("a TIFF cut short", "image/tiff", cut(tiff(640, 1, PLACE), 70), "damaged-picture", damaged),
        ("a JPEG without a picture", "image/jpeg", b"\xff\xd8\xff\xd9".to_vec(), "damaged-picture", damaged),
        ("a JPEG as large as a house", "image/jpeg", jpeg(60_000, PLACE), "too-many-pixels", large),
        ("a PNG as large as a town", "image/png", png(2_000_000_000, PLACE), "too-many-pixels", large),
        ("a WebP as large as a town", "image/webp", webp(16_000_000, PLACE), "too-many-pixels", large),
        ("a TIFF as large as a town", "image/tiff", tiff(4_000_000_000, 1, PLACE), "too-many-pixels", large),
        ("a JPEG in a TIFF", "image/tiff", tiff(640, 7, PLACE), "cannot-be-cleaned", photograph),
        (
            "a PNG that moves",
            "image/png",
            moving(png(640, PLACE), b"tIME", b"acTL"),
            "cannot-be-cleaned",
            photograph,
        ),
        (
            "a WebP that moves",
            "image/webp",
            moving(webp(640, PLACE), b"VP8X\x0a\0\0\0\x0c", b"VP8X\x0a\0\0\0\x0e"),
            "cannot-be-cleaned",
            photograph,
        ),
        (
            "a JPEG of segments",
            "image/jpeg",
            joined(&[b"\xff\xd8", &parts(segment(0xfe, b"")), &jpeg(640, "")[2..]]),
            "damaged-picture",
            damaged,
        ),
        (
            "a PNG of chunks",
            "image/png",
            moving(png(640, ""), &chunk(b"IDAT", b"the picture"), &parts(chunk(b"tEXt", b""))),
            "damaged-picture",
            damaged,
        ),
    ]
}

fn what_is_no_fit_picture_is_refused_whichever_way_it_comes(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("casa-puente");
    let seat = seat(county);
    let page = documents_page(county, &seat);
    let fields = entries(&page, &[(ISSUED, "2026-03-01")], "check");
    let provider = county.new_provider(&["meals"]);
    let (clerk, of_file, _) = certificate_page(county, &provider);
    for (name, media_type, bytes, code, words) in unfit() {
        let answer = sent(county, key, media_type, &bytes);
        let field = text(&answer.json, "/errors/0/code");
        assert_eq!((answer.status, field), (422, code), "{name}: {}", answer.json);
        for said in ["/errors/0/detail", "/errors/0/fix"] {
            assert!(!text(&answer.json, said).is_empty(), "{name}");
        }
        assert!(!says(&answer.bytes, &PLACE.as_bytes()[..7]), "{name}: nothing of it is quoted");

        let file = (FILE, "photo", media_type, bytes.as_slice());
        let refused = seat.upload(&page.action(), &pairs(&fields), &[file]).with(422);
        assert!(refused.text().matches(words).count() >= 2, "{name}, above and at it: {}", refused.text());
        assert_eq!(refused.value(ISSUED), "2026-03-01", "{name}: nothing is lost");

        let file = ("file", "photo", media_type, bytes.as_slice());
        let refused = clerk.upload(&of_file.action(), &pairs(&certificate(&of_file)), &[file]).with(422);
        assert!(refused.text().contains(words), "{name}: {}", refused.text());
        assert_eq!(refused.value("amount"), "$3,000,000.00", "{name}: nothing is lost");
    }
    // Browsers name a HEIC as what it is: the API takes no such type, and the page says what to do.
    assert_eq!(sent(county, key, "image/heic", b"\0\0\0\x18ftypheic").code(), "unsupported-media-type");
    let heic = (FILE, "IMG_1.HEIC", "image/heic", &b"\0\0\0\x18ftypheic"[..]);
    let refused = seat.upload(&page.action(), &pairs(&fields), &[heic]).with(422);
    assert!(refused.text().contains("Send it as JPEG"), "{}", refused.text());

    // In Spanish too.
    let request = Request::bytes("/v1/documents?kind=w9", "image/png", png(60_000, PLACE)).by(key);
    let said = county.client().send(&request.header("Accept-Language", "es"));
    let words = (text(&said.json, "/errors/0/detail"), text(&said.json, "/errors/0/fix"));
    assert_eq!(
        words,
        ("la imagen tiene más píxeles de los que se aceptan", "envíe la imagen en un tamaño menor")
    );
}

/// A coordinator of Casa Puente with this address.
#[track_caller]
fn coordinator(county: &County, email: &str) -> Seat {
    let new = json!({
        "organization": county.provider("casa-puente").id, "name": "Cora Dinas", "email": email,
        "language": "en", "roles": ["coordinator"],
    });
    Seat::invited(&county.client(), &county.server.operator, &new)
}

fn a_form_with_a_picture_comes_back_after_signing_in(database: Database) {
    const EMAIL: &str = "cora@uploads.example";
    let mut county = County::of(Server::start(database), &["harbor-crest"]);
    let seat = coordinator(&county, EMAIL);
    let page = documents_page(&county, &seat);
    let fields = entries(&page, &[(ISSUED, "2026-03-01")], "documents");
    let photo = jpeg(640, PLACE);
    let files = [(FILE, "photo.jpg", "image/jpeg", photo.as_slice())];
    let held = |county: &County| {
        let list = county.client().read(county.key_of("casa-puente"), "/v1/documents");
        list["items"].as_array().map_or(0, Vec::len)
    };

    // Nobody is signed in; the session is locked; it has ended. Each time everything but the picture is kept.
    let nobody = Seat::empty(&county.client()).upload(&page.action(), &pairs(&fields), &files).with(401);
    assert!(nobody.text().contains("It is kept"), "{}", nobody.text());
    seat.post("/portal/lock", &[]);
    let locked = seat.upload(&page.action(), &pairs(&fields), &files).with(401);
    assert_eq!(locked.action(), "/portal/unlock");
    let open = seat.send_on(&locked, &[("code", &seat.recovery_code())]).with(200);
    assert_eq!(open.action(), page.action());
    county.server.start_again_at("2026-03-02T18:40:00Z");
    let seat = seat.moved_to(&county.client());
    let ended = seat.upload(&page.action(), &pairs(&fields), &files).with(401);
    assert!(ended.text().contains("after some minutes without use"), "{}", ended.text());
    for page in [&nobody, &locked, &ended] {
        let said = page.text();
        assert!(said.contains("It is kept") && said.contains("Choose it again"), "{said}");
        assert!(!page.html.contains("the picture"), "no byte of it goes back");
    }
    let back = seat.signs_in(&ended, EMAIL, &seat.recovery_code()).with(200);
    assert_eq!(back.action(), page.action());
    assert!(back.text().contains("Nothing was sent"), "{}", back.text());
    assert!(back.text().contains("The photo or file could not be kept"), "{}", back.text());
    let shown = seat.send_on(&back, &[("in-language", "en")]).with(200);
    assert_eq!(shown.value(ISSUED), "2026-03-01", "what was typed is there");
    assert_eq!(shown.value("once"), page.value("once"), "it is the same attempt");
    assert_eq!(shown.value("last"), page.value("last"), "and so are the pages before");
    assert!(shown.text().contains("Choose this photo or file again"), "{}", shown.text());
    assert_eq!(held(&county), 0, "nothing was kept of the picture");

    // It is chosen again, and goes along.
    let fields = entries(&shown, &[], "documents");
    let added = seat.upload(&shown.action(), &pairs(&fields), &files).with(200);
    assert!(added.text().contains("These go along"), "{}", added.text());
    assert!(!added.text().contains("Choose this photo or file again"), "{}", added.text());
    assert_eq!(held(&county), 1);

    // A form without a file comes back without such words.
    seat.post("/portal/lock", &[]);
    let none = [(FILE, "", "application/octet-stream", &b""[..])];
    let locked = seat.upload(&page.action(), &pairs(&fields), &none).with(401);
    assert!(locked.text().contains("It is kept") && !locked.text().contains("Choose it again"));
    // One that is no form, or has more fields than go along, is lost, and the page says so.
    let long = [("a".to_owned(), "x".repeat(100 << 10))];
    let lost = seat.upload(&page.action(), &pairs(&long), &files).with(401);
    assert!(lost.text().contains("could not be kept. Fill it in again"), "{}", lost.text());
}

fn a_form_without_bounds_is_no_form(database: Database) {
    let county = County::shared(database);
    let seat = seat(county);
    let page = documents_page(county, &seat);
    let action = page.action();
    let fields = entries(&page, &[], "documents");
    let field = |name: &str| (name.to_owned(), "x".to_owned());
    let one = (FILE, "a.txt", "text/plain", &b"A letter."[..]);
    for (name, fields, files) in [
        ("a name without an end", vec![field(&"n".repeat(300))], vec![]),
        ("parts without an end", vec![field("a"); 1_001], vec![]),
        ("files without an end", fields.clone(), vec![one; 21]),
    ] {
        let answer = seat.upload(&action, &pairs(&fields), &files);
        assert_eq!(answer.status, 400, "{name}: {}", answer.text());
    }
    seat.upload(&action, &pairs(&fields), &[one]).with(200);
}

fn a_file_that_is_sent_back_runs_nothing(database: Database) {
    let county = County::shared(database);
    let hospital = county.key_of("hospital");
    let document = sent(county, hospital, "image/png", &png(640, PLACE)).with(201);
    let mut request = crate::journeys::nights(county, &county.person("silver-oak"), 60, "2026-04-30");
    request["documents"] =
        json!([{ "kind": "discharge-summary", "issued": "2026-03-02", "document": document["id"] }]);
    county.submit(hospital, "authorizations", &request);
    let id = text(&document, "/id");
    let clerk = Seat::at(county, &county.organization_of("silver-oak"), &["plan-operations"]);
    let sender = Seat::at(county, &county.provider("hospital").id, &["coordinator"]);
    let analyst = Seat::at(county, &county.server.office(), &["county-analyst"]);
    for (name, answer, ending) in [
        ("the API", content(county, hospital, id), "png"),
        ("the page", clerk.send(Request::get(format!("/portal/work/documents/{id}"))), "png"),
        ("the sender's page", sender.send(Request::get(format!("/portal/documents/{id}"))), "png"),
        ("a spreadsheet", analyst.send(Request::get("/portal/county/figures.csv")), "csv"),
    ] {
        assert_eq!(answer.status, 200, "{name}");
        let disposition = answer.header("content-disposition");
        assert!(disposition.starts_with("attachment; filename=\""), "{name}: {disposition}");
        assert!(disposition.ends_with(&format!(".{ending}\"")), "{name}: {disposition}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
        let policy = answer.header("content-security-policy");
        assert_eq!(
            policy,
            "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "{name}"
        );
    }
}
