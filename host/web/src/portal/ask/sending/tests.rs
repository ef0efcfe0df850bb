use jiff::civil::date;

use super::*;

#[test]
fn an_age_is_in_whole_years() {
    let born = date(1984, 3, 2);
    for (on, years) in
        [(date(2026, 3, 1), 41), (date(2026, 3, 2), 42), (date(1980, 1, 1), 0), (date(2200, 1, 1), 120)]
    {
        assert_eq!(age(born, on), years, "{on}");
    }
}
