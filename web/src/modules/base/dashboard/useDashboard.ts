/** A dashboard in the cache: kept fresh by the socket, changed at once and put right by the server. */
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '../../../data/queries';
import { socket } from '../../../data/socket';
import { notifyProblem } from '../../../ui/notify';
import { undoableKey } from '../useUndo';
import { type DashboardPatch, dashboardApi } from './api';
import type { Dashboard, Picked, Widget } from './model';

export const dashboardQuery = (base: string, dashboard: string) =>
  queryOptions({
    queryKey: ['base', base, 'dashboard', dashboard],
    queryFn: ({ signal }) => dashboardApi.get(base, dashboard, signal).then((answer) => answer.dashboard),
    staleTime: Number.POSITIVE_INFINITY,
  });

const widgetKey = (base: string, dashboard: string, widget: string) => [
  'base',
  base,
  'dashboard',
  dashboard,
  'widget',
  widget,
];

/** What a widget shows, under what was picked. */
export function useShown(base: string, dashboard: string, widget: Widget, picked: readonly Picked[]) {
  // What it is counts, not where it stands or what it is called.
  const { x: _x, y: _y, w: _w, h: _h, title: _title, ...kind } = widget;
  return useQuery({
    queryKey: [...widgetKey(base, dashboard, widget.id), kind, picked],
    queryFn: ({ signal }) => dashboardApi.query(base, dashboard, widget.id, picked, signal),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    retry: false,
    enabled: widget.type !== 'text' && widget.type !== 'control',
  });
}

/** The dashboard, and how to change it. `gone` when it was deleted. */
export function useDashboard(base: string, id: string) {
  const { t } = useTranslation('dashboards');
  const query = useQuery(dashboardQuery(base, id));
  const [gone, setGone] = useState(false);

  useEffect(() => {
    setGone(false);
    const { queryKey } = dashboardQuery(base, id);
    let lost = false;
    const all = () => void queryClient.invalidateQueries({ queryKey });
    return socket.subscribe({ topic: 'dashboard', base, dashboard: id }, (message) => {
      if (message.op === 'subscribed') {
        // What happened while the connection was away was not told.
        if (lost) all();
        lost = true;
      }
      if (message.op === 'dashboard') {
        if (message.changed) void queryClient.invalidateQueries({ queryKey, exact: true });
        for (const widget of message.widgets as string[]) {
          void queryClient.invalidateQueries({ queryKey: widgetKey(base, id, widget) });
        }
      }
      if (message.op === 'gone') setGone(true);
    });
  }, [base, id]);

  /** Shows a change at once, asks the server for it, and takes it back if refused. */
  const change = useCallback(
    async (show: ((old: Dashboard) => Dashboard) | null, patch: DashboardPatch): Promise<Dashboard | undefined> => {
      const { queryKey } = dashboardQuery(base, id);
      if (show) {
        await queryClient.cancelQueries({ queryKey, exact: true });
        queryClient.setQueryData(queryKey, (old) => old && show(old));
      }
      try {
        const { dashboard } = await dashboardApi.update(base, id, patch);
        queryClient.setQueryData(queryKey, dashboard);
        void queryClient.invalidateQueries({ queryKey: undoableKey(base) });
        return dashboard;
      } catch (error) {
        notifyProblem(error, t('notChanged'));
        void queryClient.invalidateQueries({ queryKey, exact: true });
        return undefined;
      }
    },
    [base, id, t],
  );
  return { query, gone, change };
}
