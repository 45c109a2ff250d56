import { Button, MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../data/me';
import { departmentsQuery, groupsQuery, membersQuery } from '../../data/queries';
import type { Access, Role, Subject } from '../../data/types';
import { SubjectFace } from './AccessList';
import type { AccessChanges } from './changes';
import { linesOf, subjectKey } from './entries';
import { RoleSelect } from './RoleSelect';
import classes from './Share.module.css';

/** Everybody who may be given access and has none of their own here yet. */
function useCandidates(access: Access): { group: string; subjects: Subject[] }[] {
  const { t } = useTranslation('share');
  const me = useMe();
  const members = useQuery(membersQuery).data ?? [];
  const departments = useQuery(departmentsQuery).data ?? [];
  const groups = useQuery(groupsQuery).data ?? [];
  const has = new Set(
    linesOf(access)
      .filter((line) => line.direct || line.isOwner)
      .map((line) => subjectKey(line.subject)),
  );
  const everyone: Subject = {
    kind: 'everyone',
    id: null,
    name: t('add.everyone', { organization: me.organization.name }),
  };
  const sections = [
    {
      group: t('add.members'),
      subjects: members
        .filter((m) => m.active)
        .map(({ id, name, avatar }) => ({ kind: 'member' as const, id, name, avatar })),
    },
    {
      group: t('add.departments'),
      subjects: [everyone, ...departments.map(({ id, name }) => ({ kind: 'department' as const, id, name }))],
    },
    { group: t('add.groups'), subjects: groups.map(({ id, name }) => ({ kind: 'group' as const, id, name })) },
  ];
  return sections.map(({ group, subjects }) => ({ group, subjects: subjects.filter((s) => !has.has(subjectKey(s))) }));
}

/** Gives several subjects a role at once. */
export function AddAccess({ access, changes }: { access: Access; changes: AccessChanges }) {
  const { t } = useTranslation('share');
  const sections = useCandidates(access);
  const [chosen, setChosen] = useState<string[]>([]);
  const [role, setRole] = useState<Role>('view');
  const [busy, setBusy] = useState(false);
  const byKey = new Map(sections.flatMap(({ subjects }) => subjects.map((s) => [subjectKey(s), s])));

  async function add() {
    setBusy(true);
    const subjects = chosen.flatMap((key) => byKey.get(key) ?? []);
    if (await changes.grant(subjects, role)) setChosen([]);
    setBusy(false);
  }

  return (
    <form
      className={classes.add}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen.length > 0) void add();
      }}
    >
      <MultiSelect
        className={classes.addWho}
        aria-label={t('add.label')}
        placeholder={chosen.length === 0 ? t('add.label') : ''}
        nothingFoundMessage={t('add.nothing')}
        searchable
        hidePickedOptions
        limit={60}
        size="sm"
        value={chosen}
        onChange={setChosen}
        data={sections.map(({ group, subjects }) => ({
          group,
          items: subjects.map((s) => ({ value: subjectKey(s), label: s.name })),
        }))}
        renderOption={({ option }) => {
          const subject = byKey.get(option.value);
          return (
            <span className={classes.option}>
              {subject && <SubjectFace subject={subject} size={22} />}
              {option.label}
            </span>
          );
        }}
      />
      <RoleSelect label={t('newRole')} value={role} onChange={setRole} />
      <Button type="submit" size="sm" disabled={chosen.length === 0} loading={busy}>
        {t('add.submit')}
      </Button>
    </form>
  );
}
