/** Menus of cells and column headers. */
import { Menu } from '@mantine/core';
import {
  IconArrowsDiagonal,
  IconClipboard,
  IconCopy,
  IconEraser,
  IconEyeOff,
  IconFilter,
  IconHistory,
  IconInfoCircle,
  IconLink,
  IconPencil,
  IconPin,
  IconPinnedOff,
  IconPlus,
  IconRowInsertBottom,
  IconRowInsertTop,
  IconSortAscending,
  IconSortDescending,
  IconSquareRoundedPlus,
  IconSubtask,
  IconTrash,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Field } from '../../grid/model';
import type { Anchor } from '../../grid/types';
import { ContextMenu } from '../../ui/ContextMenu';
import { Keys } from '../../ui/Keys';
import { sortWords } from './model';

const icon = { size: 15, stroke: 1.7 } as const;

interface CellMenuProps {
  at: Anchor | null;
  /** Whole rows are selected. */
  rows: number;
  editable: boolean;
  onClose: () => void;
  onExpand: () => void;
  /** Absent where no single record is meant. */
  onCopyLink?: () => void;
  /** Shows what became of the cell; absent where there is none. */
  onHistory?: (() => void) | undefined;
  onCopy: () => void;
  onPaste: () => void;
  onClear: () => void;
  onInsert: (below: boolean) => void;
  /** Makes a record under this one; absent where there is no tree. */
  onInsertUnder?: (() => void) | undefined;
  onDuplicate: () => void;
  onDelete: () => void;
}

export function CellMenu(props: CellMenuProps) {
  const { t } = useTranslation('base');
  const { rows, editable } = props;
  return (
    <ContextMenu at={props.at} onClose={props.onClose}>
      {rows <= 1 && (
        <Menu.Item
          leftSection={<IconArrowsDiagonal {...icon} />}
          rightSection={<Keys keys=" " />}
          onClick={props.onExpand}
        >
          {t('record.expand')}
        </Menu.Item>
      )}
      {rows <= 1 && props.onCopyLink && (
        <Menu.Item leftSection={<IconLink {...icon} />} onClick={props.onCopyLink}>
          {t('record.copyLink')}
        </Menu.Item>
      )}
      {rows <= 1 && editable && props.onHistory && (
        <Menu.Item leftSection={<IconHistory {...icon} />} onClick={props.onHistory}>
          {t('history:ofCell')}
        </Menu.Item>
      )}
      <Menu.Item leftSection={<IconCopy {...icon} />} rightSection={<Keys keys="mod+c" />} onClick={props.onCopy}>
        {t('copy')}
      </Menu.Item>
      {editable && (
        <>
          <Menu.Item
            leftSection={<IconClipboard {...icon} />}
            rightSection={<Keys keys="mod+v" />}
            onClick={props.onPaste}
          >
            {t('paste.paste')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconEraser {...icon} />}
            rightSection={<Keys keys="Delete" />}
            onClick={props.onClear}
          >
            {t('clearCells')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconRowInsertTop {...icon} />} onClick={() => props.onInsert(false)}>
            {t('record.insertAbove')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconRowInsertBottom {...icon} />}
            rightSection={<Keys keys="shift+Enter" />}
            onClick={() => props.onInsert(true)}
          >
            {t('record.insertBelow')}
          </Menu.Item>
          {rows <= 1 && props.onInsertUnder && (
            <Menu.Item leftSection={<IconSubtask {...icon} />} onClick={props.onInsertUnder}>
              {t('record.insertUnder')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconSquareRoundedPlus {...icon} />} onClick={props.onDuplicate}>
            {t('record.duplicate', { count: Math.max(1, rows) })}
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash {...icon} />}
            rightSection={<Keys keys="mod+Backspace" />}
            onClick={props.onDelete}
          >
            {t('record.deleteMany', { count: Math.max(1, rows) })}
          </Menu.Item>
        </>
      )}
    </ContextMenu>
  );
}

interface HeaderMenuProps {
  at: Anchor | null;
  field: Field | null;
  primary: boolean;
  editable: boolean;
  onClose: () => void;
  onEdit: () => void;
  onSort: (descending: boolean) => void;
  onFilter: () => void;
  onHide: () => void;
  onInsert: (after: boolean) => void;
  onDuplicate: () => void;
  onExplain: () => void;
  /** Columns up to this one stay in place; null when it is the last of those that do. */
  onFreeze: (() => void) | null;
  onUnfreeze: () => void;
  onDelete: () => void;
}

export function HeaderMenu(props: HeaderMenuProps) {
  const { t } = useTranslation('base');
  const { field, primary, editable } = props;
  return (
    <ContextMenu at={field && props.at} onClose={props.onClose}>
      {field && (
        <>
          {editable && (
            <>
              <Menu.Item leftSection={<IconPencil {...icon} />} onClick={props.onEdit}>
                {t('field.edit')}
              </Menu.Item>
              {!primary && (
                <Menu.Item leftSection={<IconPlus {...icon} />} onClick={() => props.onInsert(false)}>
                  {t('field.insertBefore')}
                </Menu.Item>
              )}
              <Menu.Item leftSection={<IconPlus {...icon} />} onClick={() => props.onInsert(true)}>
                {t('field.insertAfter')}
              </Menu.Item>
              {field.type !== 'backlink' && (
                <Menu.Item leftSection={<IconCopy {...icon} />} onClick={props.onDuplicate}>
                  {t('field.duplicate')}
                </Menu.Item>
              )}
              <Menu.Divider />
            </>
          )}
          <Menu.Item leftSection={<IconSortAscending {...icon} />} onClick={() => props.onSort(false)}>
            {t('sort.by', { direction: t(`sort.up.${sortWords(field)}`) })}
          </Menu.Item>
          <Menu.Item leftSection={<IconSortDescending {...icon} />} onClick={() => props.onSort(true)}>
            {t('sort.by', { direction: t(`sort.down.${sortWords(field)}`) })}
          </Menu.Item>
          <Menu.Item leftSection={<IconFilter {...icon} />} onClick={props.onFilter}>
            {t('filter.by')}
          </Menu.Item>
          {props.onFreeze ? (
            <Menu.Item leftSection={<IconPin {...icon} />} onClick={props.onFreeze}>
              {t('fields.freeze')}
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<IconPinnedOff {...icon} />} onClick={props.onUnfreeze}>
              {t('fields.unfreeze')}
            </Menu.Item>
          )}
          {!primary && (
            <Menu.Item leftSection={<IconEyeOff {...icon} />} onClick={props.onHide}>
              {t('fields.hide')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconInfoCircle {...icon} />} onClick={props.onExplain}>
            {t('field.explain')}
          </Menu.Item>
          {editable && !primary && (
            <>
              <Menu.Divider />
              <Menu.Item color="red" leftSection={<IconTrash {...icon} />} onClick={props.onDelete}>
                {t('field.delete')}
              </Menu.Item>
            </>
          )}
        </>
      )}
    </ContextMenu>
  );
}
