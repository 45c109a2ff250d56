//! The site checks of the demo company: a table small enough to read.

/// Site, city, date, inspector, result, findings, hours on site, follow-up needed.
pub(super) const CHECKS: &str = "\
Check,City,Date,Inspector,Result,Findings,Hours,Follow-up
San Francisco International,San Francisco,2026-11-03,Sam Whitaker,Passed,\"Signage, Lighting\",3.5,no
San Jose International,San Jose,2026-11-04,Sam Whitaker,Passed,,2,no
Metropolitan Oakland International,Oakland,2026-11-05,Sam Whitaker,Repairs,\"Cable, Payment terminal\",4,yes
Sacramento International,Sacramento,2026-11-06,Daniel Reyes,Passed,Signage,2.5,no
Reno/Tahoe International,Reno,2026-11-09,Daniel Reyes,Passed,,2,no
Los Angeles International,Los Angeles,2026-11-10,Priya Raman,Repairs,\"Cooling, Cable\",5,yes
San Diego International-Lindbergh,San Diego,2026-11-11,Priya Raman,Passed,Lighting,3,no
Seattle-Tacoma Intl,Seattle,2026-11-12,Sam Whitaker,Passed,,2.5,no
Portland Intl,Portland,2026-11-13,Sam Whitaker,Closed,\"Flooding, Cooling\",6,yes
Denver Intl,Denver,2026-11-16,Daniel Reyes,Passed,\"Payment terminal\",3,no
Salt Lake City Intl,Salt Lake City,2026-11-17,Daniel Reyes,Passed,,2,no
Phoenix Sky Harbor International,Phoenix,2026-11-18,Priya Raman,Repairs,Cooling,4.5,yes
George Bush Intercontinental,Houston,2026-11-19,Priya Raman,Passed,Signage,3,no
Dallas-Fort Worth International,Dallas-Fort Worth,2026-11-19,Sam Whitaker,Passed,,3,no
Chicago O'Hare International,Chicago,2026-11-20,Daniel Reyes,Repairs,\"Cable, Signage\",5.5,yes
Minneapolis-St Paul Intl,Minneapolis,2026-11-20,Daniel Reyes,Passed,Lighting,2.5,no
";
