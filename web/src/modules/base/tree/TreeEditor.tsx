/** Under which records those of a view stand. */
import { Button, Radio, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Field } from '../../../grid/model';
import classes from '../Base.module.css';
import { FoldButtons } from '../FoldButtons';

interface Props {
  /** The links there are to choose from. */
  links: readonly Field[];
  tree: string | null;
  onChange: (tree: string | null) => void;
  /** Makes a link for it; absent where one may not. */
  onCreate: (() => void) | undefined;
  onFoldAll: (folded: boolean) => void;
}

export function TreeEditor({ links, tree, onChange, onCreate, onFoldAll }: Props) {
  const { t } = useTranslation('group');
  return (
    <div className={classes.pop} style={{ width: 'min(340px, calc(100vw - 32px))' }}>
      <div className={classes.popTitle}>{t('tree.title')}</div>
      {links.length > 0 && (
        <Radio.Group
          aria-label={t('tree.title')}
          value={tree ?? ''}
          onChange={(id) => onChange(id === '' ? null : id)}
          px={12}
          pb={8}
        >
          <Radio size="xs" my={8} value="" label={t('tree.none')} />
          {links.map((field) => (
            <Radio key={field.id} size="xs" my={8} value={field.id} label={field.name} />
          ))}
        </Radio.Group>
      )}
      <Text size="xs" c="dimmed" px={12} pb={8}>
        {t(links.length > 0 ? 'tree.hint' : 'tree.noLinks')}
      </Text>
      <div className={classes.foot}>
        {onCreate && (
          <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={14} />} onClick={onCreate}>
            {t('tree.create')}
          </Button>
        )}
        {tree && <FoldButtons fold={t('tree.foldAll')} unfold={t('tree.unfoldAll')} onFoldAll={onFoldAll} />}
      </div>
    </div>
  );
}
