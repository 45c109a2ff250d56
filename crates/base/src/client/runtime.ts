/** How to reach the server, and as whom. */
export interface Options {
  /** Where the server is, such as `https://skein.example.com`. */
  url: string;
  /** An API token: Settings → API tokens. */
  token: string;
  /** What to send requests with instead of the global `fetch`. */
  fetch?: typeof fetch;
}

/** What the server answers when it refuses. */
export class SkeinError extends Error {
  constructor(
    readonly status: number,
    /** Stable, for programs. */
    readonly code: string,
    detail: string,
    /** Which input is wrong, as a path into the request. */
    readonly field: string | undefined,
  ) {
    super(field ? `${detail} (${field})` : detail);
    this.name = 'SkeinError';
  }
}

/** A cell that could not be computed. */
export interface Failed {
  error: string;
}
/** A record that another names; of long lists the last item says how many more there are. */
export type Linked = { id: string; text: string } | { more: number };
export interface Attachment {
  id: string;
  name: string;
  size: number;
  media: string;
}
export interface Place {
  name?: string;
  longitude: number;
  latitude: number;
}

export interface Saved<Fields> {
  id: string;
  fields: Fields;
}
export type Upserted<Fields> = Saved<Fields> & { result: 'created' | 'updated' | 'unchanged' };
export interface Page<Fields> {
  items: Saved<Fields>[];
  next: string | null;
  total: number;
  seq: number;
}

type Name<Fields> = Extract<keyof Fields, string>;
export type Operator =
  | 'is' | 'is_not' | 'contains' | 'not_contains' | 'starts_with' | 'ends_with' | 'gt' | 'gte' | 'lt' | 'lte'
  | 'between' | 'any_of' | 'all_of' | 'none_of' | 'within' | 'empty' | 'not_empty' | 'is_error' | 'not_error';
export type Filter<Fields> =
  | { and: Filter<Fields>[] }
  | { or: Filter<Fields>[] }
  | { field: Name<Fields>; op: Operator; value?: unknown };
export interface ListOptions<Fields> {
  /** The id of a saved view. */
  view?: string;
  filter?: Filter<Fields>;
  sort?: { field: Name<Fields>; descending?: boolean }[];
  search?: string;
  /** Up to 1,000. */
  limit?: number;
  cursor?: string;
}
export type SummaryFunction =
  | 'count' | 'filled' | 'empty' | 'percent_filled' | 'percent_empty' | 'unique' | 'percent_unique' | 'sum'
  | 'average' | 'median' | 'min' | 'max' | 'range' | 'earliest' | 'latest' | 'checked' | 'unchecked'
  | 'percent_checked' | 'percent_unchecked';
export interface AggregateOptions<Fields> {
  view?: string;
  filter?: Filter<Fields>;
  search?: string;
  /** Up to three levels, outermost first. */
  group?: {
    field: Name<Fields>;
    descending?: boolean;
    by?: 'value' | 'each' | 'day' | 'week' | 'month' | 'quarter' | 'year';
    size?: number;
  }[];
  summaries?: { field: Name<Fields>; function: SummaryFunction }[];
  /** Of each level, by what its groups stand, and how many are given. */
  levels?: { by?: 'group' | 'count' | { summary: number }; descending?: boolean; limit?: number }[];
  /** Where days begin, by its IANA name. */
  zone?: string;
}
export interface Group {
  value: unknown;
  label: string;
  count: number;
  first: number;
  summaries: unknown[];
  groups: Group[];
  more?: number;
}
export interface Aggregated {
  seq: number;
  count: number;
  summaries: unknown[];
  groups: Group[];
  more?: number;
}
export interface WriteOptions {
  /** The same request with the same key is done once within a day. */
  key?: string;
}
type FieldInfo = readonly [name: string, id: string, choices?: readonly (readonly [name: string, id: string])[]];
type TableInfo = readonly [name: string, id: string, fields: readonly FieldInfo[]];
interface TableTypes {
  read: object;
  write: object;
}

/** Ids by names, and names by ids, of a table. */
class Names {
  readonly #fields: Map<string, FieldInfo>;
  readonly #byId: Map<string, { name: string; choices: Map<string, string> }>;

  constructor(
    readonly table: string,
    fields: readonly FieldInfo[],
  ) {
    this.#fields = new Map(fields.map((field) => [field[0], field]));
    const reversed = (field: FieldInfo) => new Map((field[2] ?? []).map(([name, id]) => [id, name]));
    this.#byId = new Map(fields.map((field) => [field[1], { name: field[0], choices: reversed(field) }]));
  }

  id(name: string): string {
    const field = this.#fields.get(name);
    if (!field) throw new Error(`the table has no field ${JSON.stringify(name)}`);
    return field[1];
  }

  /** Fields by name, choices by name. */
  read(record: { fields: Record<string, unknown> }): unknown {
    const fields: Record<string, unknown> = Object.create(null);
    for (const [id, value] of Object.entries(record.fields)) {
      const known = this.#byId.get(id);
      if (known) fields[known.name] = known.choices.size > 0 ? named(value, known.choices) : value;
    }
    return { ...record, fields };
  }

  /** Fields by id; the server takes choices by name. */
  write(fields: object): Record<string, unknown> {
    return Object.fromEntries(Object.entries(fields).map(([name, value]) => [this.id(name), value]));
  }

  filter(filter: Filter<object> | undefined): unknown {
    if (!filter) return undefined;
    if ('and' in filter) return { and: filter.and.map((part) => this.filter(part)) };
    if ('or' in filter) return { or: filter.or.map((part) => this.filter(part)) };
    return { ...(filter as object), field: this.id((filter as { field: string }).field) };
  }

  fields<Key extends { field: string }>(keys: readonly Key[] | undefined): Key[] | undefined {
    return keys?.map((key) => ({ ...key, field: this.id(key.field) }));
  }
}

function named(value: unknown, choices: Map<string, string>): unknown {
  if (typeof value === 'string') return choices.get(value) ?? value;
  return Array.isArray(value) ? value.map((item) => named(item, choices)) : value;
}

class Connection {
  readonly #options: Options;
  constructor(options: Options) {
    this.#options = options;
  }

  async send<Answer>(method: string, path: string, body?: unknown, write?: WriteOptions): Promise<Answer> {
    const { url, token, fetch: own } = this.#options;
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (write?.key) headers['idempotency-key'] = write.key;
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await (own ?? fetch)(`${url.replace(/\/$/, '')}/api/v1/bases/${BASE}${path}`, init);
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer as Answer;
    const { code = 'http', detail = response.statusText, field } = answer as Record<string, string>;
    throw new SkeinError(response.status, code, detail, field);
  }
}

/** The records of a table. */
export class Table<Types extends TableTypes> {
  readonly #names: Names;
  readonly #connection: Connection;
  readonly #path: string;
  constructor(connection: Connection, names: Names) {
    this.#connection = connection;
    this.#names = names;
    this.#path = `/tables/${names.table}`;
  }

  /** A page of records. */
  async list(options: ListOptions<Types['read']> = {}): Promise<Page<Types['read']>> {
    const { filter, sort, ...rest } = options;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(rest)) if (value !== undefined) query.set(name, String(value));
    if (filter) query.set('filter', JSON.stringify(this.#names.filter(filter as Filter<object>)));
    if (sort) query.set('sort', JSON.stringify(this.#names.fields(sort)));
    const page = await this.#connection.send<Page<never>>('GET', `${this.#path}/records?${query}`);
    return { ...page, items: this.#read(page.items) };
  }

  /** All records, asked for page by page. One that does not change meanwhile comes exactly once. */
  async *all(options: Omit<ListOptions<Types['read']>, 'cursor'> = {}): AsyncGenerator<Saved<Types['read']>> {
    let cursor: string | null | undefined;
    do {
      const page: Page<Types['read']> = await this.list({ limit: 1000, ...options, ...(cursor ? { cursor } : {}) });
      yield* page.items;
      cursor = page.next;
    } while (cursor);
  }

  async get(id: string): Promise<Saved<Types['read']>> {
    const record = await this.#connection.send<never>('GET', `${this.#path}/records/${encodeURIComponent(id)}`);
    return this.#names.read(record) as Saved<Types['read']>;
  }

  create(records: Types['write'][], write?: WriteOptions): Promise<Saved<Types['read']>[]> {
    return this.#write('POST', { records: records.map((fields) => ({ fields: this.#names.write(fields) })) }, write);
  }

  /** Sets cells; those that are not named stay, null clears. */
  update(records: Saved<Partial<Types['write']>>[], write?: WriteOptions): Promise<Saved<Types['read']>[]> {
    const all = records.map(({ id, fields }) => ({ id, fields: this.#names.write(fields) }));
    return this.#write('PATCH', { records: all }, write);
  }

  /** Updates the records that have the same values in the key fields, and creates the others. */
  upsert(
    by: Name<Types['write']>[],
    records: Partial<Types['write']>[],
    write?: WriteOptions,
  ): Promise<Upserted<Types['read']>[]> {
    const all = records.map((fields) => ({ fields: this.#names.write(fields) }));
    return this.#write('PUT', { by: by.map((name) => this.#names.id(name)), records: all }, write);
  }

  async delete(ids: string[], write?: WriteOptions): Promise<void> {
    await this.#connection.send('POST', `${this.#path}/records/delete`, { records: ids }, write);
  }

  /** Counts and sums of records, in groups. */
  aggregate(options: AggregateOptions<Types['read']> = {}): Promise<Aggregated> {
    const { filter, group, summaries, ...rest } = options;
    const names = this.#names;
    return this.#connection.send('POST', `${this.#path}/groups`, {
      ...rest,
      filter: names.filter(filter as Filter<object> | undefined),
      group: names.fields(group),
      summaries: names.fields(summaries),
    });
  }

  async #write<Answer>(method: string, body: unknown, write?: WriteOptions): Promise<Answer[]> {
    const answer = await this.#connection.send<{ records: never[] }>(method, `${this.#path}/records`, body, write);
    return this.#read(answer.records);
  }

  #read<Answer>(records: { fields: Record<string, unknown> }[]): Answer[] {
    return records.map((record) => this.#names.read(record) as Answer);
  }
}

/** One write of a batch. A record that is created or upserted may be given a name such as `ref:berlin` as its
 * `id`, by which later operations and links name it. */
export type Operation = {
  [T in keyof Tables]:
    | { do: 'create'; table: T; records: { id?: `ref:${string}`; fields: Tables[T]['write'] }[] }
    | { do: 'update'; table: T; records: Saved<Partial<Tables[T]['write']>>[] }
    | {
        do: 'upsert';
        table: T;
        by: Name<Tables[T]['write']>[];
        records: { id?: `ref:${string}`; fields: Partial<Tables[T]['write']> }[];
      }
    | { do: 'delete'; table: T; records: string[] };
}[keyof Tables];

/** The base. */
export class Base {
  readonly #connection: Connection;
  readonly #names: Map<string, Names>;
  constructor(options: Options) {
    this.#connection = new Connection(options);
    this.#names = new Map(TABLES.map(([name, id, fields]) => [name, new Names(id, fields)]));
  }

  table<T extends keyof Tables>(name: T): Table<Tables[T]> {
    return new Table(this.#connection, this.#of(name));
  }

  /** Writes records of several tables, all or none; the ids of records with names. */
  async batch(operations: Operation[], write?: WriteOptions): Promise<Record<string, string>> {
    const one = (operation: Operation) => {
      const names = this.#of(operation.table);
      const by = 'by' in operation ? { by: operation.by.map((name) => names.id(name)) } : {};
      const record = (record: string | { id?: string; fields: object }) =>
        typeof record === 'string' ? record : { ...record, fields: names.write(record.fields) };
      const records = (operation.records as (string | { id?: string; fields: object })[]).map(record);
      return { do: operation.do, table: names.table, ...by, records };
    };
    const body = { operations: operations.map(one) };
    return (await this.#connection.send<{ refs: Record<string, string> }>('POST', '/batch', body, write)).refs;
  }

  #of(name: string): Names {
    const names = this.#names.get(name);
    if (!names) throw new Error(`the base has no table ${JSON.stringify(name)}`);
    return names;
  }
}

/** The base as whoever has the token sees it. */
export function connect(options: Options): Base {
  return new Base(options);
}
