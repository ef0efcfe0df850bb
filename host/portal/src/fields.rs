//! A form as it was sent: its fields, by name. Every family of pages reads its forms by this one type, and
//! shows them again from it.

/// Name of the hidden field that makes a form count once, however often it is sent.
pub const ONCE: &str = "once";
/// Name of the hidden field with the version of what the form was made of.
pub const VERSION: &str = "version";

/// Name of a field that stands for a file that could not be kept: its value is the name of the file's field.
/// Only forms that come back after signing in have it.
pub const CHOOSE_AGAIN: &str = "choose-again";

/// Fields of a form, in the order in which the browser wrote them. Of several things that were chosen each is
/// there. Has no `Debug`: they may be about a person.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The fields as they came.
    #[must_use]
    pub fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// Value of a field as it came; of several with this name the first one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The same without the spaces around it; empty where it was not sent.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default().trim()
    }

    /// The same; `None` where it is blank.
    #[must_use]
    pub fn filled(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// True if the form has a field of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Every value that was sent with this name.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same, to be kept.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        self.all(name).map(str::to_owned).collect()
    }

    /// Names of the fields, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Names and values, in the order in which they were sent.
    #[must_use]
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The fields without those of these names.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let kept = self.0.iter().filter(|(name, _)| !names.contains(&name.as_str()));
        Self(kept.cloned().collect())
    }

    /// Version of what the form was made of; `None` for what is no version.
    #[must_use]
    pub fn version(&self) -> Option<i64> {
        self.text(VERSION).parse().ok().filter(|version| *version >= 0)
    }

    /// Puts one value in the place of all that the field has.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.retain(|known| known != name);
        self.add(name, value);
    }

    /// Adds a value to those that the field has.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// Keeps the fields of these names.
    pub(crate) fn retain(&mut self, keeps: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| keeps(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_field_is_read_by_its_name() {
        let form = fields(&[("role", "clerk"), ("name", " Una "), ("role", "biller"), ("note", " ")]);
        assert_eq!(form.all("role").collect::<Vec<_>>(), ["clerk", "biller"]);
        assert_eq!((form.get("name"), form.text("name"), form.text("missing")), (Some(" Una "), "Una", ""));
        assert_eq!((form.filled("name"), form.filled("note"), form.has("note")), (Some("Una"), None, true));
        let without = form.without(&["role"]);
        assert_eq!(without.names().collect::<Vec<_>>(), ["name", "note"]);
        let mut set = form.clone();
        set.set("role", "reviewer");
        assert_eq!(set.list("role"), ["reviewer"]);
    }

    #[test]
    fn a_version_is_a_number_that_a_case_can_have() {
        assert_eq!(fields(&[("version", "3")]).version(), Some(3));
        for form in [fields(&[]), fields(&[("version", "-1")]), fields(&[("version", "x")])] {
            assert_eq!(form.version(), None);
        }
    }
}
