/** What the people and groups in cells are called. Visitors of a link may not see the directory, and know nobody. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useMe } from '../../data/me';
import { groupsQuery, membersQuery } from '../../data/queries';
import type { Names } from '../../grid/format';

export function useNames(): Names {
  const me = useMe();
  const enabled = me.link === null;
  const { data: members } = useQuery({ ...membersQuery, enabled });
  const { data: groups } = useQuery({ ...groupsQuery, enabled });
  const own = enabled ? me.member.id : null;
  return useMemo(
    () => ({
      members: new Map(members?.map((member) => [member.id, member])),
      groups: new Map(groups?.map((group) => [group.id, group])),
      me: own,
    }),
    [members, groups, own],
  );
}
