//! The records of the network: made up, and the same for every demo that begins on the same day.

use serde_json::{Map, Value as Json, json};
use skein_types::{MemberId, RecordId, Timestamp};

use super::{
    dice::Dice,
    files::Shelf,
    places::{KINDS, REGIONS, crew, notes, partners, site},
    schema::FINDINGS,
};

/// Cells by the names of their fields.
pub(super) type Cells = Map<String, Json>;

/// What all records are made of.
pub(super) struct Stuff<'a> {
    pub(super) dice: Dice,
    /// Days since 1970.
    pub(super) today: i64,
    pub(super) people: &'a [MemberId],
    pub(super) shelf: &'a Shelf,
}

/// A station as contracts and visits need to know it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    /// Index into [`REGIONS`].
    region: usize,
    city: usize,
    pub(super) live: bool,
    opened: i64,
    shop: bool,
}

fn cells(json: Json) -> Cells {
    // Cells are written as objects; what is empty is left out.
    let Json::Object(mut cells) = json else { return Cells::new() };
    cells.retain(|_, value| !value.is_null());
    cells
}

/// The day, as cells of dates are written.
fn day(days: i64) -> String {
    instant(days, 0, 0).chars().take(10).collect()
}

/// An instant of a day by clocks that are ahead of UTC by some hours.
fn instant(days: i64, minutes: i64, ahead: i64) -> String {
    let seconds = days * 86_400 + minutes * 60 - ahead * 3_600;
    Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

fn tens(amount: f64) -> f64 {
    (amount / 10.0).round() * 10.0
}

impl Stuff<'_> {
    /// Regions that hold others, or those within them; `made` are the records of the former.
    pub(super) fn regions(&mut self, made: &[RecordId]) -> Vec<Cells> {
        let wanted = |region: &&super::places::Region| region.within.is_some() != made.is_empty();
        let regions = REGIONS.iter().filter(wanted);
        regions
            .map(|region| {
                let whole = region.within.is_none();
                let target = self.dice.whole(58, 84) as f64 * if whole { 300_000.0 } else { 100_000.0 };
                let plans = if whole { Json::Null } else { json!([self.dice.pick(&[0, 1])]) };
                cells(json!({
                    "Region": region.name,
                    "Part of": region.within.map(|at| [made[at]]),
                    "Country": region.country,
                    "Manager": [self.people[region.manager]],
                    "Target": target,
                    "Plans": plans.get(0).and_then(Json::as_u64).map(|at| [&self.shelf.plans[at as usize]]),
                }))
            })
            .collect()
    }

    /// Stations of all regions, of which these are the records.
    pub(super) fn stations(&mut self, regions: &[RecordId]) -> Vec<(Site, Cells)> {
        let mut made = Vec::new();
        for (at, region) in REGIONS.iter().enumerate() {
            for city in 0..region.cities.len() {
                for kind in 0..KINDS.len() {
                    made.push(self.station(at, regions[at], city, kind));
                }
            }
        }
        made
    }

    fn station(&mut self, region: usize, record: RecordId, city: usize, kind: usize) -> (Site, Cells) {
        let dice = &mut self.dice;
        let part = &REGIONS[region];
        let (name, longitude, latitude) = part.cities[city];
        let status = match dice.whole(1, 100) {
            1..=84 => "Live",
            85..=88 => "Planned",
            89..=93 => "Building",
            94..=97 => "Paused",
            _ => "Closed",
        };
        let opened = self.today
            + match status {
                "Planned" => dice.whole(120, 500),
                "Building" => dice.whole(10, 150),
                _ => -dice.whole(100, 2_200),
            };
        let chargers = dice.whole(4, if kind == 4 { 24 } else { 14 });
        let earning = matches!(status, "Live" | "Paused");
        let revenue = tens(chargers as f64 * (14_000.0 + 30_000.0 * dice.part()));
        let cost = tens(revenue * (0.58 + 0.36 * dice.part() + if dice.often(7) { 0.25 } else { 0.0 }));
        let named = site(part.tongue, name, kind);
        let place = json!({"name": named, "longitude": longitude + (dice.part() - 0.5) / 8.0,
            "latitude": latitude + (dice.part() - 0.5) / 10.0});
        let services = ["Café", "Toilets", "Shop", "Wi-Fi", "Roof", "Trucks"];
        let services: Vec<&str> = services.into_iter().filter(|_| dice.often(40)).collect();
        let (_, keepers) = crew(part.tongue);
        let photo = dice.often(22).then(|| [dice.pick(&self.shelf.photos.iter().collect::<Vec<_>>())]);
        let cells = cells(json!({
            "Station": named, "Region": [record], "Status": status, "Kind": KINDS[kind], "Place": place,
            "Opened": day(opened), "Chargers": chargers, "Power": chargers * dice.pick(&[50, 150, 150, 300]),
            "Services": services, "Lead": [self.people[dice.pick(keepers)]],
            "Revenue": earning.then_some(revenue), "Cost": earning.then_some(cost),
            "Hotline": format!("+{} 555 {:04}", country_code(part.ahead), dice.whole(100, 9_999)),
            "Photos": photo,
        }));
        (Site { region, city, live: status == "Live", opened, shop: kind == 2 }, cells)
    }

    /// Stations near each other that stand in for each other: the record, and its backup.
    pub(super) fn backups(sites: &[(Site, RecordId)]) -> Vec<(RecordId, RecordId)> {
        let near = |a: &Site, b: &Site| (a.region, a.city) == (b.region, b.city);
        let backup = |(site, record): &(Site, RecordId)| {
            let other = sites.iter().find(|(other, id)| other.live && near(other, site) && id != record)?;
            site.live.then_some((*record, other.1))
        };
        sites.iter().filter_map(backup).collect()
    }

    /// Contracts: a lease of each station, power of a city, upkeep of a region, some advertising.
    pub(super) fn contracts(&mut self, sites: &[(Site, RecordId)]) -> Vec<Cells> {
        let mut made = Vec::new();
        for (region, part) in REGIONS.iter().enumerate() {
            let here = |city: Option<usize>| -> Vec<RecordId> {
                let mine = |site: &Site| site.region == region && city.is_none_or(|city| site.city == city);
                sites.iter().filter(|(site, _)| site.live && mine(site)).map(|(_, id)| *id).collect()
            };
            let all = here(None);
            if all.is_empty() {
                continue;
            }
            made.push(self.contract(region, ("Maintenance", 3), &all, 3_800.0 * all.len() as f64));
            for city in 0..part.cities.len() {
                let some = here(Some(city));
                made.push(self.contract(region, ("Power supply", 1), &some, 21_000.0 * some.len() as f64));
            }
            for (site, id) in sites.iter().filter(|(site, _)| site.region == region && site.live) {
                if !self.dice.often(4) {
                    made.push(self.contract(region, ("Site lease", 0), &[*id], 19_000.0));
                }
                if site.shop && self.dice.often(60) {
                    made.push(self.contract(region, ("Advertising", 2), &[*id], 4_500.0));
                }
            }
        }
        made
    }

    fn contract(&mut self, region: usize, kind: (&str, usize), of: &[RecordId], about: f64) -> Cells {
        let dice = &mut self.dice;
        let tongue = REGIONS[region].tongue;
        let ends = self.today
            + match dice.whole(1, 100) {
                1..=5 => -dice.whole(1, 90),
                6..=17 => dice.whole(1, 60),
                _ => dice.whole(61, 1_900),
            };
        let starts = ends - 365 * dice.pick(&[2, 3, 5, 5]);
        // Shops let land too.
        let (partner, mail) = partners(tongue)[if kind.1 == 0 { dice.pick(&[0, 0, 2]) } else { kind.1 }];
        let (_, keepers) = crew(tongue);
        let signed = dice.often(45).then(|| [&self.shelf.contracts[kind.1]]);
        cells(json!({
            "For": of, "Kind": kind.0, "Partner": partner, "Owner": [self.people[dice.pick(keepers)]],
            "Contact": mail,
            "Starts": day(starts), "Ends": day(ends), "Per year": tens(about * (0.7 + 0.6 * dice.part())),
            "Renews itself": dice.often(25), "Signed copy": signed,
            "Terms": dice.often(20).then_some("Notice: 60 days before the end.\nPrice follows the index once a year."),
        }))
    }

    /// Contracts that took the place of earlier ones: which, and cells of the earlier.
    pub(super) fn earlier(&mut self, contracts: &[Cells]) -> Vec<(usize, Cells)> {
        let mut made = Vec::new();
        for (at, later) in contracts.iter().enumerate() {
            let starts = later.get("Starts").and_then(Json::as_str).unwrap_or_default();
            if later.get("Kind") != Some(&json!("Site lease")) || !self.dice.often(16) {
                continue;
            }
            let Ok(start) = format!("{starts}T00:00:00Z").parse::<Timestamp>() else { continue };
            let ends = start.as_second() / 86_400 - 1;
            let mut cells = later.clone();
            cells.insert("Starts".into(), day(ends - 365 * 3).into());
            cells.insert("Ends".into(), day(ends).into());
            let price = later.get("Per year").and_then(Json::as_f64).unwrap_or_default();
            cells.insert("Per year".into(), tens(price * 0.9).into());
            made.push((at, cells));
        }
        made
    }

    /// Visits in the order of their time.
    pub(super) fn visits(&mut self, sites: &[(Site, RecordId)]) -> Vec<Cells> {
        let mut made: Vec<(i64, Cells)> = Vec::new();
        for (site, id) in sites.iter().filter(|(site, _)| site.live) {
            let neglected = self.dice.often(6);
            let mut on =
                self.today - if neglected { self.dice.whole(70, 150) } else { self.dice.whole(2, 55) };
            let first = site.opened.max(self.today - 540);
            let mut newest = true;
            while on >= first {
                made.push((on, self.visit(site, *id, on, newest)));
                newest = false;
                on -= self.dice.whole(32, 62);
            }
            if !neglected && self.dice.often(55) {
                let on = self.today + self.dice.whole(1, 40);
                made.push((on, self.planned(site, *id, on)));
            }
        }
        made.sort_by_key(|(on, _)| *on);
        made.into_iter().map(|(_, cells)| cells).collect()
    }

    fn planned(&mut self, site: &Site, id: RecordId, on: i64) -> Cells {
        let dice = &mut self.dice;
        let region = &REGIONS[site.region];
        let (inspectors, _) = crew(region.tongue);
        let by = dice.pick(inspectors);
        let with = inspectors.iter().find(|other| **other != by && dice.often(12));
        cells(json!({
            "Station": [id], "When": instant(on, dice.whole(32, 66) * 15, region.ahead),
            "Kind": dice.pick(&["Inspection", "Inspection", "Inspection", "Cleaning", "Repair", "Partner meeting"]),
            "By": [self.people[by]], "With": with.map(|at| [self.people[*at]]),
        }))
    }

    fn visit(&mut self, site: &Site, id: RecordId, on: i64, newest: bool) -> Cells {
        let mut cells = self.planned(site, id, on);
        let dice = &mut self.dice;
        if newest && dice.often(3) {
            // Nobody went.
            return cells;
        }
        let found: Vec<usize> = (0..FINDINGS.len()).filter(|_| dice.often(10)).collect();
        let result = match (found.len(), dice.often(8)) {
            (0, _) => "Passed",
            (_, true) => "Closed",
            _ => "Repairs",
        };
        let notes = notes(REGIONS[site.region].tongue);
        let mut told: Vec<&str> = found.iter().map(|at| notes[at + 1]).collect();
        if told.is_empty() && dice.often(40) {
            told.push(notes[0]);
        }
        let minutes = dice.whole(2, 10) * 15 + found.len() as i64 * 45;
        let condition = (5 - found.len() as i64 - dice.whole(0, 1)).max(1);
        let done = json!({
            "Result": result,
            "Findings": found.iter().map(|at| FINDINGS[*at]).collect::<Vec<_>>(),
            "Condition": condition,
            "On site": minutes * 60,
            "Cost": tens(60.0 + minutes as f64 * 1.4 + found.len() as f64 * 180.0 * dice.part()),
            "Follow-up": newest && !found.is_empty() && dice.often(60),
            "Notes": if told.is_empty() { Json::Null } else { told.join("\n").into() },
            "Photos": (newest && !found.is_empty() && dice.often(30))
                .then(|| [dice.pick(&self.shelf.photos.iter().collect::<Vec<_>>())]),
        });
        cells.extend(self::cells(done));
        cells
    }
}

/// The code of a country by the clocks it keeps.
fn country_code(ahead: i64) -> u8 {
    match ahead {
        8 => 86,
        9 => 81,
        1 => 49,
        _ => 1,
    }
}
