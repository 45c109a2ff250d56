/** The requests about dashboards. */
import { api } from '../../../data/client';
import type { Dashboard, Pick, Picked, Shown, Spot, WidgetInput, WidgetKind } from './model';

const path = (base: string, dashboard: string) => `/bases/${base}/dashboards/${dashboard}`;

export interface DashboardAnswer {
  seq: number;
  dashboard: Dashboard;
}

export interface DashboardPatch {
  name?: string;
  position?: number;
  description?: string;
  put?: WidgetInput[];
  remove?: string[];
  places?: (Spot & { id: string })[];
}

export interface Behind {
  seq: number;
  total: number;
  items: { id: string; fields: Record<string, unknown> }[];
}

export interface Titles {
  measures: string[];
  blank: string;
  error: string;
  other: string;
}

const signalled = (signal: AbortSignal | undefined) => (signal ? { signal } : {});

export const dashboardApi = {
  create: (base: string, name: string) => api.post<DashboardAnswer>(`/bases/${base}/dashboards`, { name }),
  get: (base: string, dashboard: string, signal?: AbortSignal) =>
    api.get<DashboardAnswer>(path(base, dashboard), signalled(signal)),
  update: (base: string, dashboard: string, patch: DashboardPatch) =>
    api.patch<DashboardAnswer>(path(base, dashboard), patch),
  delete: (base: string, dashboard: string) => api.delete(path(base, dashboard)),
  query: (base: string, dashboard: string, widget: string, picked: readonly Picked[], signal?: AbortSignal) =>
    api.post<{ seq: number } & Shown>(
      `${path(base, dashboard)}/widgets/${widget}/query`,
      { picked },
      signalled(signal),
    ),
  /** What a widget would show that is on no dashboard yet. */
  preview: (base: string, kind: WidgetKind, signal?: AbortSignal) =>
    api.post<{ seq: number } & Shown>(`/bases/${base}/charts/query`, kind, signalled(signal)),
  behind: (
    base: string,
    dashboard: string,
    widget: string,
    input: { at: readonly Pick[]; picked: readonly Picked[]; offset: number; limit: number },
    signal?: AbortSignal,
  ) => api.post<Behind>(`${path(base, dashboard)}/widgets/${widget}/records`, input, signalled(signal)),
  csvPath: (base: string, dashboard: string, widget: string) => `/api/v1${path(base, dashboard)}/widgets/${widget}/csv`,
};
