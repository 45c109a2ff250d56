/** Where records stand that were made here and that no window has yet: between the lines of the server, or after them. Pure. */

/** A record that is kept at a line. */
export interface Held {
  record: string;
  at: number;
}

export class Places {
  /** In order of their lines. */
  #made: readonly Held[];

  /** `made`: records in the order in which they were made; `total`: lines of the server. */
  constructor(made: readonly string[], held: readonly Held[], total: number) {
    if (made.length === 0) {
      this.#made = [];
      return;
    }
    const lines = new Map(held.map(({ record, at }) => [record, at]));
    const wishes = made.map((record) => ({ record, at: lines.get(record) ?? Number.POSITIVE_INFINITY }));
    wishes.sort((a, b) => a.at - b.at || 0);
    let least = 0;
    this.#made = wishes.map(({ record, at }, i) => {
      const line = Math.max(least, Math.min(at, total + i));
      least = line + 1;
      return { record, at: line };
    });
  }

  get count(): number {
    return this.#made.length;
  }

  /** The record made here that stands at a line. */
  at(line: number): string | undefined {
    return this.#made.find((made) => made.at === line)?.record;
  }

  /** The line of a record made here. */
  of(record: string): number | undefined {
    return this.#made.find((made) => made.record === record)?.at;
  }

  /** The line of the server that stands at a line; undefined where a record made here stands. */
  inner(line: number): number | undefined {
    let before = 0;
    for (const { at } of this.#made) {
      if (at === line) return undefined;
      if (at < line) before++;
    }
    return line - before;
  }

  /** The line at which one of the server stands. */
  outer(line: number): number {
    let at = line;
    for (const made of this.#made) if (made.at <= at) at++;
    return at;
  }
}
