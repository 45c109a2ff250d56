//! Where the stations of the demo company stand: its regions, their cities, and what people there write.

/// Languages notes and names are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    Chinese,
    German,
    Dutch,
    English,
    Japanese,
}

/// A part of the network; those without cities hold others.
pub(super) struct Region {
    pub(super) name: &'static str,
    /// Index into [`REGIONS`]; always an earlier one.
    pub(super) within: Option<usize>,
    pub(super) country: Option<&'static str>,
    /// Index into the people of the demo.
    pub(super) manager: usize,
    pub(super) tongue: Tongue,
    /// Hours that clocks there are ahead of UTC.
    pub(super) ahead: i64,
    pub(super) cities: &'static [City],
}

/// A name, degrees east and degrees north.
pub(super) type City = (&'static str, f64, f64);

/// What kinds of sites there are, in the order of [`site`].
pub(super) const KINDS: [&str; 5] = ["City", "Airport", "Shopping", "Business park", "Motorway"];

/// What a station of a kind in a city is called.
pub(super) fn site(tongue: Tongue, city: &str, kind: usize) -> String {
    let names = match tongue {
        Tongue::Chinese => ["火车站", "国际机场", "购物中心", "科技园", "服务区"],
        Tongue::German => ["Hauptbahnhof", "Flughafen", "Einkaufspark", "Gewerbepark", "Autohof"],
        Tongue::Dutch => ["Centraal", "Luchthaven", "Winkelhart", "Bedrijvenpark", "Verzorgingsplaats"],
        Tongue::English => ["Downtown", "Airport", "Galleria", "Tech Park", "Truck Stop"],
        Tongue::Japanese => ["駅前", "空港", "ショッピングモール", "物流センター", "サービスエリア"],
    };
    let space = if matches!(tongue, Tongue::Chinese | Tongue::Japanese) { "" } else { " " };
    format!("{city}{space}{}", names[kind])
}

/// What an inspector notes when nothing is wrong, then of each of [`super::schema::FINDINGS`].
pub(super) fn notes(tongue: Tongue) -> &'static [&'static str; 7] {
    match tongue {
        Tongue::Chinese => &[
            "设备运行正常，现场整洁。",
            "二号枪线缆外皮破损，已停用并申请更换。",
            "支付终端间歇性离线，已重启，继续观察。",
            "冷却风扇噪音偏大，滤网已清洁。",
            "入口指示牌被树枝遮挡，已联系物业。",
            "夜间照明有两盏不亮。",
            "雨后场地积水，排水口需疏通。",
        ],
        Tongue::German => &[
            "Alles in Ordnung, Anlage sauber.",
            "Kabel an Säule 2 beschädigt, außer Betrieb genommen, Ersatz bestellt.",
            "Bezahlterminal fällt zeitweise aus; neu gestartet, weiter beobachten.",
            "Lüfter der Kühlung laut, Filter gereinigt.",
            "Beschilderung an der Zufahrt verdeckt, Eigentümer informiert.",
            "Zwei Leuchten ohne Funktion.",
            "Wasser auf der Fläche nach Regen, Ablauf verstopft.",
        ],
        Tongue::Dutch => &[
            "Alles in orde, locatie schoon.",
            "Kabel van paal 2 beschadigd, buiten gebruik gesteld, vervanging besteld.",
            "Betaalterminal valt soms uit; herstart, blijven volgen.",
            "Ventilator van de koeling maakt geluid, filter gereinigd.",
            "Bord bij de inrit niet zichtbaar, eigenaar ingelicht.",
            "Twee lampen werken niet.",
            "Water op het terrein na regen, afvoer verstopt.",
        ],
        Tongue::English => &[
            "All good, site is clean.",
            "Cable on bay 2 is frayed; taken out of service, replacement ordered.",
            "Payment terminal drops out now and then; restarted, keep an eye on it.",
            "Cooling fan is loud; cleaned the filters.",
            "Sign at the entrance is hidden by trees; told the landlord.",
            "Two lights are out.",
            "Standing water after rain; the drain needs clearing.",
        ],
        Tongue::Japanese => &[
            "異常なし。現場は清潔。",
            "2番のケーブルに損傷あり。使用停止、交換を手配済み。",
            "決済端末が時々オフラインになる。再起動し、経過観察。",
            "冷却ファンの音が大きい。フィルターを清掃。",
            "入口の案内板が木に隠れている。管理会社に連絡済み。",
            "照明が2か所切れている。",
            "雨の後に水たまり。排水口の清掃が必要。",
        ],
    }
}

/// Companies that let land, sell power, run shops and keep sites in order, and their mail addresses.
pub(super) fn partners(tongue: Tongue) -> &'static [(&'static str, &'static str); 4] {
    match tongue {
        Tongue::Chinese => &[
            ("远山物业管理有限公司", "lease@yuanshan.example"),
            ("华灯电力股份公司", "supply@huadeng.example"),
            ("青禾商业集团", "space@qinghe.example"),
            ("云桥设备服务公司", "service@yunqiao.example"),
        ],
        Tongue::German => &[
            ("Lindenhof Immobilien KG", "miete@lindenhof.example"),
            ("Nordlicht Energie AG", "vertrag@nordlicht.example"),
            ("Feldmarkt Flächen GmbH", "flaechen@feldmarkt.example"),
            ("Tauber Anlagentechnik GmbH", "service@tauber.example"),
        ],
        Tongue::Dutch => &[
            ("Waterkant Vastgoed BV", "huur@waterkant.example"),
            ("Polderstroom NV", "contract@polderstroom.example"),
            ("Havenhart Winkels BV", "ruimte@havenhart.example"),
            ("Van Dalen Techniek BV", "service@vandalen.example"),
        ],
        Tongue::English => &[
            ("Bayline Properties LLC", "leasing@bayline.example"),
            ("Redwood Power Cooperative", "contracts@redwood.example"),
            ("Cascade Retail Group", "space@cascade.example"),
            ("Juniper Site Services", "service@juniper.example"),
        ],
        Tongue::Japanese => &[
            ("みどり野不動産株式会社", "lease@midorino.example"),
            ("さくら川電力株式会社", "keiyaku@sakuragawa.example"),
            ("青空モール運営株式会社", "space@aozora.example"),
            ("北斗設備サービス株式会社", "service@hokuto.example"),
        ],
    }
}

const fn within(
    (name, parent): (&'static str, usize),
    country: &'static str,
    manager: usize,
    (tongue, ahead): (Tongue, i64),
    cities: &'static [City],
) -> Region {
    Region { name, within: Some(parent), country: Some(country), manager, tongue, ahead, cities }
}

const fn whole(name: &'static str, manager: usize, tongue: Tongue) -> Region {
    Region { name, within: None, country: None, manager, tongue, ahead: 0, cities: &[] }
}

const CHINA: (Tongue, i64) = (Tongue::Chinese, 8);
const GERMANY: (Tongue, i64) = (Tongue::German, 1);
const PACIFIC: (Tongue, i64) = (Tongue::English, -8);
const JAPAN: (Tongue, i64) = (Tongue::Japanese, 9);

/// Those that hold others stand before them.
pub(super) const REGIONS: &[Region] = &[
    whole("中国", 0, Tongue::Chinese),
    whole("Europe", 10, Tongue::English),
    whole("North America", 15, Tongue::English),
    whole("日本", 20, Tongue::Japanese),
    within(
        ("华北", 0),
        "China",
        8,
        CHINA,
        &[
            ("北京", 116.40, 39.90),
            ("天津", 117.20, 39.13),
            ("石家庄", 114.51, 38.04),
            ("济南", 117.12, 36.65),
            ("青岛", 120.38, 36.07),
            ("太原", 112.55, 37.87),
        ],
    ),
    within(
        ("华东", 0),
        "China",
        7,
        CHINA,
        &[
            ("上海", 121.47, 31.23),
            ("杭州", 120.16, 30.27),
            ("苏州", 120.59, 31.30),
            ("南京", 118.80, 32.06),
            ("宁波", 121.55, 29.88),
            ("合肥", 117.23, 31.82),
        ],
    ),
    within(
        ("华南", 0),
        "China",
        7,
        CHINA,
        &[
            ("广州", 113.26, 23.13),
            ("深圳", 114.06, 22.54),
            ("东莞", 113.75, 23.02),
            ("珠海", 113.58, 22.27),
            ("厦门", 118.09, 24.48),
            ("佛山", 113.12, 23.02),
        ],
    ),
    within(
        ("Deutschland Nord", 1),
        "Germany",
        11,
        GERMANY,
        &[
            ("Berlin", 13.40, 52.52),
            ("Hamburg", 9.99, 53.55),
            ("Hannover", 9.73, 52.37),
            ("Bremen", 8.80, 53.08),
            ("Leipzig", 12.37, 51.34),
            ("Rostock", 12.10, 54.09),
        ],
    ),
    within(
        ("Deutschland Süd", 1),
        "Germany",
        11,
        GERMANY,
        &[
            ("München", 11.58, 48.14),
            ("Stuttgart", 9.18, 48.78),
            ("Nürnberg", 11.08, 49.45),
            ("Frankfurt", 8.68, 50.11),
            ("Freiburg", 7.85, 48.00),
            ("Augsburg", 10.90, 48.37),
        ],
    ),
    within(
        ("Nederland", 1),
        "Netherlands",
        14,
        (Tongue::Dutch, 1),
        &[
            ("Amsterdam", 4.90, 52.37),
            ("Rotterdam", 4.48, 51.92),
            ("Utrecht", 5.12, 52.09),
            ("Den Haag", 4.30, 52.08),
            ("Eindhoven", 5.48, 51.44),
            ("Groningen", 6.57, 53.22),
        ],
    ),
    within(
        ("California", 2),
        "United States",
        16,
        PACIFIC,
        &[
            ("San Francisco", -122.42, 37.77),
            ("San Jose", -121.89, 37.34),
            ("Los Angeles", -118.24, 34.05),
            ("San Diego", -117.16, 32.72),
            ("Sacramento", -121.49, 38.58),
            ("Fresno", -119.79, 36.74),
        ],
    ),
    within(
        ("Pacific Northwest", 2),
        "United States",
        17,
        PACIFIC,
        &[
            ("Seattle", -122.33, 47.61),
            ("Portland", -122.68, 45.52),
            ("Spokane", -117.43, 47.66),
            ("Eugene", -123.09, 44.05),
            ("Boise", -116.20, 43.62),
            ("Tacoma", -122.44, 47.25),
        ],
    ),
    within(
        ("Southwest", 2),
        "United States",
        17,
        PACIFIC,
        &[
            ("Phoenix", -112.07, 33.45),
            ("Las Vegas", -115.14, 36.17),
            ("Salt Lake City", -111.89, 40.76),
            ("Reno", -119.81, 39.53),
            ("Tucson", -110.97, 32.22),
            ("Albuquerque", -106.65, 35.08),
        ],
    ),
    within(
        ("関東", 3),
        "Japan",
        21,
        JAPAN,
        &[
            ("東京", 139.69, 35.69),
            ("横浜", 139.64, 35.44),
            ("千葉", 140.12, 35.61),
            ("さいたま", 139.65, 35.86),
            ("川崎", 139.70, 35.53),
            ("宇都宮", 139.88, 36.56),
        ],
    ),
    within(
        ("関西", 3),
        "Japan",
        21,
        JAPAN,
        &[
            ("大阪", 135.50, 34.69),
            ("京都", 135.77, 35.01),
            ("神戸", 135.18, 34.69),
            ("奈良", 135.80, 34.69),
            ("和歌山", 135.17, 34.23),
            ("姫路", 134.69, 34.82),
        ],
    ),
];

/// Who inspects and repairs where a language is spoken, and who keeps its contracts: indices of people.
pub(super) fn crew(tongue: Tongue) -> (&'static [usize], &'static [usize]) {
    match tongue {
        Tongue::Chinese => (&[8, 8, 9, 0], &[7, 9, 0]),
        Tongue::German | Tongue::Dutch => (&[12, 13, 12, 11], &[14, 10, 14]),
        Tongue::English => (&[18, 18, 16, 17, 15], &[15, 19, 19]),
        Tongue::Japanese => (&[21, 21, 22, 20], &[20, 22, 22]),
    }
}
