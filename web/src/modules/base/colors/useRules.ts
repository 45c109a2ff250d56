/** The colour rules of a view for their editor: drafts that may be incomplete, over the rules that are saved. */
import { useCallback, useMemo, useState } from 'react';
import type { Field } from '../../../grid/model';
import type { ColorRule } from '../model';
import { fromRules, type RuleDraft, toRules } from './model';

export function useRules(rules: readonly ColorRule[], fields: readonly Field[], save: (rules: ColorRule[]) => void) {
  const [drafts, setDrafts] = useState<RuleDraft[] | null>(null);
  // As with filters: drafts give way when the rules were changed by somebody else.
  const saved = JSON.stringify(toRules(fromRules(rules), fields));
  const drafted = drafts && JSON.stringify(toRules(drafts, fields)) === saved ? drafts : null;
  const set = useCallback(
    (next: RuleDraft[]) => {
      setDrafts(next);
      const wanted = toRules(next, fields);
      if (JSON.stringify(wanted) !== saved) save(wanted);
    },
    [fields, saved, save],
  );
  return { drafts: useMemo(() => drafted ?? fromRules(JSON.parse(saved)), [drafted, saved]), set };
}
