use super::{Random, offers};

#[test]
fn only_its_own_interfaces_are_offered() {
    let cases = [
        ("wasi:clocks/wall-clock@0.2.0", true),
        ("wasi:clocks/wall-clock@0.2.12", true),
        ("wasi:sockets/tcp-create-socket@0.2.4", true),
        ("wasi:clocks/wall-clock@0.3.0", false),
        ("wasi:clocks/wall-clock@0.2.x", false),
        ("wasi:clocks/wall-clock@0.2.", false),
        ("wasi:clocks/wall-clock", false),
        ("wasi:http/outgoing-handler@0.2.0", false),
        ("crosswalk:clock/wall-clock@0.2.0", false),
    ];
    for (import, expected) in cases {
        assert_eq!(offers(import), expected, "{import}");
    }
}

#[test]
fn every_call_has_the_same_random_numbers() {
    // The first numbers of SplitMix64 from zero, as its reference implementation gives them.
    let mut random = Random::default();
    let first = [random.next(), random.next(), random.next()];
    assert_eq!(first, [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F]);
}
