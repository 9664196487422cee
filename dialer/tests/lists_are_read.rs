//! Lists as they come: what is accepted, what is refused and why.
#![allow(clippy::unwrap_used)]

use dialer::import::Layout;
use dialer::{ImportCounts, ImportSettings, List, ListError, RowRefusal, RowVerdict};
use proptest::prelude::*;

fn settings(region: &str) -> ImportSettings {
    ImportSettings { region: Some(region.parse().unwrap()), ..ImportSettings::default() }
}

fn read(bytes: &[u8]) -> (Layout, Vec<RowVerdict>) {
    let list = List::open(bytes, settings("US")).unwrap();
    let rows = list.rows().collect();
    (list.layout().clone(), rows)
}

/// Line, number or reason.
fn short(rows: &[RowVerdict]) -> Vec<(u64, String)> {
    let short = |row: &RowVerdict| match row {
        RowVerdict::Accepted(row) => (row.line, row.number.to_string()),
        RowVerdict::Refused(row) => (row.line, row.reason.as_str().to_owned()),
    };
    rows.iter().map(short).collect()
}

fn pairs(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
    expected.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
}

#[test]
fn each_row_is_accepted_or_refused_with_its_line() {
    let list = "name,phone,amount\n\
        Ann,202-555-0101,12.50\n\
        Ben,,3\n\
        Cyd,not yet,3\n\
        \n\
        Dan,(202) 555-0101,4\n\
        Eve,900-555-0101,4\n\
        Fay,100-555-0101,4\n\
        Gus,\"202-555-0102,5\n\
        Hal,202-555-0103,6,7\n\
        Ivy,202-555-0104\n";
    let (layout, rows) = read(list.as_bytes());
    assert_eq!((layout.separator, layout.has_header, layout.number_column), (',', true, 1));
    assert_eq!(
        short(&rows),
        pairs(&[
            (2, "+12025550101"),
            (3, "no_number"),
            (4, "not_a_number"),
            (6, "duplicate"),
            (7, "premium_rate"),
            (8, "cannot_exist"),
            (9, "unclosed_quote"),
            (10, "too_many_columns"),
            (11, "+12025550104"),
        ])
    );
    let RowVerdict::Accepted(ann) = &rows[0] else { panic!() };
    assert_eq!(ann.variables, [("name".into(), "Ann".into()), ("amount".into(), "12.50".into())].into());
    let RowVerdict::Refused(dan) = &rows[3] else { panic!() };
    assert_eq!((dan.reason, dan.written.as_str()), (RowRefusal::Duplicate { line: 2 }, "(202) 555-0101"));
    let mut counts = ImportCounts::default();
    rows.iter().for_each(|row| counts.count(row));
    assert_eq!((counts.rows, counts.accepted, counts.refused), (9, 2, 7));
    assert_eq!(counts.by_reason.values().sum::<u64>(), 7);
}

#[test]
fn any_separator_will_do() {
    for separator in [",", ";", "\t", "|"] {
        let text = "name,phone,note\nAnn,2025550101,x\nBen,2025550102,y\n".replace(',', separator);
        let (layout, rows) = read(text.as_bytes());
        assert_eq!(layout.separator.to_string(), separator);
        assert_eq!(short(&rows), pairs(&[(2, "+12025550101"), (3, "+12025550102")]));
    }
    // Commas inside the fields of a list with semicolons.
    let (layout, rows) = read(b"name;phone\nSmith, Ann;2025550101\nBaker, Ben, Dr;2025550102\n");
    assert_eq!((layout.separator, rows.len()), (';', 2));
    assert!(rows.iter().all(|row| matches!(row, RowVerdict::Accepted(_))));
}

#[test]
fn a_separator_that_excel_announces_is_taken() {
    let (layout, rows) = read(b"sep=;\r\nphone;name\r\n2025550101;Ann\r\n");
    assert_eq!(layout.separator, ';');
    assert_eq!(short(&rows), pairs(&[(3, "+12025550101")]));
}

#[test]
fn one_column_needs_no_separator_and_no_header() {
    let (layout, rows) = read(b"phone\n2025550101\n2025550102\n");
    assert_eq!((layout.has_header, rows.len()), (true, 2));
    let (layout, rows) = read(b"2025550101\r2025550102\r");
    assert!(!layout.has_header);
    assert_eq!(short(&rows), pairs(&[(1, "+12025550101"), (2, "+12025550102")]));
    let (layout, _) = read(b"Ann,2025550101\nBen,2025550102\n");
    assert_eq!(layout.columns, ["column_1", "phone"]);
}

#[test]
fn a_chinese_list_in_any_encoding_is_read() {
    let text = "姓名,手机号\n张伟,13912345678\n王芳,139 8765 4321\n李娜,110\n";
    let utf16: Vec<u8> = [0xfeffu16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let gb = encoding_rs::GB18030.encode(text).0.into_owned();
    let bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for bytes in [text.as_bytes().to_vec(), bom, utf16, gb] {
        let list = List::open(&bytes, settings("CN")).unwrap();
        let rows: Vec<RowVerdict> = list.rows().collect();
        assert_eq!(short(&rows), pairs(&[(2, "+8613912345678"), (3, "+8613987654321"), (4, "cannot_exist")]));
        let RowVerdict::Accepted(row) = &rows[0] else { panic!() };
        assert_eq!(row.variables["姓名"], "张伟");
    }
}

#[test]
fn what_is_no_list_is_an_error_that_says_what_to_do() {
    let open = |bytes: &[u8]| List::open(bytes, settings("US")).map(|_| ()).unwrap_err();
    assert_eq!(open(b""), ListError::Empty);
    assert_eq!(open(b"\n\n"), ListError::Empty);
    assert_eq!(open(b"PK\x03\x04xl/workbook"), ListError::Workbook);
    assert_eq!(open(b"\x00\x01\x02\x03\x04\x05\x06"), ListError::NotText);
    assert_eq!(open(b"\"phone\n2025550101\n"), ListError::Header);
    assert_eq!(open("x,".repeat(200).as_bytes()), ListError::TooManyColumns { found: 201 });
    let columns = vec!["name".to_owned(), "age".to_owned()];
    assert_eq!(open(b"name,age\nAnn,3\n"), ListError::NoNumberColumn { columns });
    assert!(open(b"name,age\n").to_string().contains("name one \"phone\""));
}

#[test]
fn the_column_may_be_named() {
    let named = |name: &str| ImportSettings { number_column: Some(name.to_owned()), ..settings("US") };
    let text = b"phone,Second Line\n2025550101,2025550102\n";
    let list = List::open(text, named("second line")).unwrap();
    assert_eq!(short(&list.rows().collect::<Vec<_>>()), pairs(&[(2, "+12025550102")]));
    assert!(matches!(List::open(text, named("third")), Err(ListError::UnknownNumberColumn { .. })));
}

#[test]
fn a_list_without_a_region_takes_numbers_with_a_country_code() {
    let list = List::open(b"phone\n+442079460000\n2025550101\n", ImportSettings::default()).unwrap();
    assert_eq!(short(&list.rows().collect::<Vec<_>>()), pairs(&[(2, "+442079460000"), (3, "no_country_code")]));
}

#[test]
fn rows_beyond_the_most_are_refused_and_counted() {
    let settings = ImportSettings { max_rows: 2, ..settings("US") };
    let list = List::open(b"phone\n2025550101\nx\n2025550103\n2025550104\n", settings).unwrap();
    assert_eq!(
        short(&list.rows().collect::<Vec<_>>()),
        pairs(&[(2, "+12025550101"), (3, "not_a_number"), (4, "too_many_rows"), (5, "too_many_rows")])
    );
}

#[test]
fn a_header_of_several_lines_is_one_header() {
    let (_, rows) = read(b"\n\"the\nname\",phone\n\nAnn,2025550101\n");
    assert_eq!(short(&rows), pairs(&[(5, "+12025550101")]));
}

#[test]
fn a_hundred_thousand_rows_are_read() {
    let mut text = String::from("name,phone\n");
    for n in 0..100_000u32 {
        // Every tenth number is one that stood before, every hundredth is none.
        let number = if n % 10 == 9 { n - 1 } else { n };
        let digits = format!("{:07}", 2_000_000 + number);
        if n % 100 == 50 { text.push_str("x,none\n") } else { text.push_str(&format!("x,202{digits}\n")) }
    }
    let list = List::open(text.as_bytes(), settings("US")).unwrap();
    let mut counts = ImportCounts::default();
    list.rows().for_each(|row| counts.count(&row));
    assert_eq!(counts.rows, 100_000);
    assert_eq!(counts.accepted + counts.refused, 100_000);
    assert_eq!(counts.by_reason["not_a_number"], 1_000);
    assert_eq!(counts.by_reason["duplicate"], 10_000);
    assert_eq!(counts.by_reason.values().sum::<u64>(), counts.refused);
}

/// Rows as people and machines spoil them.
fn row() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z]{0,5},\\+?[0-9 ()-]{0,14}",
        1 => "[a-z]{0,3},202555[0-9]{4},[a-z]{0,3}",
        1 => "\"[a-z,]{0,5}\",202555[0-9]{4}",
        1 => "\"[a-z,]{0,5},202555[0-9]{4}",
        1 => "\\PC{0,30}",
        1 => Just(String::new()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_row_is_dropped(rows in proptest::collection::vec(row(), 0..30), end in prop_oneof![Just("\n"), Just("\r\n")]) {
        let text = std::iter::once("name,phone".to_owned()).chain(rows.clone()).collect::<Vec<_>>().join(end);
        let Ok(list) = List::open(text.as_bytes(), settings("US")) else { return Ok(()) };
        let mut counts = ImportCounts::default();
        let mut lines = Vec::new();
        for verdict in list.rows() {
            counts.count(&verdict);
            lines.push(match verdict {
                RowVerdict::Accepted(row) => row.line,
                RowVerdict::Refused(row) => row.line,
            });
        }
        prop_assert_eq!(counts.accepted + counts.refused, counts.rows);
        prop_assert_eq!(counts.by_reason.values().sum::<u64>(), counts.refused);
        prop_assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "lines go up");
        // A line without quotes is a row of its own, unless a quoted field of an earlier line holds it.
        if !text.contains('"') {
            let filled = rows.iter().enumerate().filter(|(_, row)| !row.is_empty()).map(|(n, _)| n as u64 + 2);
            prop_assert_eq!(lines, filled.collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_bytes_bring_the_reader_down(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(list) = List::open(&bytes, settings("US")) {
            list.rows().for_each(drop);
        }
    }

    #[test]
    fn no_number_brings_the_reader_down(
        text in "\\PC{0,40}|[+0-9 ().;=a-z#*/-]{0,30}", region in prop_oneof![Just("US"), Just("GB"), Just("CN"), Just("IT")]
    ) {
        let _ = dialer::read_number(&text, Some(region.parse().unwrap()));
        let _ = dialer::read_number(&text, None);
    }
}
