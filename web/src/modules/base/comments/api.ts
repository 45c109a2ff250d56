/** The requests about comments. */
import { api } from '../../../data/client';

export interface Comment {
  id: string;
  /** The first of its thread; its own id when it is that. */
  thread: string;
  author: string;
  /** Plain text; `<@mem_…>` mentions somebody. */
  text: string;
  created: string;
  edited?: string;
  resolved?: string;
  resolved_by?: string;
}

const ofTable = (base: string, table: string) => `/bases/${base}/tables/${table}`;

export const commentsApi = {
  list: (base: string, table: string, record: string, signal: AbortSignal) =>
    api.get<{ items: Comment[] }>(`${ofTable(base, table)}/records/${record}/comments`, { signal }),
  counts: (base: string, table: string, signal: AbortSignal) =>
    api.get<{ counts: Record<string, number> }>(`${ofTable(base, table)}/comment-counts`, { signal }),
  add: (base: string, table: string, record: string, text: string, thread?: string) =>
    api.post<Comment>(`${ofTable(base, table)}/records/${record}/comments`, { text, ...(thread ? { thread } : {}) }),
  update: (base: string, comment: string, change: { text?: string; resolved?: boolean }) =>
    api.patch<Comment>(`/bases/${base}/comments/${comment}`, change),
  delete: (base: string, comment: string) => api.delete(`/bases/${base}/comments/${comment}`),
};
