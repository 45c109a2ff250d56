/** A small key-value store in IndexedDB. Where the browser gives none (private windows), it lasts as long as the page. */

export interface Store<T extends { id: string }> {
  all(): Promise<T[]>;
  put(item: T): Promise<void>;
  delete(id: string): Promise<void>;
}

export function memoryStore<T extends { id: string }>(): Store<T> {
  const items = new Map<string, T>();
  return {
    all: async () => [...items.values()].map((item) => structuredClone(item)),
    put: async (item) => {
      items.set(item.id, structuredClone(item));
    },
    delete: async (id) => {
      items.delete(id);
    },
  };
}

function promised<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase(name: string, store: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: 'id' });
  return promised(request);
}

export function idbStore<T extends { id: string }>(database: string, store: string): Store<T> {
  const fallback = memoryStore<T>();
  let opened: Promise<IDBDatabase | undefined> | undefined;
  const open = () => {
    opened ??=
      typeof indexedDB === 'undefined'
        ? Promise.resolve(undefined)
        : openDatabase(database, store).catch(() => undefined);
    return opened;
  };
  const run = async <R>(
    mode: IDBTransactionMode,
    use: (s: IDBObjectStore) => IDBRequest<R>,
  ): Promise<R | undefined> => {
    const db = await open();
    return db && promised(use(db.transaction(store, mode).objectStore(store)));
  };
  return {
    all: async () => (await run('readonly', (s) => s.getAll() as IDBRequest<T[]>)) ?? fallback.all(),
    put: async (item) => {
      if ((await run('readwrite', (s) => s.put(item))) === undefined) await fallback.put(item);
    },
    delete: async (id) => {
      await run('readwrite', (s) => s.delete(id));
      await fallback.delete(id);
    },
  };
}
