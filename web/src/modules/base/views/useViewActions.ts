/** Making, changing and deleting views. */
import { useTranslation } from 'react-i18next';
import { baseApi } from '../api';
import { freeName, type Table, type View } from '../model';
import { changeBase, mapTable, mapView } from '../useBase';

interface Options {
  base: string;
  table: Table;
  view: View;
  me: string | null;
  onOpen: (view: string) => void;
}

export function useViewActions({ base, table, view, me, onOpen }: Options) {
  const { t } = useTranslation('base');

  async function create(made: Omit<View, 'id'>): Promise<void> {
    const answer = await changeBase(base, null, () => baseApi.createView(base, table.id, made), t('view.notCreated'));
    if (answer) onOpen(answer.view.id);
  }

  /** A copy of the view with `part` instead of its own, for all or for oneself alone. */
  function copy(personal: boolean, part: Partial<View> = {}): void {
    const { id: _, locked: __, owner: ___, ...rest } = view;
    const owner = personal ? me : null;
    const taken = table.views.filter((one) => (one.owner ?? null) === owner).map((one) => one.name);
    // Names of one's own views and of those all share do not get in each other's way.
    const wish = personal && !view.owner ? view.name : t('copyOf', { name: view.name });
    void create({ ...rest, ...part, owner, name: freeName(wish, taken) });
  }

  return {
    create: (made: Omit<View, 'id'>) => void create(made),
    copy,
    change: (change: Partial<View>) =>
      void changeBase(
        base,
        (old) => mapView(old, table.id, view.id, change),
        () => baseApi.updateView(base, table.id, view.id, change),
        t('view.notSaved'),
      ),
    remove: async () => {
      const other = table.views.find((one) => one.id !== view.id);
      if (other) onOpen(other.id);
      await changeBase(
        base,
        (old) => mapTable(old, table.id, (x) => ({ ...x, views: x.views.filter((v) => v.id !== view.id) })),
        () => baseApi.deleteView(base, table.id, view.id),
        t('view.notDeleted'),
      );
    },
  };
}
