/** How many comments in open threads the records of a table have: asked once, then record by record as people comment. */
import { queryClient } from '../../../data/queries';
import { type Comment, commentsApi } from './api';

export interface Counts {
  counts: Record<string, number>;
}

export const countsKey = (base: string, table: string) => ['base', base, 'comment-counts', table];

/** Comments in threads that are not resolved. */
export function openComments(comments: readonly Comment[]): number {
  const resolved = new Set(comments.filter((one) => one.resolved).map((one) => one.id));
  return comments.filter((one) => !resolved.has(one.thread)).length;
}

/** Somebody commented on a record. */
export async function refreshCount(base: string, table: string, record: string): Promise<void> {
  const key = countsKey(base, table);
  if (!queryClient.getQueryData<Counts>(key)) return;
  const { items } = await commentsApi.list(base, table, record, new AbortController().signal);
  queryClient.setQueryData<Counts>(key, (old) => {
    const { [record]: _, ...others } = old?.counts ?? {};
    const count = openComments(items);
    return { counts: count > 0 ? { ...others, [record]: count } : others };
  });
}
