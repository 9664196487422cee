//! Which column holds the number, and what the others are called.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// Names of a number's column, compared without case, spaces and punctuation; the first that is found counts.
const NAMES: &[&str] = &[
    "phone",
    "phonenumber",
    "phoneno",
    "telephone",
    "telephonenumber",
    "tel",
    "telno",
    "mobile",
    "mobilephone",
    "mobilenumber",
    "mobileno",
    "cell",
    "cellphone",
    "cellnumber",
    "msisdn",
    "e164",
    "contactnumber",
    "callnumber",
    "number",
    "手机号",
    "手机号码",
    "手机",
    "电话",
    "电话号码",
    "联系电话",
    "号码",
    "联系方式",
    "手機",
    "手機號碼",
    "電話",
    "電話號碼",
    "電話番号",
    "携帯電話",
    "전화번호",
    "telefon",
    "telefonnummer",
    "rufnummer",
    "handy",
    "handynummer",
    "teléfono",
    "telefono",
    "móvil",
    "movil",
    "celular",
    "téléphone",
    "telephoneportable",
    "portable",
    "numéro",
    "telefone",
    "telemóvel",
    "cellulare",
    "телефон",
    "номер",
    "номертелефона",
];

/// Parts of a name that mark a number's column where no name is a known one.
const PARTS: &[&str] = &["phone", "mobile", "手机", "电话", "電話", "手機", "telefon", "teléfono", "телефон"];

/// Parts of a name that mark something else.
const NOT: &[&str] = &["fax", "mail", "type", "传真"];

/// The column of a header that holds the number.
pub(super) fn number_column(header: &[Cow<'_, str>]) -> Option<usize> {
    let plain: Vec<String> = header.iter().map(|name| plain_text(name)).collect();
    let known = NAMES.iter().find_map(|name| plain.iter().position(|column| column == name));
    known.or_else(|| {
        let marks = |column: &str| PARTS.iter().any(|p| column.contains(p)) && !NOT.iter().any(|p| column.contains(p));
        plain.iter().position(|column| marks(column))
    })
}

/// The column of this name.
pub(super) fn column_named(header: &[Cow<'_, str>], name: &str) -> Option<usize> {
    header.iter().position(|column| plain_text(column) == plain_text(name))
}

fn plain_text(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A name for each column: as it stands, `column_3` where it is empty, `name_2` where a name stands twice.
pub(super) fn column_names(header: &[Cow<'_, str>]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names = Vec::with_capacity(header.len());
    for (n, name) in header.iter().enumerate() {
        let name = match name.trim() {
            "" => format!("column_{}", n + 1),
            name => name.to_owned(),
        };
        let mut free = name.clone();
        let mut again = 2;
        while !taken.insert(free.clone()) {
            free = format!("{name}_{again}");
            again += 1;
        }
        names.push(free);
    }
    names
}

/// The name by which a flow reads a column: `First name` is `first_name`, `2nd` is `_2nd`.
pub fn variable_name(column: &str) -> String {
    let mut name = String::with_capacity(column.len());
    for c in column.trim().chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.starts_with(|c: char| c.is_numeric()) { format!("_{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(header: &[&str]) -> Option<usize> {
        let header: Vec<Cow<str>> = header.iter().map(|name| Cow::Borrowed(*name)).collect();
        number_column(&header)
    }

    #[test]
    fn the_number_is_found_under_many_names() {
        assert_eq!(column(&["name", "Phone Number"]), Some(1));
        assert_eq!(column(&["TEL.", "name"]), Some(0));
        assert_eq!(column(&["姓名", "手机号码"]), Some(1));
        assert_eq!(column(&["客户电话", "姓名"]), Some(0));
        assert_eq!(column(&["Fax phone", "Customer mobile"]), Some(1));
        assert_eq!(column(&["number", "phone"]), Some(1));
        assert_eq!(column(&["account number", "name"]), None);
        assert_eq!(column(&["Téléphone", "nom"]), Some(0));
    }

    #[test]
    fn every_column_gets_a_name_of_its_own() {
        let header = ["a", "", "a", "a_2", " b "].map(Cow::Borrowed);
        assert_eq!(column_names(&header), ["a", "column_2", "a_2", "a_2_2", "b"]);
    }

    #[test]
    fn a_column_is_a_variable_of_a_flow() {
        for (column, name) in
            [("First name", "first_name"), ("2nd (old)", "_2nd_old"), ("姓名", "姓名"), ("a--b", "a_b")]
        {
            assert_eq!(variable_name(column), name);
        }
    }
}
