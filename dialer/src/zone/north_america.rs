//! The zones of the area codes of the North American Numbering Plan.

/// The zones of a number without its `1`; those of the whole continent where the area code is not known.
pub(super) fn zones(national: &str) -> &'static [&'static str] {
    let area = national.get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    united_states(area).or_else(|| canada(area)).or_else(|| islands(area)).unwrap_or(ALL)
}

const EASTERN: &[&str] = &["America/New_York"];
const CENTRAL: &[&str] = &["America/Chicago"];
const MOUNTAIN: &[&str] = &["America/Denver"];
const PACIFIC: &[&str] = &["America/Los_Angeles"];
const EASTERN_CENTRAL: &[&str] = &["America/New_York", "America/Chicago"];
const CENTRAL_MOUNTAIN: &[&str] = &["America/Chicago", "America/Denver"];
const MOUNTAIN_PACIFIC: &[&str] = &["America/Denver", "America/Los_Angeles"];

/// Freephone, personal numbers and area codes that are newer than this table.
const ALL: &[&str] = &[
    "America/St_Johns",
    "America/Halifax",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
];

fn united_states(area: u16) -> Option<&'static [&'static str]> {
    Some(match area {
        // Connecticut, Delaware, District of Columbia
        203 | 475 | 860 | 959 | 302 | 202 | 771 => EASTERN,
        // Florida without the west of its panhandle
        239 | 305 | 321 | 324 | 352 | 386 | 407 | 561 | 645 | 656 | 689 | 727 | 728 | 754 | 772 | 786 | 813 | 863
        | 904 | 941 | 954 => EASTERN,
        // Georgia
        229 | 404 | 470 | 478 | 678 | 706 | 762 | 770 | 912 | 943 => EASTERN,
        // Indiana without its corners in the northwest and southwest
        260 | 317 | 463 | 765 => EASTERN,
        // Kentucky, the north and east
        502 | 859 => EASTERN,
        // Maine, Maryland, Massachusetts, New Hampshire, Rhode Island, Vermont
        207 | 227 | 240 | 301 | 410 | 443 | 667 | 339 | 351 | 413 | 508 | 617 | 774 | 781 | 857 | 978 | 603 | 401
        | 802 => EASTERN,
        // Michigan without the Upper Peninsula
        231 | 248 | 269 | 313 | 517 | 586 | 616 | 679 | 734 | 810 | 947 | 989 => EASTERN,
        // New Jersey
        201 | 551 | 609 | 640 | 732 | 848 | 856 | 862 | 908 | 973 => EASTERN,
        // New York
        212 | 315 | 329 | 332 | 347 | 363 | 465 | 516 | 518 | 585 | 607 | 624 | 631 | 646 | 680 | 716 | 718 | 838
        | 845 | 914 | 917 | 929 | 934 => EASTERN,
        // North and South Carolina
        252 | 336 | 472 | 704 | 743 | 828 | 910 | 919 | 980 | 984 | 803 | 821 | 839 | 843 | 854 | 864 => EASTERN,
        // Ohio
        216 | 220 | 234 | 283 | 326 | 330 | 380 | 419 | 436 | 440 | 513 | 567 | 614 | 740 | 937 => EASTERN,
        // Pennsylvania
        215 | 223 | 267 | 272 | 412 | 445 | 484 | 570 | 582 | 610 | 717 | 724 | 814 | 835 | 878 => EASTERN,
        // Tennessee around Knoxville; Virginia; West Virginia
        865 | 276 | 434 | 540 | 571 | 686 | 703 | 757 | 804 | 826 | 948 | 304 | 681 => EASTERN,

        // Florida's panhandle; corners of Indiana; the south of Kentucky; Upper Michigan; Tennessee around Chattanooga
        448 | 850 | 219 | 574 | 812 | 930 | 270 | 364 | 606 | 906 | 423 => EASTERN_CENTRAL,

        // Alabama, Arkansas, Louisiana, Mississippi
        205 | 251 | 256 | 334 | 659 | 938 | 327 | 479 | 501 | 870 | 225 | 318 | 337 | 457 | 504 | 985 | 228 | 601
        | 662 | 769 => CENTRAL,
        // Illinois, Iowa
        217 | 224 | 309 | 312 | 331 | 447 | 464 | 618 | 630 | 708 | 730 | 773 | 779 | 815 | 847 | 861 | 872 | 319
        | 515 | 563 | 641 | 712 => CENTRAL,
        // Kansas without its west; Minnesota; Missouri; Nebraska's east
        316 | 913 | 218 | 320 | 507 | 612 | 651 | 763 | 924 | 952 | 235 | 314 | 417 | 557 | 573 | 636 | 660 | 816
        | 975 | 402 | 531 => CENTRAL,
        // Oklahoma; Tennessee's middle and west; Wisconsin
        405 | 539 | 572 | 580 | 918 | 615 | 629 | 731 | 901 | 931 | 262 | 274 | 353 | 414 | 534 | 608 | 715 | 920 => {
            CENTRAL
        }
        // Texas without El Paso
        210 | 214 | 254 | 281 | 325 | 346 | 361 | 409 | 430 | 469 | 512 | 621 | 682 | 713 | 726 | 737 | 806 | 817
        | 830 | 832 | 903 | 936 | 940 | 945 | 956 | 972 | 979 => CENTRAL,

        // The west of Kansas, Nebraska, the Dakotas and Texas beyond the Pecos
        620 | 785 | 308 | 605 | 701 | 432 => CENTRAL_MOUNTAIN,

        // Colorado, Montana, New Mexico, Utah, Wyoming, El Paso
        303 | 719 | 720 | 970 | 983 | 406 | 505 | 575 | 385 | 435 | 801 | 307 | 915 => MOUNTAIN,
        // Arizona; its northeast (the Navajo Nation) keeps summer time
        480 | 520 | 602 | 623 => &["America/Phoenix"],
        928 => &["America/Phoenix", "America/Denver"],
        // Idaho; Nevada without Las Vegas; Oregon's east
        208 | 986 | 775 | 458 | 541 => MOUNTAIN_PACIFIC,

        // California
        209 | 213 | 279 | 310 | 323 | 341 | 350 | 357 | 369 | 408 | 415 | 424 | 442 | 510 | 530 | 559 | 562 | 619
        | 626 | 628 | 650 | 657 | 661 | 669 | 707 | 714 | 738 | 747 | 760 | 805 | 818 | 820 | 831 | 837 | 840 | 858
        | 909 | 916 | 925 | 949 | 951 => PACIFIC,
        // Las Vegas; Oregon's west; Washington
        702 | 725 | 503 | 971 | 206 | 253 | 360 | 425 | 509 | 564 => PACIFIC,

        907 => &["America/Anchorage", "America/Adak"],
        808 => &["Pacific/Honolulu"],
        670 | 671 => &["Pacific/Guam"],
        684 => &["Pacific/Pago_Pago"],
        787 | 939 => &["America/Puerto_Rico"],
        340 => &["America/St_Thomas"],
        _ => return None,
    })
}

fn canada(area: u16) -> Option<&'static [&'static str]> {
    Some(match area {
        // Newfoundland and Labrador
        709 | 879 => &["America/St_Johns", "America/Goose_Bay"],
        // Nova Scotia, Prince Edward Island, New Brunswick
        782 | 902 | 428 | 506 => &["America/Halifax"],
        // Quebec's east with the Magdalen Islands
        367 | 418 | 581 => &["America/Halifax", "America/Toronto"],
        // Quebec
        263 | 354 | 438 | 450 | 468 | 514 | 579 | 819 | 873 => &["America/Toronto"],
        // Ontario
        226 | 249 | 289 | 343 | 365 | 382 | 387 | 416 | 437 | 519 | 548 | 613 | 647 | 683 | 705 | 742 | 753 | 905
        | 942 => &["America/Toronto"],
        // Ontario's northwest
        807 => &["America/Toronto", "America/Panama", "America/Winnipeg"],
        // Manitoba
        204 | 431 | 584 => &["America/Winnipeg"],
        // Saskatchewan; Lloydminster keeps Alberta's time
        306 | 474 | 639 => &["America/Regina", "America/Edmonton"],
        // Alberta
        368 | 403 | 587 | 780 | 825 => &["America/Edmonton"],
        // British Columbia around Vancouver
        604 => &["America/Vancouver"],
        // British Columbia
        236 | 250 | 257 | 672 | 778 => &["America/Edmonton", "America/Dawson_Creek", "America/Vancouver"],
        // Yukon, Northwest Territories, Nunavut
        867 => &["America/Iqaluit", "America/Panama", "America/Winnipeg", "America/Edmonton", "America/Whitehorse"],
        // Not bound to an area
        600 | 622 | 633 | 644 | 655 | 677 | 688 => &[
            "America/St_Johns",
            "America/Halifax",
            "America/Toronto",
            "America/Winnipeg",
            "America/Regina",
            "America/Edmonton",
            "America/Vancouver",
        ],
        _ => return None,
    })
}

fn islands(area: u16) -> Option<&'static [&'static str]> {
    Some(match area {
        242 => &["America/Nassau"],
        246 => &["America/Barbados"],
        264 => &["America/Anguilla"],
        268 => &["America/Antigua"],
        284 => &["America/Tortola"],
        345 => &["America/Cayman"],
        441 => &["Atlantic/Bermuda"],
        473 => &["America/Grenada"],
        649 => &["America/Grand_Turk"],
        658 | 876 => &["America/Jamaica"],
        664 => &["America/Montserrat"],
        721 => &["America/Lower_Princes"],
        758 => &["America/St_Lucia"],
        767 => &["America/Dominica"],
        784 => &["America/St_Vincent"],
        809 | 829 | 849 => &["America/Santo_Domingo"],
        868 => &["America/Port_of_Spain"],
        869 => &["America/St_Kitts"],
        _ => return None,
    })
}
