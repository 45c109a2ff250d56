/** Going from hit to hit, cell by cell in the order of rows and columns. Pure. */

/** A record that has the text, as the server tells it. */
export interface Hit {
  /** Its place among the records of the view. */
  at: number;
  record: string;
  fields: readonly string[];
}

/** Some of the hits, in order. */
export interface Page {
  /** How many records have the text in all. */
  total: number;
  /** How many of them stand before the first of these. */
  before: number;
  hits: readonly Hit[];
}

/** A cell that has the text. */
export interface Spot {
  at: number;
  record: string;
  field: string;
}

/** Cells that have the text, in the order of rows and of the columns that are shown. */
export function spotsOf(page: Page, columns: readonly string[]): Spot[] {
  return page.hits.flatMap(({ at, record, fields }) =>
    columns.filter((field) => fields.includes(field)).map((field) => ({ at, record, field })),
  );
}

/** Before, at or after. */
function compare(a: { at: number; field: string }, b: { at: number; field: string }, columns: readonly string[]) {
  return a.at - b.at || columns.indexOf(a.field) - columns.indexOf(b.field);
}

/** The next cell of a page, or the one before; undefined when the page has none. Without a place, the first or last. */
export function nextSpot(
  page: Page,
  columns: readonly string[],
  from: { at: number; field: string } | null,
  backward: boolean,
): Spot | undefined {
  const spots = spotsOf(page, columns);
  if (!from) return backward ? spots.at(-1) : spots[0];
  if (backward) return spots.findLast((spot) => compare(spot, from, columns) < 0);
  return spots.find((spot) => compare(spot, from, columns) > 0);
}

/** Which hits to ask for when a page has no further one; none when it has them all and there is nowhere to go. */
export function pageAfter(page: Page, backward: boolean): { from?: number; until?: number } {
  const { total, before, hits } = page;
  if (backward) return before > 0 && hits[0] ? { until: hits[0].at } : { until: Number.MAX_SAFE_INTEGER };
  const last = hits.at(-1);
  return last && before + hits.length < total ? { from: last.at + 1 } : { from: 0 };
}

/** Which of all hits a record is, from 1; 0 when it is none of the page. */
export function numberOf(page: Page, record: string | undefined): number {
  const at = page.hits.findIndex((hit) => hit.record === record);
  return at < 0 ? 0 : page.before + at + 1;
}
