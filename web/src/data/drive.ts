/**
 * Changes to resources: shown at once in every cached list, confirmed by the server, put back with a reason when it
 * refuses. They resolve to whether the change was made.
 */
import type { QueryKey } from '@tanstack/react-query';
import i18next from 'i18next';
import { notifyProblem } from '../ui/notify';
import { api } from './client';
import { checkSize } from './files';
import { type Listing, meQuery, queryClient } from './queries';
import { newId } from './records';
import type { Resource, ResourceKind } from './types';

type Change = (items: Resource[], listing: Listing) => Resource[];
type Saved = [QueryKey, unknown][];

/** Edits every cached list and the cached single resources; returns what was there before. */
function editCaches(change: Change): Saved {
  const saved: Saved = queryClient.getQueriesData({ queryKey: ['resources'] });
  for (const [key, items] of queryClient.getQueriesData<Resource[]>({ queryKey: ['resources', 'list'] })) {
    if (items) queryClient.setQueryData(key, change(items, key[2] as Listing));
  }
  for (const [key, one] of queryClient.getQueriesData<Resource>({ queryKey: ['resources', 'one'] })) {
    // A resource that leaves its list is still itself until the server has said what became of it.
    const after = one && change([one], { in: one.parent ?? 'root' })[0];
    if (after) queryClient.setQueryData(key, after);
  }
  return saved;
}

async function optimistic(change: Change, run: () => Promise<unknown>, failed: string): Promise<boolean> {
  await queryClient.cancelQueries({ queryKey: ['resources'] });
  const saved = editCaches(change);
  try {
    await run();
    return true;
  } catch (error) {
    for (const [key, data] of saved) queryClient.setQueryData(key, data);
    notifyProblem(error, failed);
    return false;
  } finally {
    void queryClient.invalidateQueries({ queryKey: ['resources'] });
  }
}

const among = (resources: readonly Resource[]) => {
  const ids = new Set(resources.map((resource) => resource.id));
  return (item: Resource) => ids.has(item.id);
};
const each = (resources: readonly Resource[], run: (resource: Resource) => Promise<unknown>) => () =>
  Promise.all(resources.map(run));
const isView = (listing: Listing, view: string) => 'view' in listing && listing.view === view;

export async function createResource(kind: ResourceKind, name: string, parent: string | null): Promise<Resource> {
  const made = await api.post<Resource>('/resources', { kind, name, parent });
  await queryClient.invalidateQueries({ queryKey: ['resources'] });
  return made;
}

/** A base that was made of a file, and who of it is nobody here. */
export interface ImportedBase {
  resource: Resource;
  report: { tables: number; records: number; files: number; unknown_people: string[] };
}

/** How far the server is with a file, from 0 to 1; null while it is on its way. */
type OnPart = (part: number | null) => void;

/** How often the server is asked how far it is, in milliseconds. */
const asked = 500;

/** Makes a base of a file; aborted, it comes to nothing. */
export async function importBase(
  file: File,
  parent: string | null,
  onPart: OnPart,
  signal: AbortSignal,
): Promise<ImportedBase> {
  const { limits } = await queryClient.ensureQueryData(meQuery);
  checkSize(file, limits.import);
  const id = newId('imp');
  const ask = async () => {
    const { read, total } = await api.get<{ read: number; total: number }>(`/base-files/${id}`, { signal });
    if (total > 0) onPart(Math.min(1, read / total));
  };
  // Until the file begins to arrive the server knows nothing of it.
  const asking = setInterval(() => void ask().catch(() => undefined), asked);
  const stop = () => void api.delete(`/base-files/${id}`).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await api.post<ImportedBase>('/base-files', file, {
      query: { parent, import: id },
      headers: { 'content-type': 'application/octet-stream' },
      signal,
    });
  } finally {
    clearInterval(asking);
    signal.removeEventListener('abort', stop);
    await queryClient.invalidateQueries({ queryKey: ['resources'] });
  }
}

export function renameResource(resource: Resource, name: string): Promise<boolean> {
  return optimistic(
    (items) => items.map((item) => (item.id === resource.id ? { ...item, name } : item)),
    () => api.patch(`/resources/${resource.id}`, { name }),
    i18next.t('drive:failed.rename'),
  );
}

export function starResources(resources: readonly Resource[], starred: boolean): Promise<boolean> {
  const chosen = among(resources);
  return optimistic(
    (items, listing) =>
      items
        .map((item) => (chosen(item) ? { ...item, starred } : item))
        .filter((item) => starred || !isView(listing, 'starred') || !chosen(item)),
    each(resources, ({ id }) => api.patch(`/resources/${id}`, { starred })),
    i18next.t('drive:failed.star'),
  );
}

/** `parent` is for each resource where it goes: null is the root of one's own drive. */
export function moveResources(
  resources: readonly Resource[],
  parent: (resource: Resource) => string | null,
): Promise<boolean> {
  const chosen = among(resources);
  return optimistic(
    (items, listing) =>
      items.filter((item) => !('in' in listing) || !chosen(item) || (parent(item) ?? 'root') === listing.in),
    each(resources, (resource) => api.patch(`/resources/${resource.id}`, { parent: parent(resource) })),
    i18next.t('drive:failed.move'),
  );
}

/** Takes the resources out of every list but the one of the single resource they belong to. */
const without = (resources: readonly Resource[], but?: string): Change => {
  const chosen = among(resources);
  return (items, listing) => (but && isView(listing, but) ? items : items.filter((item) => !chosen(item)));
};

export function trashResources(resources: readonly Resource[]): Promise<boolean> {
  return optimistic(
    without(resources, 'trash'),
    each(resources, ({ id }) => api.post(`/resources/${id}/trash`)),
    i18next.t('drive:failed.trash'),
  );
}

export function restoreResources(resources: readonly Resource[]): Promise<boolean> {
  return optimistic(
    without(resources),
    each(resources, ({ id }) => api.post(`/resources/${id}/restore`)),
    i18next.t('drive:failed.restore'),
  );
}

export function deleteResources(resources: readonly Resource[]): Promise<boolean> {
  return optimistic(
    without(resources),
    each(resources, ({ id }) => api.delete(`/resources/${id}`)),
    i18next.t('drive:failed.delete'),
  );
}

export async function duplicateResource(resource: Resource): Promise<Resource | null> {
  try {
    const made = await api.post<Resource>(`/resources/${resource.id}/duplicate`);
    await queryClient.invalidateQueries({ queryKey: ['resources'] });
    return made;
  } catch (error) {
    notifyProblem(error, i18next.t('drive:failed.duplicate'));
    return null;
  }
}

/** Remembers that it was opened, for the list of recent ones. Nobody waits for it. */
export function markOpened(id: string): void {
  api.post(`/resources/${id}/opened`).then(
    () => queryClient.invalidateQueries({ queryKey: ['resources', 'list', { view: 'recent' }] }),
    () => {},
  );
}
