import { Select, type SelectProps } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { membersQuery } from '../data/queries';
import type { Member } from '../data/types';
import { MemberAvatar } from './MemberAvatar';

interface Props extends Omit<SelectProps<string>, 'data' | 'renderOption'> {
  /** Who can be chosen; active members when absent. */
  among?: (member: Member) => boolean;
}

/** Chooses one member by name. */
export function MemberSelect({ among = (member) => member.active, ...props }: Props) {
  const { data: members = [] } = useQuery(membersQuery);
  const byId = new Map(members.map((member) => [member.id, member]));
  return (
    <Select
      searchable
      limit={60}
      {...props}
      data={members.filter(among).map(({ id, name }) => ({ value: id, label: name }))}
      renderOption={({ option }) => {
        const member = byId.get(option.value);
        return (
          <span style={{ display: 'flex', alignItems: 'center', gap: 8 }}>
            {member && <MemberAvatar id={member.id} name={member.name} avatar={member.avatar} size={22} />}
            {option.label}
          </span>
        );
      }}
    />
  );
}
